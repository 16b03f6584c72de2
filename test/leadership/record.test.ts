import { describe, expect, it } from 'vitest';
import {
  GIVE_UP_SECONDS,
  gone,
  held,
  LEASE_SECONDS,
  type LeaseRecord,
  newStanding,
  presenceOf,
  type Role,
  refused,
  type Standing,
  type Step,
  seen,
  sending,
  stepFor,
  unanswered,
} from '../../src/leadership/record.ts';

const US = 'nuc-1';
const THEM = 'pi-2';

function record(changes: Partial<LeaseRecord> = {}): LeaseRecord {
  return { holder: THEM, durationSeconds: 30, acquireTime: 'a', renewTime: 'r1', transitions: 3, ...changes };
}
const ours = (renewTime: string) => record({ holder: US, renewTime });

/** What happened, each at a second of our steady clock. */
type Event = (standing: Standing) => Standing;
const sees =
  (what: Partial<LeaseRecord>, at: number): Event =>
  (standing) =>
    seen(standing, record(what), at);
const holds =
  (renewTime: string, at: number): Event =>
  (standing) =>
    held(sending(standing, renewTime), ours(renewTime), at);
const sends =
  (renewTime: string): Event =>
  (standing) =>
    sending(standing, renewTime);
const denies =
  (to: 'look' | 'write', at: number): Event =>
  (standing) =>
    refused(standing, { why: 'No right.', to, now: at });
const hangs: Event = (standing) => unanswered(standing, 'No answer.');
const after = (events: readonly Event[]) => events.reduce((standing, event) => event(standing), newStanding(US));

describe('what follows from a fresh look', () => {
  it.each<[what: string, events: readonly Event[], now: number, step: Step]>([
    ['there is no Lease', [gone], 0, 'take'],
    ['nobody holds it', [sees({ holder: null }, 0)], 0, 'take'],
    ['another one holds it, seen for the first time', [sees({}, 0)], 0, 'follow'],
    ['it has stood still for not quite long enough', [sees({}, 0), sees({}, 29.9)], 29.9, 'follow'],
    ['it has stood still for long enough', [sees({}, 0), sees({}, 30)], 30, 'take'],
    ['it has moved in between', [sees({}, 0), sees({ renewTime: 'r2' }, 25)], 40, 'follow'],
    [
      'its times are a year old, and it moves',
      [sees({ renewTime: '2025' }, 0), sees({ renewTime: '2025b' }, 31)],
      40,
      'follow',
    ],
    ['it went from one other to the next', [sees({}, 0), sees({ holder: 'third' }, 31)], 40, 'follow'],
    ['it was taken anew by the same one', [sees({}, 0), sees({ transitions: 4 }, 31)], 40, 'follow'],
    ['only its labels changed', [sees({}, 0), sees({}, 31)], 31, 'take'],
    [
      'nobody could look for an hour, and it has moved',
      [sees({}, 0), hangs, sees({ renewTime: 'r2' }, 3600)],
      3600,
      'follow',
    ],
    ['nobody could look for an hour, and it has not', [sees({}, 0), hangs, sees({}, 3600)], 3600, 'take'],
    [
      'its holder asks for a longer time',
      [sees({ durationSeconds: 60 }, 0), sees({ durationSeconds: 60 }, 59)],
      59,
      'follow',
    ],
    ['and that is over', [sees({ durationSeconds: 60 }, 0)], 60, 'take'],
    ['its holder asks for a shorter time', [sees({ durationSeconds: 1 }, 0)], 29, 'follow'],
    ['its holder asks for eternity', [sees({ durationSeconds: 1e9 }, 0)], 300, 'take'],
    ['it is that of our life before', [sees({ holder: US, renewTime: 'old' }, 0)], 0, 'renew'],
    [
      'the first renewal of that was lost',
      [sees({ holder: US, renewTime: 'old' }, 0), sends('n1'), hangs, sees({ holder: US, renewTime: 'old' }, 5)],
      5,
      'renew',
    ],
    [
      'our renewal arrived and its answer did not',
      [holds('r1', 0), sends('n2'), hangs, sees({ holder: US, renewTime: 'n2' }, 9)],
      9,
      'renew',
    ],
    ['a copy of us holds it', [holds('r1', 0), sees({ holder: US, renewTime: 'foreign' }, 9)], 9, 'follow'],
    [
      'a copy of us held it and stands still',
      [holds('r1', 0), sees({ holder: US, renewTime: 'foreign' }, 9)],
      39,
      'take',
    ],
  ])('%s', (_, events, now, step) => {
    expect(stepFor(after(events), now)).toBe(step);
  });
});

describe('who leads', () => {
  it.each<[what: string, events: readonly Event[], now: number, role: Role, sentence: RegExp]>([
    ['nothing was asked', [], 0, 'unknown', /not been asked yet/],
    ['we hold it', [holds('r1', 0)], 19.9, 'leading', /^This Warden leads/],
    ['we could not renew it', [holds('r1', 0), hangs], 20, 'unknown', /could not be renewed for 20 s. No answer./],
    ['we were frozen for an hour', [holds('r1', 0)], 3600, 'unknown', /could not be renewed/],
    ['we renewed it after that', [holds('r1', 0), hangs, holds('r2', 50)], 60, 'leading', /leads/],
    ['another one has taken it', [holds('r1', 0), sees({}, 5)], 6, 'following', /^Another Warden leads \(pi-2\)/],
    ['a copy of us has taken it', [holds('r1', 0), sees({ holder: US, renewTime: 'x' }, 5)], 6, 'following', /nuc-1/],
    ['another one holds it', [sees({}, 0)], 1, 'following', /pi-2/],
    ['another one held it, and the API is silent', [sees({}, 0), hangs], 500, 'following', /pi-2/],
    ['the API is silent from the start', [hangs], 5, 'unknown', /^No answer\.$/],
    ['we may not use it', [denies('look', 0)], 30, 'alone', /^No Lease can be used, so .* acts alone\. No right\.$/],
    ['we were refused only just now', [denies('look', 0)], 29.9, 'unknown', /^No right\.$/],
    ['we are refused again and again', [denies('look', 0), denies('look', 29)], 30, 'alone', /No right/],
    ['we held it and are refused only just now', [holds('r1', 0), denies('write', 9)], 10, 'unknown', /^No right\.$/],
    [
      'we were refused once, and it stands still',
      [denies('look', 0), sees({}, 5), sees({}, 35), hangs],
      36,
      'following',
      /pi-2/,
    ],
    ['we were refused once, and nobody holds it', [denies('look', 0), gone, hangs], 36, 'unknown', /^No answer\.$/],
    ['we may not use it, and the API falls silent', [denies('look', 0), hangs], 30, 'alone', /No right\.$/],
    [
      'we may not write it, however often we see it',
      [denies('write', 0), sees({ holder: null }, 29)],
      30,
      'alone',
      /./,
    ],
    [
      'we may not write it while another one is at work',
      [sees({}, 0), denies('write', 0), sees({ renewTime: 'r2' }, 20)],
      40,
      'following',
      /pi-2/,
    ],
    [
      'we may not write it, and it stands still',
      [sees({}, 0), denies('write', 30), sees({}, 59)],
      59,
      'following',
      /pi-2/,
    ],
    ['and that for long', [sees({}, 0), denies('write', 30), sees({}, 60)], 60, 'alone', /No right/],
    ['the right was granted later', [denies('look', 0), holds('r1', 5)], 6, 'leading', /leads/],
    [
      'the right was granted, and then the API fell silent',
      [denies('look', 0), holds('r1', 5), hangs],
      40,
      'unknown',
      /not be renewed/,
    ],
    ['it was deleted', [holds('r1', 0), gone], 1, 'unknown', /./],
  ])('%s', (_, events, now, role, sentence) => {
    expect(presenceOf(after(events), now)).toMatchObject({ role, sentence: expect.stringMatching(sentence) });
  });

  it('gives up well before another one may take over', () => {
    expect(LEASE_SECONDS - GIVE_UP_SECONDS).toBeGreaterThanOrEqual(10);
  });
});
