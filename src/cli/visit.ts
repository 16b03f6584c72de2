/** The doors and the targets of a command that only looks: opened for its time, closed with it. */
import { deadline as deadlineIn, openClock } from '../doors/clock.ts';
import { openHttp } from '../doors/http.ts';
import { openKubernetes } from '../doors/kubernetes/index.ts';
import { openLog } from '../doors/log.ts';
import type { Clock, Doors, LeaseDoor, Log } from '../doors/ports.ts';
import { openTcp } from '../doors/tcp.ts';
import { type Options, secretsOf } from '../options.ts';
import { learner } from '../secrets.ts';
import { targetsOf } from '../targets/index.ts';
import type { AnyTarget } from '../targets/target.ts';
import type { Arguments } from './arguments.ts';
import { clusterOf } from './cluster.ts';
import { optionsOf } from './options-file.ts';

export interface Visit {
  options: Options;
  targets: readonly AnyTarget[];
  doors: Doors;
  /** Null: no cluster is set. */
  lease: Pick<LeaseDoor, 'lease'> | null;
  clock: Clock;
  /** Its lines go to standard error. */
  log: Log;
  /** Values that must never be written. */
  secrets: readonly string[];
}

const TIMEOUT_SECONDS = 8;
/** No look takes longer than this. */
const LOOK_SECONDS = 60;

/** Opens what the options name, and closes it again. Wrong options: a sentence each, nothing was opened. */
export async function visit<T>(
  given: Pick<Arguments, 'optionsFile' | 'frigateUrl'>,
  use: (visit: Visit) => Promise<T>,
): Promise<T | { problems: readonly string[] }> {
  const answer = optionsOf(given);
  if (!answer.ok) return { problems: answer.sentences };
  const { options } = answer;
  const cluster = clusterOf(options);
  if ('problem' in cluster) return { problems: [cluster.problem] };
  const secrets = [...secretsOf(options), ...cluster.secrets];
  const log = openLog({ level: 'warn', secrets, destination: process.stderr });
  const onSecrets = learner(secrets);
  const kubernetes =
    cluster.settings && openKubernetes(cluster.settings, { log, timeoutSeconds: TIMEOUT_SECONDS, onSecrets });
  const doors: Doors = { http: openHttp(), kubernetes, tcp: openTcp(), mailbox: null };
  try {
    return await use({
      options,
      targets: targetsOf(options),
      doors,
      lease: kubernetes,
      clock: openClock({ lastTime: null }),
      log,
      secrets,
    });
  } finally {
    await kubernetes?.close();
  }
}

/** Aborts with Ctrl-C or SIGTERM while `work` goes on. */
export async function untilStopped<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const leave = () => stop.abort();
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  try {
    return await work(stop.signal);
  } finally {
    process.off('SIGINT', leave);
    process.off('SIGTERM', leave);
  }
}

/** One look's own deadline, and the end of all. */
export function deadline(stop: AbortSignal): AbortSignal {
  return deadlineIn(LOOK_SECONDS, stop);
}
