import { describe, expect, it } from 'vitest';
import { isGone, mailPrefix } from '../../../../src/targets/frigate/follow/mail.ts';
import { newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import type { MailAnswer } from '../../../../src/targets/frigate/observe/answers.ts';
import { camera, last, type Said, START, stats, watch } from '../watching.ts';

const UP = { a: camera(5, 5, 0, 1) };
const letter = (after: number, topic: string, payload: string, retained = false) => ({
  at: START + after,
  topic,
  payload,
  retained,
});
const mail = (letters: MailAnswer['letters'], connectedSince: number | null = START - 3600): MailAnswer => ({
  connectedSince,
  letters,
  dropped: 0,
});
const look = (after: number, changes: Partial<Said> = {}): Said => ({ stats: stats(UP, { after }), ...changes });
const factsOf = (looks: readonly Said[]) => last(watch(looks)).facts.mail;

describe('the mail', () => {
  it.each<[string, Said, string | null]>([
    ['there is no broker', look(0), 'No MQTT broker is set.'],
    ['the broker is not connected', look(0, { mail: mail([], null) }), 'The MQTT broker is not connected.'],
    ['nothing was heard', look(0, { mail: mail([]) }), 'Nothing was heard of frigate/ at the broker.'],
    [
      'another was heard',
      look(0, { mail: mail([letter(0, 'frigate2/available', 'online')]) }),
      'Nothing was heard of frigate/ at the broker.',
    ],
    [
      'everything but that was heard',
      look(0, { mail: mail([letter(0, 'frigate/a/status/detect', 'online')]) }),
      'Nothing was heard at frigate/available.',
    ],
    ['it was heard', look(0, { mail: mail([letter(0, 'frigate/available', 'online', true)]) }), null],
    [
      'it is switched off in the configuration',
      look(0, {
        config: { cameras: {}, mqtt: { enabled: false } },
        mail: mail([letter(0, 'frigate/available', 'offline', true)]),
      }),
      "MQTT is switched off in Frigate's configuration.",
    ],
  ])('is blind or not when %s', (_, said, why) => {
    expect(factsOf([said]).why).toBe(why);
  });

  it('holds the last word, and when it came first', () => {
    const looks = [
      look(0, { mail: mail([letter(0, 'frigate/available', 'online', true)]) }),
      look(15, { mail: mail([letter(10, 'frigate/available', ' Offline ')]) }),
      look(30, { mail: mail([letter(20, 'frigate/available', 'offline', true)]) }),
    ];
    expect(factsOf(looks)).toMatchObject({ word: 'offline', wordAt: START + 10, hasSpokenSince: false });
  });

  it('knows whether Frigate has said anything else since, by what the broker did not keep', () => {
    const gone = look(0, { mail: mail([letter(0, 'frigate/available', 'offline', true)]) });
    const speaks = (topic: string, retained: boolean) =>
      factsOf([gone, look(15, { mail: mail([letter(10, topic, 'online', retained)]) })]).hasSpokenSince;
    expect(speaks('frigate/a/status/detect', false)).toBe(true);
    expect(speaks('frigate/stats', false)).toBe(true);
    expect(speaks('frigate/a/enabled/state', true)).toBe(false);
    expect(speaks('other/a/status/detect', false)).toBe(false);
  });

  it('forgets what came over a connection that broke, and under another name', () => {
    const known = look(0, { mail: mail([letter(0, 'frigate/available', 'offline', true)]) });
    expect(factsOf([known, look(15, { mail: mail([]) })]).word).toBe('offline');
    expect(factsOf([known, look(15, { mail: mail([], START + 10) })]).word).toBeNull();
    expect(factsOf([known, look(15, { mail: null }), look(30, { mail: mail([]) })]).word).toBeNull();
    const renamed = { config: { cameras: {}, mqtt: { topic_prefix: 'nvr' } }, mail: mail([]) };
    expect(factsOf([known, look(15, renamed)])).toMatchObject({ word: null, prefix: 'nvr' });
  });
});

describe('the returns of Frigate', () => {
  const flaps = (count: number, every = 10, from = 0) =>
    Array.from({ length: count }, (_, k) => [
      letter(from + k * every, 'frigate/available', 'offline'),
      letter(from + k * every + 1, 'frigate/available', 'online'),
    ]).flat();

  it('are counted, however many come in one look', () => {
    expect(
      factsOf([look(0, { mail: mail([letter(0, 'frigate/available', 'online', true), ...flaps(3)]) })]).returns,
    ).toEqual([1, 11, 21].map((after) => START + after));
    expect(factsOf([look(0, { mail: mail(flaps(0)) })]).returns).toEqual([]);
    expect(
      factsOf([
        look(0, { mail: mail([letter(0, 'frigate/available', 'online'), letter(1, 'frigate/available', 'online')]) }),
      ]).returns,
    ).toEqual([]);
  });

  it('are counted over five minutes, and no more than fifty are kept', () => {
    const first = look(0, { mail: mail(flaps(1, 10, -300)) });
    expect(factsOf([first]).returns).toEqual([START - 299]);
    expect(factsOf([first, look(15, { mail: mail([]) })]).returns).toEqual([]);
    const { facts, memory } = last(watch([look(0, { mail: mail(flaps(400, 0.5, -200)) })]));
    expect([facts.mail.returns.length, memory.mail.returns.length]).toEqual([50, 50]);
  });

  it('of a run before this one do not count', () => {
    const young = { stats: stats(UP, { service: { uptime: 25, last_updated: START } }) };
    expect(factsOf([{ ...young, mail: mail(flaps(5, 10, -40)) }]).returns).toHaveLength(3);
  });
});

describe("Frigate's first part of a topic", () => {
  it('is what the configuration says, what it said, or what Frigate means without one', () => {
    expect(mailPrefix(newFrigateMemory())).toBe('frigate');
    const named = look(0, { config: { cameras: {}, mqtt: { topic_prefix: 'nvr' } } });
    expect(mailPrefix(last(watch([named])).memory)).toBe('nvr');
    const restarted = { stats: stats(UP, { service: { uptime: 5, last_updated: START + 15 } }) };
    const { memory } = last(watch([named, restarted]));
    expect([memory.configured, mailPrefix(memory)]).toEqual([null, 'nvr']);
  });
});

it('is gone by the word of the broker, and of 0.18 itself', () => {
  expect(['online', 'offline', 'stopped', ''].map(isGone)).toEqual([false, true, true, false]);
});
