/** The container's log, from where the look before left it. */
import type { KubernetesDoor, LogQuery, Reply } from '../../../doors/ports.ts';
import type { PodPlace } from '../../ground/observe.ts';
import type { LookContext } from '../../target.ts';
import { readLog } from '../log/reader.ts';
import type { LogAnswer, LogPosition, ReadLog } from '../log/types.ts';
import type { FrigateMemory } from '../memory.ts';
import type { FrigateSettings } from '../settings.ts';
import type { PodSource } from './vantages.ts';

const LOG_BYTES = 4 * 1024 * 1024;
/** Of a log that is read for the first time: some hours of an ordinary Frigate. */
const FIRST_LINES = 2000;

export interface LogQuestion {
  settings: Pick<FrigateSettings, 'ground'>;
  kubernetes: KubernetesDoor | null;
  memory: FrigateMemory | null;
  pods: PodSource;
  context: LookContext;
}

/** Null: nobody can be asked, or there is no pod. */
export async function askLog(question: LogQuestion): Promise<LogAnswer | null> {
  const { settings, kubernetes, memory, pods, context } = question;
  if (!settings.ground || !kubernetes) return null;
  const { namespace } = settings.ground.workload;
  const position = memory?.log.position ?? null;
  const ask = async (pod: PodPlace, { from, previous, signal }: Reading): Promise<Read> => {
    const query = { namespace, pod: pod.name, container: pod.container, previous, limitBytes: LOG_BYTES };
    const reply = await kubernetes.log({ ...query, ...startOf(from) }, signal);
    const at = context.clock.now();
    // Our clock minus the cluster's, whose stamps these are.
    const ours = memory?.ground?.skewSeconds ?? measured(at, reply);
    const skewSeconds = ours === 0 ? 0 : -ours;
    if (!reply.ok) return { at, skewSeconds, reply };
    const value = readLog(reply.value, { after: from, skewSeconds, limitBytes: LOG_BYTES });
    return { at, skewSeconds, reply: { ...reply, value } };
  };
  const { signal } = context;

  const remembered = memory?.pod ?? null;
  const given = new AbortController();
  const earlySignal = AbortSignal.any([signal, given.signal]);
  const early = remembered ? ask(remembered, { from: position, previous: false, signal: earlySignal }) : null;
  const pod = await pods.fresh();
  const isSamePod = pod !== null && remembered?.name === pod.name && remembered.container === pod.container;
  // The log of another pod would hold its place among the open questions for nothing.
  if (!isSamePod) given.abort();
  if (!pod) return null;
  const current = (isSamePod ? await early : null) ?? (await ask(pod, { from: null, previous: false, signal }));
  const readRun = memory?.log.run ?? null;
  const hasEnded = isSamePod && readRun !== null && pod.run !== null && pod.run !== readRun;
  const previous = hasEnded ? (await ask(pod, { from: position, previous: true, signal })).reply : null;
  const { at, skewSeconds, reply } = current;
  return { at, run: pod.run, skewSeconds, current: reply, previous };
}

interface Reading {
  from: LogPosition | null;
  previous: boolean;
  signal: AbortSignal;
}

interface Read {
  at: number;
  /** The cluster's clock minus ours. */
  skewSeconds: number;
  reply: Reply<ReadLog>;
}

/** The answer's date has whole seconds, and the way takes its time. */
const NOISE_SECONDS = 2;

/** Our clock minus the server's. At the first look nothing else tells it. */
function measured(at: number, reply: Reply<string>): number {
  if (!reply.ok || reply.serverTime === null) return 0;
  const skew = at - reply.serverTime;
  return Math.abs(skew) < NOISE_SECONDS ? 0 : skew;
}

/** The server compares whole seconds, so the last lines come again and are told by their stamps. */
function startOf(from: LogPosition | null): Pick<LogQuery, 'sinceTime' | 'tailLines'> {
  if (!from) return { sinceTime: null, tailLines: FIRST_LINES };
  return { sinceTime: from.stamp.replace(/\.\d+/, ''), tailLines: null };
}
