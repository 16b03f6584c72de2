import { describe, expect, it } from 'vitest';
import { followStart } from '../../../../src/targets/frigate/log/boundaries.ts';
import { keepEvents } from '../../../../src/targets/frigate/log/kept.ts';
import type { LogEvent } from '../../../../src/targets/frigate/log/types.ts';

const event = (at: number, pattern: string, member: string | null = null): LogEvent => ({
  at,
  pattern,
  member,
  count: 1,
  text: pattern,
});
const preparing = (at: number) => event(at, 'preparing');
const script = (at: number) => event(at, 'starting');
const frigate = (at: number) => event(at, 'starting', '0.17.2');
const ended = (at: number) => event(at, 'service_exited', 'Frigate');

/** The same, all in one look or each in its own. */
function starts(events: readonly LogEvent[], startedAt: number | null = null): readonly (number | null)[] {
  let kept = {};
  let apart = startedAt;
  for (const one of events) {
    apart = followStart({ kept, startedAt: apart }, [one]);
    kept = keepEvents(kept, [one]);
  }
  return [followStart({ kept: {}, startedAt }, events), apart];
}

describe('where a run begins by the log', () => {
  it.each([
    ['the steps of one start are one run', [preparing(10), script(11), frigate(20)], 10],
    ['0.12 does not prepare', [script(11), frigate(20)], 11],
    ['0.11 only names its version', [frigate(20)], 20],
    ['at a level of warnings only the script speaks', [preparing(10), script(11)], 10],
    ['a step that comes again is another run', [preparing(10), script(11), frigate(20), preparing(30)], 30],
    ['0.11 that crashes again and again', [frigate(20), frigate(40), frigate(60)], 60],
    ['0.12 that crashes again and again', [script(11), frigate(20), script(31), frigate(40)], 31],
    ['a start that never gets to its version', [preparing(10), script(11), preparing(30), script(31)], 30],
    ['what follows an end is another run', [preparing(10), ended(15), script(20)], 20],
    ['what follows an orderly stop, too', [script(10), event(15, 'stopping'), frigate(20)], 20],
    ['nginx may end beside it', [preparing(10), event(15, 'service_exited', 'NGINX'), script(20)], 10],
    ['an end alone is no start', [ended(15)], null],
    ['other lines are none', [event(15, 'stuck')], null],
  ])('%s', (_name, events, startedAt) => expect(starts(events)).toEqual([startedAt, startedAt]));

  it('is not moved back by a line that comes late', () => {
    expect(starts([ended(90), preparing(95)], 100)).toEqual([100, 100]);
  });

  it('goes on where it was known before', () => {
    expect(followStart({ kept: { starting: [[40, 1]] }, startedAt: 50 }, [frigate(60)])).toBe(50);
    expect(followStart({ kept: { starting: [[55, 1]], 'starting/a': [[55, 1]] }, startedAt: 50 }, [frigate(60)])).toBe(
      60,
    );
  });
});
