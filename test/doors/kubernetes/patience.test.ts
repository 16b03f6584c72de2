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
    const patience = openPatience(() => now);
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

  it('twice is left alone for the longer time', () => {
    let now = 100;
    const patience = openPatience(() => now);
    patience.asked('10');
    patience.asked('2');
    now = 109;
    expect(patience.refusal(NODE)?.reason).toContain('for 10 s');
    now = 110;
    expect(patience.refusal(NODE)).toBeNull();
  });
});
