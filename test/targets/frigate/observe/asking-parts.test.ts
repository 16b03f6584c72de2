import { describe, expect, it } from 'vitest';
import type { Failure, Reply } from '../../../../src/doors/ports.ts';
import { type FrigateMemory, newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import { askParts } from '../../../../src/targets/frigate/observe/asking-parts.ts';
import type { Way } from '../../../../src/targets/frigate/observe/vantages.ts';
import type { Configured } from '../../../../src/targets/frigate/read/configured.ts';
import { readConfigured } from '../../../../src/targets/frigate/read/configured.ts';
import { eventually } from '../../../eventually.ts';
import { ok } from '../asked.ts';
import { failure, START, settings } from '../watching.ts';

const LATER = START + 3600;
const STREAMS = { front: { producers: [{ id: 1, bytes_recv: 5 }], consumers: [] } };

function configured(names: readonly string[]): Configured {
  const read = readConfigured({
    cameras: Object.fromEntries(
      names.map((name, k) => [
        name,
        {
          enabled: true,
          enabled_in_config: true,
          record: { enabled: true, continuous: { days: 3 } },
          ffmpeg: {
            inputs: [{ path: k === 0 ? 'rtsp://127.0.0.1:8554/front' : `rtsp://10.0.0.${k}:554/`, roles: ['detect'] }],
          },
        },
      ]),
    ),
    go2rtc: { streams: { front: ['rtsp://10.0.1.1:554/'] } },
  });
  if (!read) throw new Error('This is no configuration.');
  return read;
}

/** Everything has been asked for long ago. */
function knows(names: readonly string[], changes: Partial<FrigateMemory> = {}): FrigateMemory {
  return { ...newFrigateMemory(), configured: configured(names), configAskedAt: START, configDue: 'later', ...changes };
}

interface Desk {
  memory?: FrigateMemory | null;
  uptime?: number;
  says?: (path: string) => Reply<unknown>;
  reach?: (host: string) => 'ok' | Failure;
  /** Seconds that each answer takes. */
  takes?: number;
  isHung?: boolean;
  tcp?: false;
}

function desk({
  memory = null,
  uptime = 86_400,
  says = () => ok([]),
  reach = () => 'ok',
  takes = 0,
  isHung,
  tcp,
}: Desk) {
  const asked: string[] = [];
  let [now, open, most] = [LATER, 0, 0];
  const held: (() => void)[] = [];
  const ask = async <T>(name: string, answer: () => T): Promise<T> => {
    asked.push(name);
    open += 1;
    most = Math.max(most, open);
    if (isHung) await new Promise<void>((go) => held.push(go));
    else await Promise.resolve();
    open -= 1;
    now += takes;
    return answer();
  };
  const way: Way = { id: 'direct', json: (path) => ask(path, () => says(path)), text: async () => failure('refused') };
  const limits: number[] = [];
  const door = {
    reach: (place: { host: string; port: number }, { timeoutSeconds }: { timeoutSeconds: number }) => {
      limits.push(timeoutSeconds);
      return ask(`${place.host}:${place.port}`, (): Reply<true> => {
        const said = reach(place.host);
        return said === 'ok' ? ok(true as const) : said;
      });
    },
  };
  const stop = new AbortController();
  const parts = askParts({
    settings: settings(),
    way,
    stats: ok({ service: { uptime } }),
    doors: { tcp: tcp === false ? null : door },
    memory,
    context: { clock: { now: () => now, jumpedAt: () => null }, signal: stop.signal },
  });
  return {
    parts,
    asked,
    most: () => most,
    limits,
    stop: () => stop.abort(),
    release: () => held.splice(0).map((go) => go()),
  };
}

const CONFIG = '/api/config';

describe('the configuration', () => {
  const run = { startedAt: START - 86_400, container: null, uptimeSeconds: 86_400, answeredAt: START };
  const at = (configDue: FrigateMemory['configDue'], ago: number, changes: Partial<FrigateMemory> = {}) =>
    knows([], { configAskedAt: LATER - ago, configDue, ...changes });

  it.each<[string, FrigateMemory | null, boolean]>([
    ['at first', null, true],
    ['where it was never read', knows([], { configAskedAt: null }), true],
    ['before five minutes', at('later', 299), false],
    ['after five minutes', at('later', 300), true],
    ['soon when something is bad', at('soon', 60), true],
    ['not at once when something is bad', at('soon', 59), false],
    ['at once when a camera fell silent', at('now', 0), true],
    ['in the first look at a new run', at('later', 10, { run: { ...run, uptimeSeconds: 90_000 } }), true],
    ['not again in the same run', at('later', 10, { run }), false],
  ])('is asked for %s', async (_, memory, isAsked) => {
    const { parts, asked } = desk({ memory, says: () => ok({ cameras: {} }) });
    expect((await parts).config?.ok ?? null).toBe(isAsked ? true : null);
    expect(asked.includes(CONFIG)).toBe(isAsked);
  });
});

describe('the recordings', () => {
  it('are asked for by name and with both ends, in the clock of Frigate', async () => {
    const memory = knows(['front door', 'é/..'], { skewSeconds: 7200.4 });
    const says = (path: string) =>
      path.startsWith('/api/%C3') ? failure('timeout') : ok([{ start_time: 5, end_time: 9 }]);
    const { parts, asked } = desk({ memory, says });
    const theirs = LATER + 7200;
    const query = `recordings?after=${theirs - 660}&before=${theirs + 60}`;
    expect(asked).toContain(`/api/front%20door/${query}`);
    const { recordings } = await parts;
    expect(asked).toContain(`/api/%C3%A9%2F../${query}`);
    expect(recordings).toMatchObject({
      'front door': { ok: true, value: [{ start: 5, end: 9 }] },
      'é/..': { kind: 'timeout' },
    });
  });
});

describe('the streams', () => {
  const ask = (answers: Record<string, Reply<unknown>>) =>
    desk({ memory: knows(['front']), says: (path) => answers[path] ?? ok([]) });

  it('are asked for where cameras come through go2rtc', async () => {
    const { parts } = ask({ '/api/go2rtc/streams': ok(STREAMS) });
    expect((await parts).streams).toMatchObject({ ok: true, value: { front: { bytes: 5 } } });
    expect((await desk({ memory: knows([]) }).parts).streams).toBeNull();
  });

  it('are found at their old place too, and only when the new one does not exist', async () => {
    const missing = failure('status', { status: 404 });
    const old = ask({ '/api/go2rtc/streams': missing, '/api/go2rtc/api/streams': ok(STREAMS) });
    expect((await old.parts).streams).toMatchObject({ ok: true });
    const broken = ask({ '/api/go2rtc/streams': failure('status', { status: 502 }) });
    expect((await broken.parts).streams).toMatchObject({ status: 502 });
    expect(broken.asked.some((path) => path === '/api/go2rtc/api/streams')).toBe(false);
  });
});

describe('the addresses', () => {
  it('are knocked at, with a short patience', async () => {
    const reach = (host: string) => (host === '10.0.0.1' ? failure('refused') : ('ok' as const));
    const { parts, limits } = desk({ memory: knows(['a', 'b', 'c']), reach });
    expect((await parts).reach).toMatchObject({ a: 'ok', b: { kind: 'refused' }, c: 'ok' });
    expect(new Set(limits)).toEqual(new Set([3]));
  });

  it('are left alone where there is no door for it', async () => {
    expect((await desk({ memory: knows(['a', 'b']), tcp: false }).parts).reach).toEqual({});
  });
});

describe('all of it', () => {
  const many = Array.from({ length: 64 }, (_, k) => `cam${k}`);

  it('is asked at once, as far as four are not too many', async () => {
    const { parts, asked, most, release } = desk({ memory: knows(many), isHung: true, tcp: false });
    await eventually(() => asked.length === 4);
    for (let k = 0; k < 40; k += 1) {
      release();
      await Promise.resolve();
    }
    await eventually(() => release().length === 0);
    await parts;
    expect(most()).toBe(4);
    expect(asked).toHaveLength(4);
  });

  it('knocks at the cameras meanwhile, whatever hangs in Frigate', async () => {
    const { parts, asked, release } = desk({ memory: knows(many), isHung: true });
    await eventually(() => asked.length === 12);
    expect(asked.filter((name) => !name.startsWith('/'))).toHaveLength(8);
    await eventually(() => release().length === 0);
    await parts;
  });

  it('ends after five seconds: what was not begun by then is left out, and what was is kept', async () => {
    const { parts, asked } = desk({ memory: knows(many), takes: 2 });
    const { recordings, reach, streams } = await parts;
    expect(asked.length).toBeLessThanOrEqual(12);
    expect(asked.length).toBeGreaterThanOrEqual(3);
    const answered = Object.keys(recordings).length + Object.keys(reach).length + (streams ? 1 : 0);
    expect(answered + Number(asked.includes(CONFIG))).toBe(asked.length);
  });

  it('begins nothing more when the look is broken off', async () => {
    const { parts, asked, stop, release } = desk({ memory: knows(many), isHung: true, tcp: false });
    await eventually(() => asked.length === 4);
    stop();
    release();
    await parts;
    expect(asked).toHaveLength(4);
  });
});
