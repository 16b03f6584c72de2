import { describe, expect, it } from 'vitest';
import { follow } from '../../src/rules/outcome.ts';
import type { Pursuit, Streak } from '../../src/rules/state.ts';
import type { Circumstance, Proof, Receipt, Rollout } from '../../src/rules/types.ts';
import { circumstances, limits } from './builders.ts';

/** All times in the tables are seconds after the order. */
const ORDERED_AT = 10_000;
const GRACE = 600;

interface Case {
  stage?: Pursuit['stage'];
  /** Now. */
  at: number;
  receipt?: Receipt['answer'];
  /** Whose receipt it is. */
  receiptFor?: string;
  bears?: 'ours' | 'older' | 'nothing' | 'unseen' | 'unasked';
  rollout?: Rollout['state'] | 'unseen' | 'unasked';
  started?: number | 'unseen';
  answered?: number | 'no' | 'unseen' | 'unasked';
  /** "key good <count> since <begin> to <last>", by commas. */
  streaks?: string;
  keys?: readonly string[];
  troubled?: boolean;
  proof?: Proof;
  instance?: 'same' | 'other' | 'none' | 'unseen' | 'unasked';
  /** Something else must start it again. */
  revival?: true;
  /** First look that saw nothing of it, seconds after the order. */
  silent?: number;
  /** What the remedy needs of it is not seen. */
  isMute?: true;
  /** The Warden itself has just started. */
  isFirst?: true;
}

function circumstance<T>(value: T | 'unseen' | 'unasked'): Circumstance<T> {
  if (value === 'unseen') return { known: false, asked: true, why: 'Not seen.' };
  if (value === 'unasked') return { known: false, asked: false, why: 'Not configured.' };
  return { known: true, value };
}

const moment = <W extends string>(value: number | W): number | W =>
  typeof value === 'number' ? ORDERED_AT + value : value;

function followed(one: Case) {
  const { bears = 'ours', rollout = 'idle', started = 20, answered = 40, streaks = '' } = one;
  const borne = { ours: ORDERED_AT, older: 500, nothing: null, unseen: 'unseen', unasked: 'unasked' } as const;
  const lived: Record<string, Streak> = {};
  for (const words of streaks.split(', ').filter((text) => text !== '')) {
    const [key = '', answer, count, , since, , last] = words.split(' ');
    const good = answer === 'good';
    const goodSince = ORDERED_AT + Number(since);
    const at = ORDERED_AT + Number(last);
    const counted = { bad: good ? 0 : Number(count), good: good ? Number(count) : 0 };
    lived[key] = { ...counted, badSince: 0, goodSince, at, seenAt: at, latched: !good, detail: '' };
  }
  const order: Pursuit['order'] = {
    id: 'tree-1',
    at: ORDERED_AT,
    remedy: 'water',
    signature: 'tree:rot',
    cause: { check: 'rot', layer: 'trunk', member: null },
    by: 'warden',
    force: false,
    reason: '',
    incidentId: null,
  };
  const { receipt, receiptFor = 'tree-1', instance = 'same' } = one;
  const living = { same: 'old', other: 'new', none: null, unseen: 'unseen', unasked: 'unasked' } as const;
  const silent = one.silent === undefined ? {} : { silentSince: ORDERED_AT + one.silent };
  const proof = one.proof ? { proof: one.proof, instance: 'old' } : {};
  return follow(
    { order, stage: one.stage ?? 'ordered', keys: one.keys ?? ['rot', 'pale/oak'], ...proof, ...silent },
    {
      now: ORDERED_AT + one.at,
      receipts: receipt ? [{ orderId: receiptFor, answer: receipt, detail: 'The door said so.' }] : [],
      circumstances: circumstances({
        graceSeconds: GRACE,
        instance: circumstance<string | null>(living[instance]),
        bears: circumstance(borne[bears]),
        rollout: circumstance(
          rollout === 'unseen' || rollout === 'unasked' ? rollout : { state: rollout, sentence: '' },
        ),
        startedAt: circumstance(moment(started)),
        answeredAt: circumstance<number | null>(answered === 'no' ? null : moment(answered)),
      }),
      streaks: lived,
      troubled: one.troubled ?? false,
      needsRevival: one.revival ?? false,
      isMute: one.isMute ?? false,
      isFirstLook: one.isFirst ?? false,
      limits,
    },
  );
}

/** The outcome if it has ended, else the stage. */
function wordOf(one: Case): string | undefined {
  const { outcome, pursuit } = followed(one);
  return outcome ?? pursuit?.stage;
}

const GOOD = 'rot good 2 since 50 to 80, pale/oak good 2 since 50 to 80';

describe('An order that was placed', () => {
  it.each<[Case, string, string]>([
    [{ at: 10, bears: 'older' }, 'ordered', 'no word yet'],
    [{ at: 10, bears: 'older', receipt: 'accepted' }, 'accepted', 'the door took it'],
    [{ at: 10, bears: 'older', receipt: 'refused' }, 'failed', 'the door refused'],
    [{ at: 10, bears: 'older', receipt: 'conflict' }, 'failed', 'somebody was faster'],
    [{ at: 10, bears: 'older', receipt: 'unanswered' }, 'ordered', 'no answer is no refusal'],
    [{ at: 10, bears: 'older', receipt: 'accepted', receiptFor: 'tree-2' }, 'ordered', 'a receipt of another order'],
    [{ at: 10, bears: 'older', receipt: 'refused', receiptFor: 'tree-2' }, 'ordered', 'a refusal of another order'],
    [{ at: 10, bears: 'ours', rollout: 'under_way' }, 'accepted', 'the instance bears it: it was carried out'],
    [{ at: 70, bears: 'ours', rollout: 'under_way', receipt: 'unanswered' }, 'accepted', 'though nobody said so'],
    [{ at: 59, bears: 'older' }, 'ordered', 'a second is left'],
    [{ at: 60, bears: 'older' }, 'failed', 'the instance is seen, and bears another: it was lost'],
    [{ at: 60, bears: 'nothing' }, 'failed', 'the instance bears nothing: it was lost'],
    [{ at: 60, bears: 'older', receipt: 'unanswered' }, 'failed', 'a late word without an answer'],
    [{ at: 60, bears: 'older', rollout: 'under_way' }, 'ordered', 'a new instance is on its way'],
    [{ at: 60, bears: 'older', rollout: 'failed' }, 'failed', 'nothing is on its way'],
    [{ at: 60, bears: 'older', rollout: 'unseen' }, 'failed', 'the instance is what counts'],
    [{ at: 60, bears: 'unseen' }, 'ordered', 'blindness does not say that it was lost'],
    [{ at: 7199, bears: 'unseen' }, 'ordered', 'for as long as a relapse would count'],
    [{ at: 7200, bears: 'unseen' }, 'ineffective', 'but not for ever'],
    [{ at: 5000, bears: 'unseen', troubled: true }, 'ordered', 'and whatever is bad'],
    [{ at: 5000, bears: 'unseen', started: 'unseen' }, 'ordered', 'and though nothing at all is seen'],
    [{ at: 60, bears: 'unasked', rollout: 'unasked', started: -500 }, 'failed', 'the same instance is up as before'],
    [{ at: 59, bears: 'unasked', rollout: 'unasked', started: -500 }, 'ordered', 'that may still change'],
    [{ at: 60, bears: 'unasked', rollout: 'unasked', started: 0 }, 'failed', 'it started in the moment of the order'],
    [{ at: 60, bears: 'unasked', rollout: 'unasked', started: 'unseen' }, 'ordered', 'gone: it may be starting'],
    [{ at: 599, bears: 'unasked', rollout: 'unasked', started: 'unseen' }, 'ordered', 'it has its whole grace'],
    [{ at: 600, bears: 'unasked', rollout: 'unasked', started: 'unseen' }, 'failed', 'and no more'],
    [{ at: 10, bears: 'unasked', rollout: 'unasked', started: 1, answered: 'no' }, 'restarted', 'a start after it'],
    [{ at: 10, bears: 'ours', answered: 'no' }, 'restarted', 'stages may be passed in one turn'],
    [{ at: 90 }, 'answering', 'even to the answer'],
    [{ at: 90, streaks: GOOD }, 'cured', 'even to the end'],
    [{ at: 700, bears: 'ours', rollout: 'under_way', troubled: true }, 'ineffective', 'seen late: it took too long'],
  ])('%j: %s, %s.', (one, wanted) => {
    expect(wordOf(one)).toBe(wanted);
  });
});

describe('An order that was accepted', () => {
  it.each<[Case, string, string]>([
    [{ at: 50, bears: 'older', rollout: 'under_way' }, 'accepted', 'accepted is not restarted'],
    [{ at: 50, bears: 'ours', rollout: 'under_way' }, 'accepted', 'not while the old one is going'],
    [{ at: 50, bears: 'ours', rollout: 'failed' }, 'accepted', 'nor when it did not come up'],
    [{ at: 50, bears: 'ours', rollout: 'unseen' }, 'accepted', 'nor when nobody sees whether it is done'],
    [{ at: 50, bears: 'ours', answered: 'no' }, 'restarted', 'done, and the new one bears the order'],
    [{ at: 50, bears: 'ours', rollout: 'unasked', answered: 'no' }, 'restarted', 'what is not asked is not waited for'],
    [{ at: 50, bears: 'older', answered: 'no' }, 'accepted', 'done, but it is the old one'],
    [{ at: 50, bears: 'older', started: 20 }, 'accepted', 'a start that does not bear it is not it'],
    [{ at: 50, bears: 'unseen', started: 20 }, 'accepted', 'nobody sees what it bears'],
    [
      { at: 50, bears: 'unasked', started: 20, answered: 'no' },
      'restarted',
      'instances bear nothing: a start after it',
    ],
    [{ at: 50, bears: 'unasked', started: 0 }, 'accepted', 'not one of the same moment'],
    [{ at: 50, bears: 'unasked', started: 'unseen' }, 'accepted', 'not one that nobody sees'],
    [
      { at: 90, bears: 'older', rollout: 'under_way', answered: -500, streaks: GOOD },
      'accepted',
      'the old one is good meanwhile: that is no cure',
    ],
    [{ at: 70, bears: 'older', rollout: 'idle' }, 'accepted', 'it was taken: it is not lost after a minute'],
    [{ at: 599, bears: 'older', troubled: true }, 'accepted', 'within the grace'],
    [{ at: 600, bears: 'older', troubled: true }, 'ineffective', 'no new one in the grace'],
    [{ at: 600, bears: 'older', troubled: false }, 'ineffective', 'no new one, whatever became good meanwhile'],
    [{ at: 600, bears: 'older', answered: 'unseen' }, 'ineffective', 'whether it answers does not matter yet'],
    [{ at: 600, bears: 'ours', rollout: 'under_way' }, 'ineffective', 'it never got ready'],
    [{ at: 600, bears: 'unseen', troubled: true }, 'accepted', 'nobody sees it: wait'],
    [{ at: 7199, bears: 'unseen', troubled: true }, 'accepted', 'for as long as a relapse would count'],
    [{ at: 7200, bears: 'unseen', troubled: true }, 'ineffective', 'but not for ever'],
    [{ at: 600, bears: 'unseen', rollout: 'under_way' }, 'ineffective', 'no pod can be made: that is seen'],
    [{ at: 600, bears: 'unasked', started: 'unseen' }, 'ineffective', 'it is gone and does not come back'],
    [{ at: 600, bears: 'ours', rollout: 'idle', answered: 40, troubled: false }, 'answering', 'it is there after all'],
    [{ at: 50, bears: 'older', receipt: 'refused' }, 'failed', 'the door took it back'],
  ])('%j: %s, %s.', (one, wanted) => {
    expect(wordOf({ stage: 'accepted', ...one })).toBe(wanted);
  });
});

describe('An order whose new instance is there', () => {
  it.each<[Case, string, string]>([
    [{ at: 50, answered: 'no' }, 'restarted', 'it has not answered'],
    [{ at: 50, answered: 'unseen' }, 'restarted', 'nobody knows whether it has'],
    [{ at: 50, answered: 40 }, 'answering', 'it has'],
    [{ at: 50, answered: 'unasked' }, 'answering', 'nobody can ask: nothing waits for it'],
    [{ at: 599, answered: 'no', troubled: true }, 'restarted', 'within the grace'],
    [{ at: 600, answered: 'no', troubled: true }, 'ineffective', 'no answer in the grace'],
    [{ at: 600, answered: 'no' }, 'ineffective', 'no answer, and nothing else is bad'],
    [{ at: 600, answered: 'unseen', troubled: true }, 'ineffective', 'something is bad, seen from elsewhere'],
    [{ at: 600, answered: 'unseen' }, 'restarted', 'nobody knows, and nothing is bad: wait'],
    [{ at: 7199, answered: 'unseen' }, 'restarted', 'up to two hours'],
    [{ at: 7200, answered: 'unseen' }, 'ineffective', 'and no longer'],
    [{ at: 599, answered: 'no', rollout: 'under_way', bears: 'older' }, 'restarted', 'it does not go back a stage'],
  ])('%j: %s, %s.', (one, wanted) => {
    expect(wordOf({ stage: 'restarted', ...one })).toBe(wanted);
  });
});

describe('An order whose new instance answers', () => {
  it.each<[Case, string, string]>([
    [{ at: 90, streaks: GOOD }, 'cured', 'all that failed is good for two looks'],
    [{ at: 90, streaks: 'rot good 2 since 50 to 80' }, 'answering', 'only one of two is'],
    [{ at: 90, streaks: 'rot good 2 since 50 to 80, pale/oak bad 2 since 50 to 80' }, 'answering', 'one is still bad'],
    [{ at: 90, keys: ['rot'], streaks: 'rot good 1 since 80 to 80' }, 'answering', 'one look is not enough'],
    [{ at: 90, keys: ['rot'], streaks: 'rot good 3 since 45 to 80' }, 'cured', 'three are more than enough'],
    [{ at: 90, keys: ['rot'], streaks: 'rot good 5 since 0 to 80' }, 'answering', 'good in the moment of the order'],
    [{ at: 90, keys: ['rot'], streaks: 'rot good 5 since -30 to 80' }, 'answering', 'good before the order'],
    [{ at: 90, keys: ['rot'], streaks: 'rot good 5 since 1 to 80' }, 'cured', 'good since just after it'],
    [{ at: 90, keys: ['rot'], streaks: 'rot good 2 since 5 to 30' }, 'answering', 'good of the old instance only'],
    [{ at: 90, keys: ['rot'], streaks: 'rot good 2 since 5 to 40' }, 'answering', 'not later than the first answer'],
    [{ at: 90, keys: ['rot'], streaks: 'rot good 2 since 5 to 41' }, 'cured', 'later than the first answer'],
    [
      { at: 90, keys: ['rot'], answered: 'no', streaks: 'rot good 2 since 50 to 80' },
      'answering',
      'it went down again',
    ],
    [{ at: 90, keys: ['rot'], answered: 'unseen', streaks: 'rot good 2 since 50 to 80' }, 'answering', 'not seen now'],
    [{ at: 90, keys: ['rot'], answered: 'unasked', streaks: 'rot good 2 since 5 to 30' }, 'cured', 'nobody can ask'],
    [{ at: 90, keys: [] }, 'cured', 'nothing had failed: a person asked for it'],
    [{ at: 90, keys: [], answered: 'no' }, 'answering', 'nothing had failed, but it went down again'],
    [{ at: 599, troubled: true }, 'answering', 'within the grace'],
    [{ at: 600, troubled: true }, 'ineffective', 'still bad after the grace'],
    [{ at: 600, bears: 'unseen', troubled: true }, 'ineffective', 'what it bears does not matter any more'],
    [{ at: 600, streaks: GOOD, troubled: true }, 'cured', 'good at last: another trouble is another matter'],
    [{ at: 600 }, 'answering', 'neither good nor bad: wait'],
    [{ at: 7199 }, 'answering', 'up to two hours'],
    [{ at: 7200 }, 'ineffective', 'and no longer'],
    [{ at: 7200, streaks: GOOD }, 'cured', 'unless it is good just then'],
  ])('%j: %s, %s.', (one, wanted) => {
    expect(wordOf({ stage: 'answering', ...one })).toBe(wanted);
  });
});

describe('An order that shows by another instance', () => {
  const old = { proof: 'instance', bears: 'older', started: -500, answered: -400 } as const;
  it.each<[Case, string, string]>([
    [{ ...old, at: 30, bears: 'ours' }, 'ordered', 'a mark says nothing of it'],
    [{ ...old, at: 59 }, 'ordered', 'it is still there: a second is left'],
    [{ ...old, at: 60 }, 'failed', 'it is still there, and nobody ends it'],
    [{ ...old, at: 60, rollout: 'under_way' }, 'ordered', 'it is stopping'],
    [{ ...old, at: 60, instance: 'unseen' }, 'ordered', 'nobody sees which one is there'],
    [{ ...old, at: 7199, instance: 'unseen' }, 'ordered', 'for as long as a relapse would count'],
    [{ ...old, at: 60, started: 20 }, 'failed', 'it has started again by itself, but is the same'],
    [{ ...old, at: 30, instance: 'none' }, 'accepted', 'it is going, whoever said so'],
    [{ ...old, at: 30, instance: 'other', started: 'unseen' }, 'accepted', 'another is there and has not started'],
    [{ ...old, at: 30, instance: 'other', started: 0 }, 'accepted', 'another had started in the moment of the order'],
    [{ ...old, at: 30, instance: 'other', started: 20, rollout: 'under_way' }, 'accepted', 'the old one is not gone'],
    [{ ...old, at: 30, instance: 'other', started: 20, answered: 'no' }, 'restarted', 'another has started since'],
    [{ ...old, at: 90, instance: 'other', started: 20, answered: 40, streaks: GOOD }, 'cured', 'and all is good'],
    [{ ...old, at: 599, stage: 'accepted' }, 'accepted', 'taken, and within the grace'],
    [{ ...old, at: 600, stage: 'accepted' }, 'ineffective', 'taken, and nothing came of it'],
    [{ ...old, at: 600, stage: 'accepted', instance: 'none' }, 'ineffective', 'taken, and none took its place'],
    [{ ...old, at: 600, stage: 'accepted', instance: 'unseen' }, 'accepted', 'nobody sees it: wait'],
  ])('%j: %s, %s.', (one, wanted) => {
    expect(wordOf(one)).toBe(wanted);
  });
});

describe('An order that shows by its mark or by another instance', () => {
  it.each([
    { at: 60, bears: 'older', isMute: true },
    { at: 60, proof: 'instance', bears: 'older', started: -500, isMute: true },
  ] as Case[])('is looked for where it shows, whatever the target says: %j', (one) => {
    expect(wordOf(one)).toBe('failed');
  });
});

describe('An order that shows by a start', () => {
  const old = { proof: 'start', bears: 'older', started: -500, answered: -400 } as const;
  const alone = { ...old, bears: 'unasked', rollout: 'unasked', instance: 'unasked' } as const;
  it.each<[Case, string, string]>([
    [{ ...old, at: 30, bears: 'ours' }, 'ordered', 'a mark says nothing of it'],
    [{ ...old, at: 59 }, 'ordered', 'it runs on: a second is left'],
    [{ ...old, at: 60 }, 'failed', 'it runs on: it never heard of it'],
    [{ ...old, at: 60, receipt: 'unanswered' }, 'failed', 'a broken answer, and it runs on'],
    [{ ...old, at: 130, isMute: true }, 'ordered', 'it is silent: its old run may take so long to stop'],
    [{ ...old, at: 600, isMute: true }, 'failed', 'it was silent for its whole grace, and never started anew'],
    [{ ...old, at: 60, started: 'unseen', receipt: 'unanswered' }, 'ordered', 'it does not run: it may be starting'],
    [{ ...old, at: 600, started: 'unseen' }, 'failed', 'it is seen, and has not started in the grace'],
    [{ ...old, at: 600, started: 'unseen', instance: 'unseen' }, 'ordered', 'nobody sees it: wait'],
    [{ ...old, at: 30, started: 0 }, 'ordered', 'it had started in the moment of the order'],
    [{ ...old, at: 30, started: 9, answered: 'no', receipt: 'unanswered' }, 'restarted', 'a start tells more'],
    [{ ...old, at: 30, started: 9, answered: 'no', rollout: 'under_way' }, 'restarted', 'and no rollout matters'],
    [{ ...old, at: 90, started: 9, answered: 20, streaks: GOOD }, 'cured', 'and all is good'],
    [{ ...old, at: 600, stage: 'accepted', started: 'unseen' }, 'ineffective', 'taken, and it waits to be started'],
    [{ ...old, at: 600, stage: 'accepted', started: 'unseen', instance: 'unseen' }, 'accepted', 'nobody sees it'],
    [{ ...alone, at: 600, stage: 'accepted', started: 'unseen' }, 'ineffective', 'nobody can see more than that'],
    [{ ...alone, at: 60 }, 'failed', 'it answers, and runs on'],
    [{ ...alone, at: 60, started: 9, answered: 20 }, 'answering', 'it answers, and has started'],
  ])('%j: %s, %s.', (one, wanted) => {
    expect(wordOf(one)).toBe(wanted);
  });
});

describe('A target that something else must start again', () => {
  const alone = {
    proof: 'start',
    revival: true,
    bears: 'unasked',
    rollout: 'unasked',
    instance: 'unasked',
    started: 'unseen',
    answered: -400,
  } as const;
  it.each<[Case, boolean, string]>([
    [{ ...alone, at: 629, stage: 'accepted', silent: 30 }, false, 'it has its whole grace'],
    [{ ...alone, at: 630, stage: 'accepted', silent: 30 }, true, 'it went and did not come back'],
    [{ ...alone, at: 630, silent: 30 }, true, 'nor after an order that nobody answered'],
    [{ ...alone, at: 630, stage: 'accepted' }, false, 'it was watched until now'],
    [{ ...alone, at: 6000, stage: 'accepted', silent: 30, isFirst: true }, false, 'nobody has watched it lately'],
    [{ ...alone, at: 630, stage: 'accepted', silent: 30, started: -500 }, false, 'it is there, and never went'],
    [{ ...alone, at: 630, stage: 'accepted', silent: 30, started: 9 }, false, 'it came back'],
    [{ ...alone, at: 630, stage: 'restarted', silent: 30 }, false, 'it was back, and is gone once more'],
    [{ ...alone, at: 30, receipt: 'refused', silent: 0 }, false, 'it was never told to go'],
    [{ ...alone, at: 630, stage: 'accepted', silent: 30, revival: undefined }, false, 'somebody is known to start it'],
  ] as [Case, boolean, string][])('%j: gone %s, %s.', (one, isGone) => {
    expect(followed(one).isGone ?? false).toBe(isGone);
    if (isGone) {
      expect(followed(one)).toMatchObject({
        outcome: 'ineffective',
        sentence: expect.stringMatching(/has not come back.*switched off until a person resets the breaker\.$/),
      });
    }
  });
});

describe('A target that is waited for', () => {
  const away = { proof: 'start', revival: true, bears: 'unasked', rollout: 'unasked', started: 'unseen' } as const;
  it.each<[Case, string, number | undefined]>([
    [{ ...away, at: 30, receipt: 'accepted' }, 'accepted', 30],
    [{ ...away, at: 30, receipt: 'unanswered' }, 'ordered', 30],
    [{ ...away, at: 60, silent: 30 }, 'ordered', 30],
    [{ ...away, at: 600, stage: 'accepted', silent: 30 }, 'accepted', 30],
    [{ ...away, at: 6000, stage: 'accepted', silent: 30, isFirst: true }, 'accepted', 6000],
    [{ ...away, at: 90, stage: 'accepted', silent: 30, started: 20, answered: 'no' }, 'restarted', undefined],
    [{ ...away, at: 90, stage: 'accepted', silent: 30, started: -500 }, 'accepted', undefined],
  ])('%j: %s, silent since %j.', (one, stage, silent) => {
    const { outcome, pursuit } = followed(one);
    expect([outcome, pursuit?.stage]).toEqual([null, stage]);
    expect(pursuit?.silentSince).toBe(silent === undefined ? undefined : ORDERED_AT + silent);
  });
});

describe('What is said of an order', () => {
  it.each<[Case, string]>([
    [{ at: 10, bears: 'older' }, 'A restart is ordered and not yet seen.'],
    [{ stage: 'accepted', at: 10, bears: 'older' }, 'A restart was accepted and the new instance is not there yet.'],
    [{ stage: 'restarted', at: 10, answered: 'no' }, 'The new instance is there and has not answered yet.'],
    [{ stage: 'answering', at: 50 }, 'The new instance answers; what failed is not yet proven good.'],
    [{ at: 10, receipt: 'refused' }, 'The restart was not carried out: The door said so.'],
    [{ at: 60, bears: 'older' }, 'The restart was ordered, but nothing shows that it was carried out.'],
    [{ at: 90, streaks: GOOD }, 'The new instance answers and what failed is good again.'],
    [{ stage: 'accepted', at: 600, bears: 'older' }, 'The restart was accepted, but no new instance came up in time.'],
    [{ stage: 'restarted', at: 600, answered: 'no' }, 'The new instance did not answer in time.'],
    [
      { stage: 'answering', at: 600, troubled: true },
      'The restart was carried out, but what failed did not become good in time.',
    ],
  ])('%j: %j', (one, sentence) => {
    expect(followed(one).sentence).toBe(sentence);
  });

  it('An order that has ended is not followed any more, one that has not keeps what it was.', () => {
    expect(followed({ at: 60, bears: 'older' }).pursuit).toBeNull();
    expect(followed({ at: 50, stage: 'accepted' })).toMatchObject({
      outcome: null,
      pursuit: { stage: 'answering', order: { id: 'tree-1' }, keys: ['rot', 'pale/oak'] },
    });
  });
});

describe('What the door said no to', () => {
  it.each([
    ['refused', true],
    ['conflict', false],
  ] as const)('%s: it would say so again: %s', (answer, wasRefused) => {
    const order = { id: 'o', at: 0, remedy: 'water', signature: 's', cause: null, by: 'warden', force: false } as const;
    const pursuit: Pursuit = { order: { ...order, reason: '', incidentId: null }, stage: 'ordered', keys: [] };
    const receipts = [{ orderId: 'o', answer, detail: 'No.' }];
    const world = { now: 30, receipts, circumstances: circumstances(), streaks: {}, troubled: false, limits };
    expect(follow(pursuit, world)).toMatchObject({ outcome: 'failed', wasRefused });
  });
});

it('A restart without a cause has cured nothing: it only answers again.', () => {
  const order = { id: 'o', at: 0, remedy: 'water', signature: 's', cause: null, by: 'person', force: false } as const;
  const pursuit: Pursuit = { order: { ...order, reason: '', incidentId: null }, stage: 'answering', keys: [] };
  const world = { now: 60, receipts: [], streaks: {}, troubled: false, limits };
  const answered = circumstances({ answeredAt: { known: true, value: 30 }, bears: { known: true, value: 0 } });
  expect(follow(pursuit, { ...world, circumstances: answered })).toMatchObject({
    outcome: 'cured',
    sentence: 'It was restarted and answers again.',
  });
});
