/**
 * What a person has switched off while Frigate runs. Before 0.18 it forgets that with its run, and a private room is
 * filmed again; so what was off at a restart of ours is switched off once more as soon as the new run is heard of.
 * Restarts by others are none of our business.
 */
import type { Order } from '../../../rules/types.ts';
import type { Posting } from '../../target.ts';
import { own } from '../own.ts';
import type { ConfiguredCamera } from '../read/configured.ts';
import { isAtLeast } from '../version.ts';
import type { Following } from './following.ts';
import { isGone, type MailFacts } from './mail.ts';

/** 0.18 keeps its switches in a file beside its configuration. */
const KEEPS_SWITCHES = 18;

/** `enabled`: the camera itself. Both are words of Frigate's topics. */
export interface Switch {
  camera: string;
  part: 'enabled' | 'recordings';
}

/** From an order of ours until all that was off is off again. */
interface Restoring {
  orderedAt: number;
  wants: readonly Switch[];
  /** Our first look at the new run; null: it was not seen yet. */
  restartedAt: number | null;
  /** Frigate came to the broker since the order. */
  heardAt: number | null;
  /** The last time that OFF was posted. */
  postedAt: number | null;
  /** When it was given up; null: it goes on. */
  gaveUpAt: number | null;
}

export interface SwitchesMemory {
  /** When the configuration was last read in this run. */
  readAt: number | null;
  /** Cameras of which OFF was heard over MQTT since then. */
  heardOff: readonly string[];
  /** What was off at the last look. */
  off: readonly Switch[];
  /** What was off at the end of the run before, and when the present one was first seen. */
  before: { off: readonly Switch[]; endedAt: number } | null;
  /** The last order of ours, so that what was off is noted once. */
  orderId: string | null;
  restoring: Restoring | null;
}

export const NEW_SWITCHES: SwitchesMemory = {
  readAt: null,
  heardOff: [],
  off: [],
  before: null,
  orderId: null,
  restoring: null,
};

export interface SwitchesFacts {
  /** What is off just now though the file has it on. */
  off: readonly Switch[];
  /** This Frigate keeps its switches over a restart. */
  areKept: boolean;
  /** Why nothing could be switched off again after a restart, a sentence; null: it could. */
  why: string | null;
  /** A restart may switch on what is off, even where nobody could switch it off again. */
  mayLose: boolean;
  /** Somebody has moved a switch since the configuration was read. */
  wantsConfig: boolean;
  /** To be posted in this turn. */
  letters: readonly Posting[];
  /** The new run is waited for, or what was off is not yet off again. */
  isWaiting: boolean;
  /** What our restart has switched on and nobody could switch off again. */
  lost: readonly Switch[];
}

/** So long after its first answer the new run must have heard it. */
const GIVE_UP_SECONDS = 120;
/** A person has seen it by then, or lives with it. */
const LOST_SECONDS = 86_400;
/** A start that takes longer than this is not looked at more often any more. */
const HURRY_SECONDS = 900;

type Seen = Pick<Following, 'settings' | 'answers' | 'configured' | 'run' | 'isNewRun' | 'now'> & {
  version: string | null;
  mail: MailFacts;
};

export function followSwitches(saved: SwitchesMemory, seen: Seen): { memory: SwitchesMemory; facts: SwitchesFacts } {
  const { answers, configured, isNewRun, now } = seen;
  // What an earlier version saved lacks what came later.
  const before = { ...NEW_SWITCHES, ...saved };
  const readAt = answers.config?.ok ? answers.at : isNewRun ? null : before.readAt;
  const moved = lettersOf(seen, 'enabled/state').filter(({ at }) => readAt === null || at > readAt);
  // A Frigate that comes back to the broker says ON of every camera that its file has on: only OFF counts.
  const heard = moved.filter(({ payload }) => payload.trim().toUpperCase() === 'OFF').map(({ camera }) => camera);
  const kept = isNewRun || answers.config?.ok ? [] : before.heardOff;
  const heardOff = [...new Set([...kept, ...heard])];
  const cameras = Object.entries(configured?.cameras ?? {});
  const off = cameras.flatMap(([id, camera]) => offOf(id, camera, heardOff.includes(id)));
  const areKept = isAtLeast(seen.version, KEEPS_SWITCHES);
  const restoring = before.restoring && goOn(before.restoring, seen);
  const { letters, posted } = restoring ? post(restoring, seen) : { letters: [], posted: null };
  return {
    memory: {
      readAt,
      heardOff,
      off,
      before: isNewRun ? { off: before.off, endedAt: now } : before.before,
      orderId: before.orderId,
      restoring: posted ?? restoring,
    },
    facts: {
      off,
      areKept,
      why: whyNot(seen, off),
      mayLose: seen.settings.restartWithCamerasOff,
      wantsConfig: moved.length > 0 || (restoring !== null && isOpen(restoring, now)),
      letters,
      isWaiting: restoring !== null && restoring.gaveUpAt === null && now - restoring.orderedAt < HURRY_SECONDS,
      lost: restoring && restoring.gaveUpAt !== null ? restoring.wants : [],
    },
  };
}

/** It may come to something soon. */
function isOpen({ orderedAt, restartedAt, gaveUpAt }: Restoring, now: number): boolean {
  return gaveUpAt === null && (restartedAt !== null || now - orderedAt < HURRY_SECONDS);
}

function offOf(camera: string, set: ConfiguredCamera, isHeardOff: boolean): readonly Switch[] {
  const isOff = set.enabledInFile === true && (set.enabled === false || isHeardOff);
  const isUnrecorded = set.recordsInFile === true && set.records === false;
  return [
    ...(isOff ? [{ camera, part: 'enabled' as const }] : []),
    ...(isUnrecorded ? [{ camera, part: 'recordings' as const }] : []),
  ];
}

/** Said just then, and not kept by the broker. */
function lettersOf({ answers, mail: { prefix } }: Pick<Seen, 'answers' | 'mail'>, end: string) {
  return (answers.mail?.letters ?? []).flatMap(({ at, topic, payload, retained }) => {
    if (retained || !topic.startsWith(`${prefix}/`) || !topic.endsWith(`/${end}`)) return [];
    return [{ at, payload, camera: topic.slice(prefix.length + 1, -end.length - 1) }];
  });
}

/** What this look says of the restart and of what is off again; null: nothing is left to do. */
function goOn(before: Restoring, seen: Seen): Restoring | null {
  const { answers, mail, run, isNewRun, now } = seen;
  // Another restart than ours: what it switched on is not ours to switch off.
  if (isNewRun && before.restartedAt !== null && before.gaveUpAt !== null) return null;
  if (before.gaveUpAt !== null && now - before.gaveUpAt >= LOST_SECONDS) return null;
  if (before.restartedAt === null && now - before.orderedAt >= LOST_SECONDS) return null;
  const online = answers.mail?.letters.find(
    ({ at, topic, payload, retained }) =>
      !retained && at > before.orderedAt && topic === `${mail.prefix}/available` && payload.trim() === 'online',
  );
  const restartedAt = before.restartedAt ?? (isNewRun ? now : null);
  const answeredAt = restartedAt === null ? null : run.answeredAt;
  const wants = restartedAt === null ? before.wants : before.wants.filter((one) => !isDone(one, before, seen));
  if (wants.length === 0) return null;
  // It may have answered long before we could look.
  const isLate = answeredAt !== null && now - Math.max(answeredAt, restartedAt ?? 0) >= GIVE_UP_SECONDS;
  return {
    ...before,
    wants,
    restartedAt,
    heardAt: before.heardAt ?? online?.at ?? null,
    gaveUpAt: before.gaveUpAt ?? (isLate ? now : null),
  };
}

/**
 * Off by Frigate's own word. Before its API answers, its parts may not have begun to listen to one another: so one
 * OFF must have been posted after that, too.
 */
function isDone({ camera, part }: Switch, { postedAt, gaveUpAt }: Restoring, { configured, run }: Seen): boolean {
  if (!configured) return false;
  const set = own(configured.cameras, camera);
  if (!set) return true;
  const [live, inFile] = part === 'enabled' ? [set.enabled, set.enabledInFile] : [set.records, set.recordsInFile];
  if (inFile === false) return true;
  const wasHeard = postedAt !== null && run.answeredAt !== null && postedAt >= run.answeredAt;
  return live === false && (wasHeard || gaveUpAt !== null);
}

/** Posted at every look until it is done: the first one as soon as anything is heard of the new run. */
function post(
  restoring: Restoring,
  { run, mail, now }: Seen,
): { letters: readonly Posting[]; posted: Restoring | null } {
  const { wants, restartedAt, heardAt, gaveUpAt } = restoring;
  const isHeard = heardAt !== null || (restartedAt !== null && run.answeredAt !== null);
  if (!isHeard || gaveUpAt !== null || mail.connectedSince === null) return { letters: [], posted: null };
  const letters = wants.map(({ camera, part }) => ({
    topic: `${mail.prefix}/${camera}/${part}/set`,
    payload: 'OFF',
    sentence: `${wordsFor({ camera, part })} was off before the restart, so it is switched off again.`,
  }));
  return { letters, posted: { ...restoring, postedAt: now } };
}

/** A sentence for people begins with it. */
export function wordsFor({ camera, part }: Switch): string {
  return part === 'enabled' ? `The camera ${camera}` : `Recording of the camera ${camera}`;
}

function whyNot({ version, mail }: Seen, off: readonly Switch[]): string | null {
  if (version === null) return 'The version of this Frigate is not known.';
  if (mail.why !== null) return mail.why;
  if (mail.word === null || isGone(mail.word)) return 'Frigate is not at the MQTT broker.';
  const names = [mail.prefix.replaceAll('/', ''), ...off.map(({ camera }) => camera)];
  return names.some((name) => /[+#/\p{C}]/u.test(name)) ? 'Its name cannot stand in an MQTT topic.' : null;
}

/**
 * What must be known after the restart that is followed: saved together with the order, so that no crash can come
 * between. An order that came to nothing is forgotten; one that was given up may still be carried out.
 */
export function foreseeSwitches(
  memory: SwitchesMemory,
  { off, areKept }: Pick<SwitchesFacts, 'off' | 'areKept'>,
  { pursued, isVoid }: { pursued: Pick<Order, 'id' | 'at'> | null; isVoid: boolean },
): SwitchesMemory {
  const { restoring, before } = memory;
  if (!pursued) return isVoid && restoring?.restartedAt === null ? { ...memory, restoring: null } : memory;
  if (memory.orderId === pursued.id) return memory;
  const { id: orderId, at: orderedAt } = pursued;
  // Of an order that was taken over from another Warden it may be too late to see what was off before it.
  const ended = before && before.endedAt > orderedAt + 1 ? before : null;
  // What the last restart has switched on and nobody has switched off yet is still to be off.
  const open = restoring && restoring.gaveUpAt === null ? restoring.wants : [];
  const seen = ended ? ended.off : off;
  const wants = [...seen, ...open.filter((one) => !seen.some((o) => o.camera === one.camera && o.part === one.part))];
  if (areKept || wants.length === 0) return { ...memory, orderId, restoring: null };
  return {
    ...memory,
    orderId,
    restoring: {
      orderedAt,
      wants,
      restartedAt: ended?.endedAt ?? null,
      heardAt: null,
      postedAt: null,
      gaveUpAt: null,
    },
  };
}
