/** The other side of every measurement, in a process of its own: a broker, a Kubernetes API, Frigates. */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startBroker } from '../demo/broker.ts';
import { newFrigate } from '../demo/frigate/model.ts';
import { startFrigate } from '../demo/frigate/server.ts';
import { startKubernetes } from '../demo/kubernetes/index.ts';
import { type SecureCluster, startSecure } from './secure.ts';

export interface Servers {
  brokerPort: number;
  kubernetes: { server: string; token: string };
  /** A Frigate that lives by the wall clock. */
  frigateUrl: string;
  /** A cluster that stands still at the beginning of the recordings, over TLS. */
  secure: SecureCluster;
  /** Frigates that answer as recorded, by the number of their cameras. */
  recorded: Readonly<Record<number, string>>;
}

/** Camera counts of the recorded Frigates: a home, and far more than a home. */
export const CAMERAS = [6, 64] as const;

/** Seconds between two samples of a Frigate: frigate/stats/emitter.py. */
export const SAMPLE_SECONDS = 15;

const RECORDING = join(import.meta.dirname, '..', 'test', 'cases', 'healthy');
const VERSION = readFileSync(join(RECORDING, 'version.txt'), 'utf8').trim();
const DAY = 86_400;
/** Where the time of the recorded Frigates begins, in epoch seconds. */
export const RECORDED_FROM = 1_795_238_000;

/** The state of an instance, not of the hub or of a camera. */
const STATE = /^[^/]+\/[^/]+\/state$/;

export interface ServersProcess extends Servers {
  /** Seconds by `performance.now()`, at which the next state of an instance came to the broker. */
  nextState(): Promise<number>;
  end(): void;
}

/** Starts the other process; it ends with this one. */
export async function openServers(program: string): Promise<ServersProcess> {
  const child = fork(program, ['serve'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const message = <T>() => new Promise<T>((resolve) => child.once('message', (value) => resolve(value as T)));
  const servers = await message<Servers>();
  return {
    ...servers,
    nextState: async () => {
      await message();
      return performance.now() / 1000;
    },
    end: () => child.disconnect(),
  };
}

/** What the other process does: serves until its parent lets go. */
export async function serve(): Promise<void> {
  const now = () => Date.now() / 1000;
  const broker = await startBroker();
  const kubernetes = await startKubernetes({ now });
  const frigate = await startFrigate(newFrigate(names(6), now() - DAY), now);
  const recorded = await Promise.all(CAMERAS.map(async (count) => [count, await startRecorded(count)] as const));
  process.once('disconnect', () => process.exit(0));
  tell({
    brokerPort: broker.port,
    kubernetes: { server: kubernetes.url, token: kubernetes.token },
    frigateUrl: frigate.url,
    secure: await startSecure(() => RECORDED_FROM),
    recorded: Object.fromEntries(recorded),
  } satisfies Servers);
  let seen = 0;
  setInterval(() => {
    const fresh = broker.messages.slice(seen);
    seen += fresh.length;
    if (fresh.some(({ topic, payload }) => STATE.test(topic) && payload !== '')) tell({ state: true });
  }, 2);
}

function tell(value: object): void {
  process.send?.(value);
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `camera_${i + 1}`);
}

interface Recording {
  cameras: Record<string, Record<string, number>>;
  cpu_usages: Record<string, unknown>;
  service: Record<string, unknown> & { uptime: number; last_updated: number };
}

/** A recorded body with as many cameras as wanted and the numbers of processes that go with them. */
export function recordingOf(count: number): { stats: Recording; settings: { cameras: Record<string, unknown> } } {
  const stats = read<Recording>('stats-001.json');
  const settings = read<{ cameras: Record<string, unknown> }>('frigate-config.json');
  const [camera = {}] = Object.values(stats.cameras);
  const cameras = names(count).map((name, i) => {
    const pids = { pid: 2000 + 3 * i, capture_pid: 2001 + 3 * i, ffmpeg_pid: 2002 + 3 * i };
    return [name, { ...camera, ...pids }] as const;
  });
  stats.cameras = Object.fromEntries(cameras);
  for (const pid of cameras.flatMap(([, { pid, capture_pid, ffmpeg_pid }]) => [pid, capture_pid, ffmpeg_pid])) {
    stats.cpu_usages[String(pid)] = { cpu: '1.3', cpu_average: '1.2', mem: '0.9', cmdline: 'ffmpeg -hide_banner' };
  }
  const [configured] = Object.values(settings.cameras);
  settings.cameras = Object.fromEntries(names(count).map((name) => [name, configured]));
  stats.service.uptime = DAY;
  stats.service.last_updated = RECORDED_FROM;
  return { stats, settings };
}

/** Each look that is not `?bare` meets the next sample, so that every check has something new to judge. */
async function startRecorded(count: number): Promise<string> {
  const { stats, settings } = recordingOf(count);
  const { service } = stats;
  const bodies: Readonly<Record<string, () => unknown>> = {
    '/api/version': () => VERSION,
    '/api/stats': () => stats,
    '/api/config': () => settings,
    '/api/go2rtc/streams': () => Object.fromEntries(names(count).map((name, i) => [name, streamOf(i, service.uptime)])),
  };
  const server = createServer((request, response) => {
    if (request.url === '/api/stats') {
      service.last_updated += SAMPLE_SECONDS;
      service.uptime += SAMPLE_SECONDS;
    }
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const camera = /^\/api\/([^/]+)\/recordings$/.exec(path)?.[1];
    const body =
      camera === undefined ? bodies[path]?.() : segments(camera, new URLSearchParams(query), service.last_updated);
    const type = path === '/api/version' ? 'text/plain' : 'application/json';
    response.writeHead(body === undefined ? 404 : 200, {
      'Content-Type': type,
      Date: new Date(service.last_updated * 1000).toUTCString(),
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A row of /api/{camera}/recordings for each segment between `after` and `before`, as 0.17 gives them. */
function segments(camera: string, query: URLSearchParams, now: number): readonly object[] {
  const [after, before] = [Number(query.get('after')), Math.min(now, Number(query.get('before')))];
  return Array.from({ length: Math.max(0, Math.floor((before - after) / SEGMENT_SECONDS)) }, (_, i) => {
    const start = Math.floor(before) - (i + 1) * SEGMENT_SECONDS;
    return {
      id: `${start}.0-${camera.slice(0, 6)}`,
      start_time: start,
      end_time: start + SEGMENT_SECONDS,
      segment_size: 4.2,
      motion: 120,
      objects: 0,
      duration: SEGMENT_SECONDS,
    };
  }).toReversed();
}

/** Frigate writes one so often. */
const SEGMENT_SECONDS = 10;

function streamOf(place: number, uptime: number): object {
  const bytes = uptime * 250_000;
  return {
    producers: [
      {
        id: 4 * place + 1,
        format_name: 'rtsp',
        protocol: 'rtsp+tcp',
        remote_addr: `192.168.30.${10 + place}:554`,
        receivers: [{ id: 4 * place + 2, codec: { codec_name: 'h264', codec_type: 'video' }, bytes }],
        bytes_recv: bytes,
      },
    ],
    consumers: [{ id: 4 * place + 3, format_name: 'rtsp', user_agent: 'FFmpeg Frigate', bytes_send: bytes }],
  };
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(RECORDING, file), 'utf8')) as T;
}
