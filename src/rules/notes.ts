/** What is to be told, before it is numbered. One form a kind of news. */
import type { Event } from './aftermath.ts';
import type { Told } from './incident.ts';
import type { Announcement, AnnouncementType, CauseRef, Order, Severity, Veto } from './types.ts';

export type Note = Omit<Announcement, 'id' | 'at'>;

export function note(type: AnnouncementType, sentence: string): Note {
  return { type, incidentId: null, cause: null, severity: null, guard: null, sentence, order: null };
}

export function noteEvent({ type, sentence, order: about }: Event): Note {
  return { ...note(type, sentence), incidentId: about.incidentId, cause: about.cause, order: about };
}

export function noteIncident({ type, incident, sentence }: Told): Note {
  return { ...note(type, sentence), incidentId: incident.id, cause: incident.cause, severity: incident.severity };
}

export function noteOrder(placed: Order): Note {
  return {
    ...note('restart_ordered', placed.reason),
    incidentId: placed.incidentId,
    cause: placed.cause,
    order: placed,
  };
}

export function refusal(
  veto: Veto | undefined,
  incidentId: string | null,
  cause: (CauseRef & { severity: Severity }) | null,
): Note {
  const ref = cause && { check: cause.check, layer: cause.layer, member: cause.member };
  const sentence = veto?.sentence ?? 'It was refused.';
  return {
    ...note('refused', sentence),
    incidentId,
    cause: ref,
    severity: cause?.severity ?? null,
    guard: veto?.guard ?? null,
  };
}
