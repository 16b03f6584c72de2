import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../src/rules/types.ts';
import { brokerChecks } from '../../../../src/targets/frigate/checks/broker.ts';
import type { MailAnswer } from '../../../../src/targets/frigate/observe/answers.ts';
import { ask, camera, failure, last, type Said, START, stats, watch } from '../watching.ts';

const UP = { a: camera(5, 5, 0, 1) };
const SILENT = { stats: failure('timeout'), version: failure('timeout') };
const mail = (
  letters: readonly [number, string, string, boolean?][],
  connectedSince: number | null = START - 3600,
): { mail: MailAnswer } => ({
  mail: {
    connectedSince,
    letters: letters.map(([after, topic, payload, retained = false]) => ({
      at: START + after,
      topic,
      payload,
      retained,
    })),
    dropped: 0,
  },
});
const look = (after: number, changes: Partial<Said> = {}): Said => ({ stats: stats(UP, { after }), ...changes });

describe('frigate_mqtt', () => {
  const found = (looks: readonly Said[]) => ask(brokerChecks, 'frigate_mqtt', last(watch(looks)).facts);
  const gone = mail([[0, 'frigate/available', 'offline', true]]);

  it.each<[string, readonly Said[], Answer]>([
    ['it is online', [look(0, mail([[0, 'frigate/available', 'online', true]]))], 'ok'],
    ['it is offline while the API answers', [look(0, gone)], 'bad'],
    [
      'it goes offline while the API answers',
      [look(0, mail([[0, 'frigate/available', 'online']])), look(15, mail([[10, 'frigate/available', 'offline']]))],
      'bad',
    ],
    [
      'it has stopped, as 0.18 says, while the API answers',
      [look(0, mail([[0, 'frigate/available', 'stopped']]))],
      'bad',
    ],
    ['it is offline, and nothing came since', [look(0, gone), look(15, mail([]))], 'bad'],
    ['it is back', [look(0, gone), look(15, mail([[10, 'frigate/available', 'online']]))], 'ok'],
    [
      'it is offline and speaks all the same',
      [look(0, gone), look(15, mail([[10, 'frigate/a/status/detect', 'online']]))],
      'ok',
    ],
    ['it is offline, and the API is silent too', [{ ...SILENT, ...gone }], 'unknown'],
    ['it is offline, and nobody asks the API', [{ stats: null, ...gone }], 'not_observed'],
    ['it was never heard of', [look(0, mail([]))], 'not_observed'],
    ['only another was heard of', [look(0, mail([[0, 'frigate2/available', 'offline', true]]))], 'not_observed'],
    ['the broker is away', [look(0, gone), look(15, mail([], null))], 'not_observed'],
    ['no broker is set', [look(0)], 'not_observed'],
    [
      'its configuration has MQTT off',
      [look(0, { ...gone, config: { cameras: {}, mqtt: { enabled: false } } })],
      'not_observed',
    ],
    ['Frigate has just started', [{ stats: stats(UP, { service: { uptime: 20 } }), ...gone }], 'unknown'],
    ['the API was silent a moment ago', [look(0), { ...SILENT }, look(30, gone)], 'unknown'],
  ])('when %s', (_, looks, answer) => {
    expect(found(looks).answer).toBe(answer);
  });

  it('does not take stray words for a recovery', () => {
    expect(found([look(0, gone), look(15, mail([[10, 'frigate/stats', '{}']]))]).proves).toBe(false);
    expect(found([look(0, gone), look(15, mail([[10, 'frigate/available', 'online']]))]).proves).toBeUndefined();
  });

  it('says what is marked, and where', () => {
    expect(found([look(0, gone)])).toMatchObject({
      detail:
        "Frigate's API answers, but Frigate has been off the MQTT broker{for}: Home Assistant gets no news of it.",
      evidence: ['frigate/available is offline'],
    });
  });
});

describe('mqtt_client_id', () => {
  const found = (looks: readonly Said[]) => ask(brokerChecks, 'mqtt_client_id', last(watch(looks)).facts);
  const flaps = (count: number, from = -200): [number, string, string][] =>
    Array.from({ length: count }, (_, k): [number, string, string][] => [
      [from + 10 * k, 'frigate/available', 'offline'],
      [from + 10 * k + 1, 'frigate/available', 'online'],
    ]).flat();

  it.each<[string, readonly Said[], Answer]>([
    ['it stays', [look(0, mail([[0, 'frigate/available', 'online', true]]))], 'ok'],
    ['it came back twice', [look(0, mail(flaps(2)))], 'ok'],
    ['it came back three times', [look(0, mail(flaps(3)))], 'bad'],
    ['it came back three times over several looks', [look(0, mail(flaps(2, -30))), look(15, mail(flaps(1, 5)))], 'bad'],
    ['it came back three times, once too long ago', [look(0, mail([...flaps(1, -302), ...flaps(2, -100)]))], 'ok'],
    [
      'it came back three times and is gone',
      [look(0, mail([...flaps(3), [0, 'frigate/available', 'offline']]))],
      'bad',
    ],
    [
      'it came back with its own restart',
      [{ stats: stats(UP, { service: { uptime: 100, last_updated: START } }), ...mail(flaps(3, -160)) }],
      'ok',
    ],
    ['our own connection broke', [look(0, mail(flaps(2, -30))), look(15, mail(flaps(1, 10), START + 5))], 'ok'],
    ['it was never heard of', [look(0, mail([]))], 'not_observed'],
    ['no broker is set', [look(0)], 'not_observed'],
    ['the broker is away', [look(0, mail(flaps(3))), look(15, mail([], null))], 'not_observed'],
    ['the API was silent a moment ago', [look(0), { ...SILENT }, look(30, mail(flaps(3)))], 'unknown'],
  ])('when %s', (_, looks, answer) => {
    expect(found(looks).answer).toBe(answer);
  });

  it('is proven to stay only by as long a look as is counted over', () => {
    const online: [number, string, string, boolean][] = [[0, 'frigate/available', 'online', true]];
    expect(found([look(0, mail(online, START - 299))]).proves).toBe(false);
    expect(found([look(0, mail(online, START - 300))]).proves).toBeUndefined();
  });

  it('says how often', () => {
    expect(found([look(0, mail(flaps(4)))])).toMatchObject({
      detail: 'Frigate has dropped off the MQTT broker and come back, again and again{for}: two may share a client_id.',
      threshold: 'over 2 returns in 300 s',
      evidence: ['frigate/available came back 4 times in 300 s'],
    });
  });
});
