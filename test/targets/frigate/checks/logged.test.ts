import { describe, expect, it } from 'vitest';
import { lastOf, quoted, readAt, unread } from '../../../../src/targets/frigate/checks/logged.ts';
import { logged, NO_LOG } from '../logging.ts';
import { START } from '../watching.ts';

const now = START + 100;

describe('a check on the log', () => {
  it('is not asked where nobody reads it, cannot tell where it should be read, and else goes on', () => {
    expect(unread({ log: NO_LOG, now })).toMatchObject({
      answer: 'not_observed',
      detail: "Frigate's log is not read: The log may not be read.",
    });
    const broken = { ...NO_LOG, state: 'unread' as const, why: null };
    expect(unread({ log: broken, now })).toMatchObject({
      answer: 'unknown',
      detail: "Frigate's log cannot be read just now.",
    });
    expect(unread({ log: logged([]), now })).toBeNull();
  });

  it('is answered anew with each reading', () => {
    expect(readAt({ log: logged([], 30), now })).toBe(START + 30);
    expect(readAt({ log: NO_LOG, now })).toBe(now);
  });

  it('counts only lines of this run, and quotes the last of them', () => {
    const lines = [
      [0, 'stuck'],
      [10, 'force_kill'],
      [50, 'exited'],
    ] as const;
    expect(lastOf({ log: logged(lines, 60), now }, 'stuck', 'force_kill')).toBe(START + 10);
    expect(lastOf({ log: logged(lines, 60), now }, 'no_space')).toBeNull();
    const log = logged(lines, 60, { startedAt: START + 5 });
    expect(lastOf({ log, now }, 'stuck')).toBeNull();
    expect(quoted({ log, now }, ['stuck', 'force_kill', 'no_space'])).toEqual(['the line force_kill']);
    expect(quoted({ log, now }, ['stuck'], 0)).toEqual(['the line stuck']);
  });
});
