import { describe, expect, it } from 'vitest';
import { type Health, healthOf } from '../../src/publish/health.ts';

const OPENED = 1_000_000;

describe('the health of the loop', () => {
  const rows: [what: string, lasts: (number | null)[], now: number, status: Health['status']][] = [
    ['is starting until something was looked at', [null, null], OPENED + 20, 'starting'],
    ['is well as soon as one target was looked at', [OPENED + 1, null], OPENED + 20, 'turning'],
    ['is well for as long as a turn may take, with the interval and some slack', [OPENED], OPENED + 150, 'turning'],
    ['is stalled when it took longer', [OPENED], OPENED + 151, 'stalled'],
    ['is stalled when one of many stands still', [OPENED + 151, OPENED], OPENED + 151, 'stalled'],
    ['is stalled when one was never looked at', [OPENED + 151, null], OPENED + 151, 'stalled'],
    ['is stalled when nothing ever was', [null], OPENED + 151, 'stalled'],
    ['leaves eight targets the time of one turn', Array(8).fill(OPENED), OPENED + 151, 'stalled'],
    ['leaves nine targets the time of two', Array(9).fill(OPENED), OPENED + 210, 'turning'],
    ['and not more than that', Array(9).fill(OPENED), OPENED + 211, 'stalled'],
  ];
  it.each(rows)('%s', (_, lasts, now, status) => {
    const lastTurns = Object.fromEntries(lasts.map((last, n) => [`f${n}`, last]));
    expect(healthOf({ openedAt: OPENED, intervalSeconds: 30, lastTurns }, now).status).toBe(status);
  });

  it('says how long ago each was looked at, in whole seconds', () => {
    const lastTurns = { a: OPENED + 1.2, b: null };
    expect(healthOf({ openedAt: OPENED, intervalSeconds: 30, lastTurns }, OPENED + 4).secondsSinceTurn).toEqual({
      a: 3,
      b: null,
    });
  });
});
