/**
 * What the simulated Frigate writes to its container's log, in the texts and the layout of 0.17: how it starts, and the
 * cycle in which its watchdog replaces a detector that hangs. It says nothing else.
 */
import { HANG, type Moment, type SimulatedFrigate } from './model.ts';

/** A line as the container writes it. */
export interface LogLine {
  at: number;
  text: string;
}

/** Everything that was written up to now, oldest first, over all runs. */
export function logOf(frigate: SimulatedFrigate, now: number): readonly LogLine[] {
  const { past } = frigate;
  return past
    .flatMap((moment, i) => {
      const later = past
        .slice(i + 1)
        .find(({ what }) => moment.what !== 'start' || what === 'start' || what === 'stop');
      const end = Math.min(now, later?.at ?? now);
      const said = moment.what === 'start' ? startLines(frigate, moment.at) : hangLines(moment, end);
      return said.filter(({ at }) => at <= end);
    })
    .toSorted((a, b) => a.at - b.at);
}

/** Logger, message, and seconds after the beginning. */
type Said = readonly [after: number, logger: string, message: string];

const TPU = 'frigate.detectors.plugins.edgetpu_tfl';

const HANG_SAYS: readonly Said[] = [
  [HANG.noticed, 'frigate.watchdog', 'Detection appears to be stuck. Restarting detection process...'],
  [HANG.noticed, 'root', 'Waiting for detection process to exit gracefully...'],
  [HANG.killed, 'root', "Detection process didn't exit. Force killing..."],
  [HANG.killed, 'root', 'Detection process has exited...'],
  [HANG.killed + 0.1, TPU, 'Attempting to load TPU as usb'],
  [HANG.killed + 2.9, TPU, 'TPU found'],
];

/** Once for a queue that is dead after it, since the watchdog then sees nothing wrong; else again and again. */
function hangLines({ at: begin, what }: Moment, end: number): readonly LogLine[] {
  if (what !== 'stuck' && what !== 'orphaned_queue') return [];
  const cycles = what === 'stuck' ? Math.max(0, Math.ceil((end - begin) / HANG.cycle)) : 1;
  return Array.from({ length: cycles }, (_, i) => i * HANG.cycle).flatMap((from) =>
    HANG_SAYS.map(([after, logger, message]) => spoken(begin + from + after, logger, message)),
  );
}

function startLines(frigate: SimulatedFrigate, begin: number): readonly LogLine[] {
  const { cameras, version, apiAfterSeconds: ready } = frigate;
  const scripts = [
    'Preparing new go2rtc config...',
    'Starting NGINX...',
    'Preparing Frigate...',
    'Starting Frigate...',
  ];
  const middle = ready / 2;
  const says: readonly Said[] = [
    [middle, 'frigate.util.config', 'Checking if frigate config needs migration...'],
    [middle, 'frigate.util.config', 'frigate config does not need migration...'],
    [middle, 'frigate.app', `Starting Frigate (${version})`],
    [middle + 0.1, 'peewee_migrate.logs', 'Starting migrations'],
    [middle + 0.1, 'peewee_migrate.logs', 'There is nothing to migrate'],
    [middle + 0.1, 'frigate.app', 'Recording process started: 330'],
    [middle + 0.2, TPU, 'Attempting to load TPU as usb'],
    [middle + 3, TPU, 'TPU found'],
    [ready - 0.2, 'frigate.api.fastapi_app', 'Starting FastAPI app'],
    [ready, 'frigate.api.fastapi_app', 'FastAPI started'],
    ...cameras.flatMap(({ name }, i): Said[] => [
      [ready, 'frigate.camera.maintainer', `Camera processor started for ${name}: ${400 + i * 3}`],
      [ready, 'frigate.camera.maintainer', `Capture process started for ${name}: ${401 + i * 3}`],
    ]),
  ];
  return [
    ...scripts.map((words) => ({ at: begin, text: `${outer(begin)}  [INFO] ${words}` })),
    ...says.map(([after, logger, message]) => spoken(begin + after, logger, message)),
    { at: begin + 0.7, text: `${outer(begin + 0.7)}  [INFO] Starting go2rtc...` },
    { at: begin + 10, text: `${outer(begin + 10)}  [INFO] Starting go2rtc healthcheck service...` },
  ];
}

/** Two stamps: that of s6, and Frigate's own, here both in UTC. */
function spoken(at: number, logger: string, message: string): LogLine {
  const own = outer(at).slice(0, 19);
  return { at, text: `${outer(at)}  [${own}] ${logger.padEnd(30)} ${'INFO'.padEnd(8)}: ${message}` };
}

function outer(at: number): string {
  return `${new Date(Math.floor(at) * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${nanoseconds(at)}`;
}

/** The part behind the full second, in nine digits. */
function nanoseconds(at: number): string {
  return String(Math.floor((at - Math.floor(at)) * 1e9)).padStart(9, '0');
}
