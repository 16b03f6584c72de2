/** The restart times that all healers share in one ConfigMap: read, merged, and reserved before anything is done. */
import type { Failure, KubernetesDoor, Reply } from '../../doors/ports.ts';
import type { Circumstance } from '../../rules/types.ts';
import type { LookContext } from '../target.ts';
import { type ConfigMapObject, readConfigMap } from './objects.ts';
import type { GroundSettings, LedgerFacts } from './types.ts';

/** Comma-separated epoch seconds, as the checkers that run as CronJobs keep it. */
export const TIMES_KEY = 'last_restart_times';
/** Annotations of ours begin so. */
export const OWN_PREFIX = 'frigate-warden/';
/** Our own times once more, so that a change by another writer can be told from ours, also after a crash. */
const OWN_TIMES = `${OWN_PREFIX}restart-times`;

const DAY = 86_400;
/** Longest piece of a bad word that is repeated in a sentence. */
const WORD_LENGTH = 20;
/** Most bad words that are told, each in a sentence. */
const MOST_TOLD = 5;

/** Times in order, each once. What is no time, or lies more than a day ahead, is dropped with a sentence. */
export function parseTimes(text: string, now: number): Pick<LedgerFacts, 'times' | 'dropped'> {
  const times = new Set<number>();
  const dropped: string[] = [];
  for (const word of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const shown = `"${word.slice(0, WORD_LENGTH)}" in ${TIMES_KEY}`;
    if (!/^\d+(\.\d+)?$/.test(word)) dropped.push(`${shown} is no time in epoch seconds.`);
    else if (Number(word) > now + DAY) dropped.push(`${shown} lies more than a day ahead.`);
    else times.add(Number(word));
  }
  return { times: [...times].sort((a, b) => a - b), dropped: dropped.slice(0, MOST_TOLD) };
}

/** Null where it is no ConfigMap. */
export function readLedger(value: unknown, now: number): LedgerFacts | null {
  const object = readConfigMap(value);
  if (!object) return null;
  const text = object.data?.[TIMES_KEY] ?? '';
  const own = parseTimes(object.metadata.annotations?.[OWN_TIMES] ?? '', now).times;
  return { ...parseTimes(text, now), text, own };
}

export const EMPTY_LEDGER: LedgerFacts = { times: [], text: '', own: [], dropped: [] };

/** The same object with one more restart; what is older than a day goes, all other keys stay as they are. */
export function withRestart(object: ConfigMapObject, at: number, now: number): ConfigMapObject {
  const { metadata, data } = object;
  return {
    ...object,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [OWN_TIMES]: added(metadata.annotations?.[OWN_TIMES], at, now) },
    },
    data: { ...data, [TIMES_KEY]: added(data?.[TIMES_KEY], at, now) },
  };
}

function added(text: string | undefined, at: number, now: number): string {
  const kept = parseTimes(text ?? '', now).times.filter((time) => now - time < DAY);
  return [...new Set([...kept, at])].sort((a, b) => a - b).join(',');
}

/** Another writer's change: a time came that is not ours, or one went that was not yet a day old. */
export function isForeignChange(before: string, after: LedgerFacts, own: readonly number[], now: number): boolean {
  const known = parseTimes(before, now).times;
  const came = after.times.filter((time) => !known.includes(time) && !own.includes(time));
  const went = known.filter((time) => !after.times.includes(time) && now - time < DAY);
  return came.length > 0 || went.length > 0;
}

/** `store_only`: we may not write, so the Warden keeps the budget alone. All but the first two: do not act. */
interface Reserved {
  answer: 'reserved' | 'store_only' | 'conflict' | 'refused' | 'unanswered';
  detail: string;
}

interface Reservation {
  at: number;
  /** What the decision knew of the ledger. */
  known: Circumstance<LedgerFacts>;
  settings: Pick<GroundSettings, 'workload' | 'ledger'>;
}

/** Reads the ledger again and writes the order's time into it. Anything that the decision did not know ends it. */
export async function reserve(
  { at, known, settings }: Reservation,
  kubernetes: KubernetesDoor,
  { clock, signal }: LookContext,
): Promise<Reserved> {
  const { namespace } = settings.workload;
  const read = await kubernetes.configMap(namespace, settings.ledger, signal);
  const now = clock.now();
  const before = known.known ? known.value : EMPTY_LEDGER;
  if (!read.ok) {
    // A moment ago it could be read: such as by an API server that has just started and does not know its roles yet.
    if (read.status === 403 && known.known)
      return { answer: 'conflict', detail: `The ledger was lost: ${read.reason}` };
    if (read.status !== 404) return failed(read, 'get', settings.ledger);
    const body = newLedger(settings, before, { at, now });
    return written(await kubernetes.createConfigMap(namespace, body, signal), 'create', settings.ledger);
  }
  const object = readConfigMap(read.value);
  const ledger = readLedger(read.value, now);
  if (!object || !ledger)
    return { answer: 'conflict', detail: `The ledger ${settings.ledger} is not a ConfigMap of the known form.` };
  const gained = ledger.times.find((time) => time !== at && !before.times.includes(time));
  if (gained !== undefined) {
    return {
      answer: 'conflict',
      detail: `Another healer wrote the restart ${gained} into ${settings.ledger} since the look.`,
    };
  }
  const body = withRestart(object, at, now);
  return written(
    await kubernetes.replaceConfigMap(namespace, settings.ledger, body, signal),
    'update',
    settings.ledger,
  );
}

/** What was known before the ledger was lost is written again, so that the budget survives it. */
function newLedger(
  { workload, ledger }: Pick<GroundSettings, 'workload' | 'ledger'>,
  { times, own }: LedgerFacts,
  { at, now }: { at: number; now: number },
): unknown {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: ledger,
      namespace: workload.namespace,
      annotations: { [OWN_TIMES]: added(own.join(','), at, now) },
    },
    data: { [TIMES_KEY]: added(times.join(','), at, now) },
  };
}

function written(reply: Reply<unknown>, verb: string, ledger: string): Reserved {
  return reply.ok ? { answer: 'reserved', detail: `It was reserved in ${ledger}.` } : failed(reply, verb, ledger);
}

function failed({ status, reason }: Failure, verb: string, ledger: string): Reserved {
  if (status === 403) {
    return {
      answer: 'store_only',
      detail: `No right to ${verb} the ledger ${ledger}: the budget is kept by the Warden alone.`,
    };
  }
  // Both codes mean that somebody wrote, made or deleted it at the same moment.
  if (status === 409 || status === 404) {
    return { answer: 'conflict', detail: `The ledger ${ledger} changed at the same moment: ${reason}` };
  }
  if (status === 429) {
    return { answer: 'conflict', detail: `The cluster was too busy for the ledger ${ledger}: ${reason}` };
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return { answer: 'refused', detail: `The ledger ${ledger} could not be written: ${reason}` };
  }
  return {
    answer: 'unanswered',
    detail: `The ledger ${ledger} did not answer to ${verb}, so nothing was restarted: ${reason}`,
  };
}
