import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/doors/kubernetes/errors.ts';
import { openPatience } from '../../../src/doors/kubernetes/patience.ts';

const NODE: Call = { method: 'GET', verb: 'get', group: '', resource: 'nodes', namespace: null, name: 'a', query: {} };

describe('an API that asks to slow down', () => {
  it.each<[string, string | null, number]>([
    ['7', '7', 7],
    ['nothing', null, 1],
    ['no time at all', '0', 1],
    ['a day', '86400', 60],
    ['more than a number holds', '9'.repeat(40), 1],
    ['less than nothing', '-5', 1],
    ['a date', 'Wed, 21 Oct 2026 07:28:00 GMT', 1],
    ['nonsense', 'soon', 1],
  ])('for %s', (_, header, seconds) => {
    let now = 100;
    const patience = openPatience(() => now, 2);
    expect(patience.refusal(NODE)).toBeNull();
    patience.asked(header);
    now = 100 + seconds - 0.01;
    expect(patience.refusal(NODE)).toEqual({
      ok: false,
      kind: 'status',
      status: 429,
      reason: `Cannot read node a: the API asked to slow down for ${seconds} s, so it was not asked yet.`,
      body: 'TooManyRequests: not asked',
    });
    now = 100 + seconds;
    expect(patience.refusal(NODE)).toBeNull();
  });

  it('is waited for where it is a moment, and no longer than the call may last', async () => {
    const { signal } = new AbortController();
    const patience = openPatience(() => performance.now() / 1000, 2);
    expect(await patience.outlast(signal)).toBe(true);
    patience.asked('1');
    const begun = performance.now();
    expect(await patience.outlast(AbortSignal.timeout(20))).toBe(false);
    expect(await patience.outlast(AbortSignal.abort())).toBe(false);
    expect(performance.now() - begun).toBeLessThan(900);
    expect(await patience.outlast(signal)).toBe(true);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1000);
    expect(patience.refusal(NODE)).toBeNull();
    patience.asked('3');
    expect(await patience.outlast(signal)).toBe(false);
  });

  it('is waited for to its end, though timers of a busy process come early', async () => {
    const patience = openPatience(() => performance.now() / 1010, 2);
    patience.asked('1');
    expect(await patience.outlast(new AbortController().signal)).toBe(true);
    expect(patience.refusal(NODE)).toBeNull();
  });

  it('twice is left alone for the longer time', () => {
    let now = 100;
    const patience = openPatience(() => now, 2);
    patience.asked('10');
    patience.asked('2');
    now = 109;
    expect(patience.refusal(NODE)?.reason).toContain('for 10 s');
    now = 110;
    expect(patience.refusal(NODE)).toBeNull();
  });
});
