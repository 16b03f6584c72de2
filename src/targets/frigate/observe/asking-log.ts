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
  // The stamps are of the cluster's clock.
  const skewSeconds = -(memory?.ground?.skewSeconds ?? 0);
  const ask = async (pod: PodPlace, from: LogPosition | null, previous: boolean): Promise<Read> => {
    const query = { namespace, pod: pod.name, container: pod.container, previous, limitBytes: LOG_BYTES };
    const reply = await kubernetes.log({ ...query, ...startOf(from) }, context.signal);
    const at = context.clock.now();
    if (!reply.ok) return { at, reply };
    return {
      at,
      reply: { ...reply, value: readLog(reply.value, { after: from, skewSeconds, limitBytes: LOG_BYTES }) },
    };
  };

  const remembered = memory?.pod ?? null;
  const early = remembered ? ask(remembered, position, false) : null;
  const pod = await pods.fresh();
  if (!pod) return null;
  const isSamePod = remembered?.name === pod.name && remembered.container === pod.container;
  const current = (isSamePod ? await early : null) ?? (await ask(pod, isSamePod ? position : null, false));
  const readRun = memory?.log.run ?? null;
  const hasEnded = isSamePod && readRun !== null && pod.run !== null && pod.run !== readRun;
  const previous = hasEnded ? (await ask(pod, position, true)).reply : null;
  return { at: current.at, run: pod.run, current: current.reply, previous };
}

interface Read {
  at: number;
  reply: Reply<ReadLog>;
}

/** The server compares whole seconds, so the last lines come again and are told by their stamps. */
function startOf(from: LogPosition | null): Pick<LogQuery, 'sinceTime' | 'tailLines'> {
  if (!from) return { sinceTime: null, tailLines: FIRST_LINES };
  return { sinceTime: from.stamp.replace(/\.\d+/, ''), tailLines: null };
}
