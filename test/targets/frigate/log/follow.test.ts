import { describe, expect, it } from 'vitest';
import type { Failure, Reply } from '../../../../src/doors/ports.ts';
import type { Following } from '../../../../src/targets/frigate/follow/following.ts';
import { followLog, NEW_LOG } from '../../../../src/targets/frigate/log/follow.ts';
import { countSince, inThisRun, lastAt } from '../../../../src/targets/frigate/log/query.ts';
import { readLog } from '../../../../src/targets/frigate/log/reader.ts';
import type { LogAnswer, LogEvent, LogFacts, LogMemory, ReadLog } from '../../../../src/targets/frigate/log/types.ts';
import { answers, settings } from '../watching.ts';
import { logOf } from './corpus.ts';

const reply = (value: ReadLog): Reply<ReadLog> => ({ ok: true, value, status: 200, serverTime: null });
const failure = (changes: Partial<Failure>): Failure => ({
  ok: false,
  kind: 'status',
  reason: 'It failed.',
  ...changes,
});

function reading(events: readonly LogEvent[], changes: Partial<ReadLog> = {}): ReadLog {
  return {
    events,
    position: null,
    lines: events.length,
    bytes: 0,
    firstAt: events[0]?.at ?? null,
    lastAt: events.at(-1)?.at ?? null,
    isCut: false,
    skipped: null,
    ...changes,
  };
}

const event = (at: number, pattern: string, member: string | null = null): LogEvent => ({
  at,
  pattern,
  member,
  count: 1,
  text: `${pattern} at ${at}`,
});

interface Step {
  now: number;
  events?: readonly LogEvent[];
  read?: Partial<ReadLog>;
  failure?: Failure;
  log?: Partial<LogAnswer> | null;
  isNewRun?: boolean;
  /** By the API's uptime. */
  runStartedAt?: number | null;
}

function follow(steps: readonly Step[], first: LogMemory = NEW_LOG): { memory: LogMemory; facts: LogFacts } {
  let memory = first;
  let facts: LogFacts | null = null;
  for (const step of steps) {
    const current = step.failure ?? reply(reading(step.events ?? [], step.read));
    const log = step.log === null ? null : { at: step.now, run: null, current, previous: null, ...step.log };
    const following: Following = {
      settings: settings(),
      answers: answers(step.now, { log }),
      stats: null,
      configured: null,
      run: { startedAt: step.runStartedAt ?? null, container: null, uptimeSeconds: null, answeredAt: null },
      isNewRun: step.isNewRun ?? false,
      at: step.now,
      now: step.now,
    };
    const next = followLog(memory, following);
    memory = JSON.parse(JSON.stringify(next.memory)) as LogMemory;
    facts = next.facts;
  }
  if (!facts) throw new Error('There is no step.');
  return { memory, facts };
}

describe('the log from look to look', () => {
  it('keeps what was read, with the latest text of each pattern', () => {
    const { facts } = follow([
      { now: 100, events: [event(90, 'keep_up', 'yard'), event(95, 'keep_up', 'front')] },
      { now: 115, events: [event(93, 'keep_up', 'gate')] },
    ]);
    expect(facts).toMatchObject({ state: 'read', why: null, since: 90, readAt: 115, startedAt: null });
    expect(facts.kept.keep_up).toEqual([
      [90, 1],
      [93, 1],
      [95, 1],
    ]);
    expect(facts.kept['keep_up/gate']).toEqual([[93, 1]]);
    // The late line is not the latest.
    expect(facts.texts).toEqual({ keep_up: 'keep_up at 95' });
  });

  it('goes on from the last position, also where nothing new came', () => {
    const position = { stamp: '2026-01-01T00:00:00Z', lines: 2 };
    const { memory } = follow([{ now: 100, read: { position } }, { now: 115 }]);
    expect(memory.position).toEqual(position);
  });

  it('is known from the first look on where the log was silent', () => {
    expect(follow([{ now: 100 }, { now: 115 }]).facts).toMatchObject({ since: 100, readAt: 115 });
  });

  it('forgets what is a day old, with its text', () => {
    const { facts } = follow([{ now: 100, events: [event(90, 'keep_up')] }, { now: 100 + 86_400 }]);
    expect([facts.kept, facts.texts]).toEqual([{}, {}]);
  });
});

describe('a log that cannot be read', () => {
  const READ: Step = { now: 100, events: [event(90, 'keep_up')] };

  it.each<[string, readonly Step[], LogFacts['state'], string]>([
    ['nobody is there to ask', [{ now: 100, log: null }], 'not_observed', 'Kubernetes'],
    ['its pod is lost', [READ, { now: 115, log: null }], 'unread', 'pod'],
    ['it may not be read', [{ now: 100, failure: failure({ status: 403 }) }], 'not_observed', 'It failed.'],
    ['it may not be read any more', [READ, { now: 115, failure: failure({ status: 403 }) }], 'unread', 'It failed.'],
    ['it does not answer', [{ now: 100, failure: failure({ kind: 'timeout' }) }], 'unread', 'It failed.'],
  ])('where %s', (_name, steps, state, why) => {
    const { facts } = follow(steps);
    expect(facts.state).toBe(state);
    expect(facts.why).toContain(why);
  });

  it('is known up to the last reading, and goes on without a gap', () => {
    const steps = [READ, { now: 115, failure: failure({ kind: 'timeout' }) }];
    expect(follow(steps).facts).toMatchObject({ readAt: 100, since: 90, kept: { keep_up: [[90, 1]] } });
    expect(follow([...steps, { now: 130, events: [event(110, 'keep_up')] }]).facts).toMatchObject({
      state: 'read',
      since: 90,
      readAt: 130,
    });
  });

  it('has a gap where lines were lost, and says so', () => {
    const skipped = 'Lines are missing.';
    const { facts } = follow([READ, { now: 115, read: { skipped, firstAt: 108 } }]);
    expect(facts).toMatchObject({ state: 'read', why: skipped, since: 108, kept: { keep_up: [[90, 1]] } });
  });

  it('is read piece by piece while it is a little longer than a look reads', () => {
    const cut = {
      isCut: true,
      skipped: 'More came.',
      lastAt: 60,
      position: { stamp: '1970-01-01T00:01:00Z', lines: 1 },
    };
    const { facts, memory } = follow([{ now: 50 }, { now: 100, read: cut }]);
    expect(facts).toMatchObject({ why: 'More came.', since: 50, readAt: 60 });
    expect(memory.position).toEqual(cut.position);
  });

  it('leaves out what it can never catch up with, and is known from there on', () => {
    const cut = {
      isCut: true,
      skipped: 'More came.',
      lastAt: 60,
      position: { stamp: '1970-01-01T00:01:00Z', lines: 1 },
    };
    const { facts, memory } = follow([{ now: 50 }, { now: 1000, read: cut }]);
    expect(facts.why).toContain('left out');
    expect(facts).toMatchObject({ since: 1000, readAt: 1000 });
    expect(memory.position).toEqual({ stamp: '1970-01-01T00:16:40.000Z', lines: 0 });
    // Also where not one line came whole.
    expect(follow([{ now: 50, read: { isCut: true } }]).memory.position?.lines).toBe(0);
  });

  describe.each([-300, 300])('of a cluster whose clock is %i s off', (skewSeconds) => {
    const stampOf = (at: number) => new Date((at + skewSeconds) * 1000).toISOString();
    const cutAt = (lastAt: number): Partial<ReadLog> => ({
      isCut: true,
      skipped: 'More came.',
      lastAt,
      position: { stamp: stampOf(lastAt), lines: 1 },
    });
    const look = (now: number, lastAt: number): Step => ({ now, read: cutAt(lastAt), log: { skewSeconds } });

    it('is read on where it is a little behind', () => {
      const { facts, memory } = follow([look(1000, 995)]);
      expect([facts.why, facts.readAt]).toEqual(['More came.', 995]);
      expect(memory.position).toEqual(cutAt(995).position);
    });

    it('is left behind only by what is really too old, and what comes then is read', () => {
      const { facts, memory } = follow([look(1000, 800)]);
      expect([facts.since, facts.readAt]).toEqual([1000, 1000]);
      const line = `${stampOf(1003)} [2026-01-06 04:00:00] frigate.watchdog INFO : Detection appears to be stuck. `;
      const next = readLog(`${line}Restarting detection process...\n`, { after: memory.position, skewSeconds });
      expect(next.events).toMatchObject([{ at: 1003, pattern: 'stuck' }]);
      expect(memory.position).toEqual({ stamp: stampOf(1000), lines: 0 });
    });
  });
});

describe('a restart', () => {
  const BEFORE: Step = {
    now: 100,
    events: [event(80, 'keep_up', 'yard'), event(85, 'stuck'), event(90, 'force_kill'), event(95, 'safe_mode')],
  };
  const old = (facts: LogFacts) => Object.keys(facts.kept).toSorted();

  it('that the log shows makes void what does not outlive a run', () => {
    const { facts } = follow([BEFORE, { now: 115, events: [event(105, 'preparing'), event(108, 'config_invalid')] }]);
    expect(facts.startedAt).toBe(105);
    expect(old(facts)).toEqual(['config_invalid', 'force_kill', 'preparing', 'stuck']);
    expect(facts.texts).not.toHaveProperty('keep_up');
    // Kept for the count of a day, and no evidence of this run.
    expect(countSince(facts, 'stuck', 0)).toBe(1);
    expect(countSince(facts, 'stuck', inThisRun(facts, 0))).toBe(0);
  });

  it('is not taken for another one when the API tells of it later', () => {
    const { facts } = follow([
      BEFORE,
      { now: 115, events: [event(105, 'preparing'), event(108, 'safe_mode')] },
      { now: 130, isNewRun: true, runStartedAt: 120 },
    ]);
    expect(facts.startedAt).toBe(105);
    expect(lastAt(facts, 'safe_mode')).toBe(108);
  });

  it('that only the API shows makes void the same', () => {
    const { facts } = follow([BEFORE, { now: 5000, isNewRun: true, runStartedAt: 4990 }]);
    expect(facts.startedAt).toBe(4990);
    expect(old(facts)).toEqual(['force_kill', 'stuck']);
  });

  it('that nobody can date lies after the last reading', () => {
    const { facts } = follow([BEFORE, { now: 115, failure: failure({ kind: 'timeout' }), isNewRun: true }]);
    expect(facts).toMatchObject({ startedAt: 100, state: 'unread' });
    expect(old(facts)).toEqual(['force_kill', 'stuck']);
    expect(follow([{ now: 115, log: null, isNewRun: true }]).facts.startedAt).toBe(115);
  });

  it('that the cluster shows begins with the first line of the new container', () => {
    const steps: Step[] = [
      { ...BEFORE, log: { run: 'one' }, read: { position: { stamp: '1970-01-01T00:01:35Z', lines: 1 } } },
      {
        now: 115,
        log: { run: 'two' },
        events: [event(108, 'keep_up')],
        read: { firstAt: 104, skipped: 'Lines are missing.' },
      },
    ];
    const { facts, memory } = follow(steps);
    expect(facts).toMatchObject({ startedAt: 104, since: 104, why: null });
    expect(facts.kept.keep_up).toEqual([[108, 1]]);
    expect(memory).toMatchObject({ run: 'two', position: null });
    // The next look goes on in the same container.
    expect(follow([{ now: 130, log: { run: 'two' }, events: [event(120, 'keep_up')] }], memory).facts).toMatchObject({
      startedAt: 104,
      kept: {
        keep_up: [
          [108, 1],
          [120, 1],
        ],
      },
    });
  });

  it('that the cluster shows is dated by the look where the new container is still silent', () => {
    const steps: Step[] = [
      { ...BEFORE, log: { run: 'one' } },
      { now: 115, log: { run: 'two' } },
    ];
    expect(follow(steps).facts.startedAt).toBe(115);
  });

  it('is told why by the end of the run before, without a gap', () => {
    const previous = reply(reading([event(101, 'out_of_memory'), event(102, 'keep_up')]));
    const { facts } = follow([
      { ...BEFORE, log: { run: 'one' } },
      { now: 115, log: { run: 'two', previous }, events: [event(105, 'preparing')] },
    ]);
    expect(facts).toMatchObject({
      startedAt: 105,
      since: 80,
      why: null,
      texts: { out_of_memory: 'out_of_memory at 101' },
    });
    expect(old(facts)).toEqual(['force_kill', 'out_of_memory', 'preparing', 'stuck']);
  });

  it('has a gap where the end of the run before is not whole', () => {
    const previous = reply(reading([event(101, 'out_of_memory')], { skipped: 'Lines are missing.' }));
    const { facts } = follow([
      { ...BEFORE, log: { run: 'one' } },
      { now: 115, log: { run: 'two', previous }, events: [event(105, 'preparing')] },
    ]);
    expect(facts).toMatchObject({ since: 105, why: 'Lines are missing.' });
  });
});

describe('a recorded restart', () => {
  it('is one run, however the looks fall', () => {
    const text = logOf('live-orphaned-queue');
    const lines = text.split('\n');
    for (const size of [1, 3, 7, 40, 200]) {
      const steps = Array.from({ length: Math.ceil(lines.length / size) }, (_, n): Step => {
        const part = readLog(lines.slice(n * size, (n + 1) * size).join('\n'));
        return { now: part.lastAt ?? 1_795_238_800, log: { current: reply(part) } };
      });
      const { facts } = follow(steps);
      // [INFO] Preparing Frigate..., 9 s before Frigate names its version.
      expect(new Date((facts.startedAt ?? 0) * 1000).toISOString()).toBe('2026-11-21T05:25:30.050Z');
      expect([countSince(facts, 'stuck', 0), countSince(facts, 'starting', 0)]).toEqual([1, 2]);
      expect(facts.kept).not.toHaveProperty('mqtt_disconnected');
    }
  });
});
