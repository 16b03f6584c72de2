/** Announcements as people get them: the event's JSON, and a queue of them told as one. Pure. */
import type { OutboxEntry } from '../doors/ports.ts';
import type { Announcement, AnnouncementType, CauseRef, Finding, Order, Severity } from '../rules/types.ts';
import { severityOf } from './naming.ts';
import { messageOf, needsSomebody, stepsOf, titleOf } from './telling.ts';
import type { View } from './view.ts';
import { clip, clockWords, iso, redact, sentence } from './words.ts';

/** The event's form on the wire and in the outbox. */
export interface WardenEvent {
  event_type: AnnouncementType;
  event_id: string;
  incident_id: string | null;
  target: string;
  target_name: string;
  at: string;
  title: string;
  message: string;
  severity: Severity | null;
  check: string | null;
  layer: string | null;
  member: string | null;
  guard: string | null;
  threshold: string | null;
  evidence: readonly string[];
  next_steps: readonly string[];
  links: Readonly<Record<string, string>>;
  order: {
    id: string;
    at: string;
    remedy: string;
    by: Order['by'];
    force: boolean;
    reason: string;
  } | null;
}

/** Together well under the 16 KB that Home Assistant records of an entity's attributes. */
const EVIDENCE_LINES = 8;
const LINE_LENGTH = 300;
const MESSAGE_LENGTH = 2000;
const TOLD_LINES = 12;

export function eventJson(announcement: Announcement, view: View): WardenEvent {
  const { cause, order } = announcement;
  const { target } = view;
  const finding = cause && needsSomebody(announcement.type) ? findingOf(cause, view) : undefined;
  return {
    event_type: announcement.type,
    event_id: announcement.id,
    incident_id: announcement.incidentId,
    target: target.id,
    target_name: redact(target.name),
    at: iso(announcement.at) ?? '',
    title: redact(titleOf(announcement, view)),
    message: clip(redact(messageOf(announcement, view)), MESSAGE_LENGTH),
    severity: announcement.severity ?? severityOf(cause, view),
    check: cause?.check ?? null,
    layer: cause?.layer ?? null,
    member: cause?.member ?? null,
    guard: announcement.guard,
    threshold: finding?.threshold ?? null,
    evidence: (finding?.evidence ?? []).slice(0, EVIDENCE_LINES).map((line) => clip(redact(line), LINE_LENGTH)),
    next_steps: stepsOf(announcement, view),
    links: Object.fromEntries(Object.entries(target.links).map(([name, link]) => [name, redact(link)])),
    order: order && {
      id: order.id,
      at: iso(order.at) ?? '',
      remedy: order.remedy,
      by: order.by,
      force: order.force,
      reason: clip(redact(order.reason), LINE_LENGTH),
    },
  };
}

function findingOf({ check, member }: CauseRef, { decision }: View): Finding | undefined {
  return decision.findings.find((one) => one.check === check && one.member === member);
}

/** What is sent at once, and the outbox entries that it delivers. */
export interface Parcel {
  target: string;
  ids: readonly string[];
  payload: string;
}

/**
 * Several undelivered events of one incident, oldest first, as one message: the latest event's, with what happened
 * when. A single one stays as it is, and so does a queue of which one cannot be read: then each is sent for itself.
 */
export function mergeForIncident(entries: readonly OutboxEntry[]): readonly Parcel[] {
  const single = entries.map(({ id, target, payload }) => ({ target, ids: [id], payload }));
  const events = entries.map(({ payload }) => readEvent(payload));
  const last = events.at(-1);
  const latest = entries.at(-1);
  if (entries.length < 2 || !last || !latest || events.includes(null)) return single;

  const told = entries.map(({ at }, i) => `${clockWords(at, latest.at)}: ${sentence(textOf(events[i], 'title'))}`);
  const left = told.length - TOLD_LINES;
  const lines = left > 0 ? [...told.slice(0, 2), `(${left} more)`, ...told.slice(2 - TOLD_LINES)] : told;
  const message = `What happened meanwhile: ${lines.join(' ')} Now: ${textOf(last, 'message')}`;
  const order = events.map((event) => event?.order ?? null).findLast((one) => one !== null) ?? null;
  const payload = JSON.stringify({
    ...last,
    first_at: events[0]?.at,
    message: clip(message, MESSAGE_LENGTH),
    order,
    events: entries.map(({ id }) => id),
  });
  return [{ target: latest.target, ids: entries.map(({ id }) => id), payload }];
}

function readEvent(payload: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function textOf(event: Readonly<Record<string, unknown>> | null | undefined, key: string): string {
  const value = event?.[key];
  return typeof value === 'string' ? value : '';
}
