import { describe, expect, it } from 'vitest';
import { logAnswers, readCaseLog } from '../../../../src/targets/frigate/recorded/log.ts';
import { STARTS_AT } from '../case-files.ts';

const stamp = (seconds: number) => new Date(seconds * 1000).toISOString().replace('Z', '000000Z');
const stuck = (at: number) =>
  `${stamp(at)} [2026-01-06 05:00:00] frigate.watchdog               INFO    : Detection appears to be stuck. Restarting detection process...\n`;

function* inPieces(text: string, size: number): Generator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

describe('the log of a case', () => {
  it('is the same however it is cut, oldest first', () => {
    const text = [10, 0, 20].map((after) => stuck(STARTS_AT + after)).join('');
    const whole = readCaseLog([text]);
    expect(whole.events.map(({ at }) => at - STARTS_AT)).toEqual([0, 10, 20]);
    expect(readCaseLog(inPieces(text, 7)).events).toEqual(whole.events);
    expect(whole).toMatchObject({ placedBy: 'kubernetes', firstAt: STARTS_AT, lastAt: STARTS_AT + 20 });
  });

  it('that is empty has no time', () => {
    expect(readCaseLog([])).toMatchObject({ events: [], firstAt: null, lastAt: null });
  });

  it('is handed out once, each look all since the one before', () => {
    const log = readCaseLog([0, 15, 16, 100].map((after) => stuck(STARTS_AT + after)));
    const at = logAnswers(log, 1000);
    const run = { startedAt: 0, index: 0 };
    const read = (after: number) => {
      const { current } = at(STARTS_AT + 1000 + after, run);
      return current.ok ? current.value.events.map((event) => event.at - STARTS_AT - 1000) : null;
    };
    expect([read(15), read(30), read(45), read(3600)]).toEqual([[0, 15], [16], [], [100]]);
  });

  it('is known from its first line on, which the first look says', () => {
    const log = readCaseLog([`${stamp(STARTS_AT)} nothing\n`, stuck(STARTS_AT + 20)]);
    const at = logAnswers(log, 0);
    const run = { startedAt: 0, index: 0 };
    expect(at(STARTS_AT + 10, run).current).toMatchObject({ value: { firstAt: STARTS_AT, lastAt: STARTS_AT + 10 } });
    expect(at(STARTS_AT + 25, run).current).toMatchObject({
      value: { firstAt: STARTS_AT + 20, lastAt: STARTS_AT + 20, lines: 1 },
    });
  });

  it('belongs to the run that wrote it', () => {
    const log = readCaseLog([10, 20].map((after) => stuck(STARTS_AT + after)));
    const at = logAnswers(log, 0);
    expect(at(STARTS_AT, { startedAt: 0, index: 0 })).toMatchObject({ run: 'recorded-run-0', previous: null });
    expect(at(STARTS_AT + 30, { startedAt: STARTS_AT + 15, index: 1 })).toMatchObject({
      run: 'recorded-run-1',
      current: { value: { events: [{ at: STARTS_AT + 20 }], firstAt: STARTS_AT + 15 } },
      previous: { value: { events: [{ at: STARTS_AT + 10 }] } },
    });
    expect(at(STARTS_AT + 45, { startedAt: STARTS_AT + 15, index: 1 }).previous).toBeNull();
  });
});
