import { describe, expect, it } from 'vitest';
import {
  type Answering,
  blindness,
  firstWay,
  followAnswering,
  readAnswers,
} from '../../../../src/targets/frigate/follow/said.ts';
import { newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import type { FrigateAnswers } from '../../../../src/targets/frigate/observe/answers.ts';
import type { FrigateSettings } from '../../../../src/targets/frigate/settings.ts';
import * as G from '../../ground/objects.ts';
import { answers, camera, failure, last, type Said, START, settings, stats, watch } from '../watching.ts';

const FINE = { stats: stats({ a: camera(5, 5, 0, 1) }) };
const HERE = { hasAnsweredHere: false, hasPodAnswered: false };
const read = (said: Said, changes: Partial<FrigateAnswers> = {}) =>
  readAnswers({ ...answers(START, said), ...changes }, HERE);
const login = failure('status', { status: 401, reason: 'https://f answered 401.' });

describe('why there are no figures', () => {
  /** TABLE: what was said, whether the options hold a login, and the sentence. */
  const ROWS: readonly [string, Said, Partial<FrigateAnswers>, boolean, RegExp][] = [
    [
      'it failed',
      { stats: failure('refused', { reason: 'Refused.' }) },
      {},
      false,
      /^Frigate gave no stats: Refused\.$/,
    ],
    ['it is too old', { stats: { cam: { frame_info: {} } } }, {}, false, /older than Frigate 0\.8/],
    [
      'a login is wanted',
      { stats: login, version: login },
      {},
      false,
      /^Frigate wants a login \(HTTP 401\), so it lives/,
    ],
    [
      'the login is refused',
      { stats: { ...login, reason: 'Frigate refuses the login (HTTP 401): wrong.' }, version: login },
      {},
      true,
      /^Frigate refuses the login \(HTTP 401\): wrong\. So it lives, but nothing can be seen\.$/,
    ],
    ['nobody asks', { stats: null }, {}, false, /^Frigate is not asked/],
    ['nobody may ask', { stats: null }, { closed: ['No right.'] }, false, /^Frigate may not be asked .*: No right\.$/],
  ];

  it.each(ROWS)('is one sentence when %s', (_, said, changes, hasLogin, sentence) => {
    expect(blindness(read(said, changes), hasLogin)).toMatch(sentence);
  });
});

describe('the way that is asked first', () => {
  it.each<[string, Partial<FrigateSettings>, string]>([
    ['the address', { service: { name: 'f', port: 1 } }, 'direct'],
    ['the service', { url: null, service: { name: 'f', port: 1 } }, 'service_proxy'],
    ['the pod', { url: null }, 'pod_proxy'],
  ])('is %s', (_, changes, way) => {
    expect(firstWay(settings(changes))).toBe(way);
  });
});

describe('what is remembered of its answering', () => {
  const follow = (said: Said, changes: Partial<FrigateAnswers>, before: Partial<Answering> = {}) => {
    const all = { ...answers(START, said), ...changes };
    return followAnswering(
      { ...newFrigateMemory(), ...before },
      { settings: settings(), said: readAnswers(all, HERE), answers: all, address: 'here', ground: null },
    );
  };
  const refused = failure('refused');
  const silent = { stats: refused, version: refused };

  it('is the address that answered, and only that one', () => {
    expect(follow(FINE, { vantage: 'direct' })).toMatchObject({
      answeredUrl: 'here',
      answeredPodPort: null,
      lastAnswerAt: START,
    });
    const byPod = follow(FINE, { vantage: 'pod_proxy', vantages: { direct: refused, pod_proxy: 'ok' } });
    expect(byPod).toMatchObject({ answeredUrl: null, answeredPodPort: 5000, lastAnswerAt: START, isWayDown: true });
    expect(follow(silent, {}, { answeredUrl: 'there', lastAnswerAt: 7 })).toMatchObject({
      answeredUrl: 'there',
      lastAnswerAt: 7,
      answeredPodPort: null,
    });
  });

  it.each<[string, Said, Partial<FrigateAnswers>, boolean]>([
    ['nothing came', silent, {}, true],
    ['it answered', FINE, {}, false],
    ['its version came', { stats: refused }, {}, false],
    ['it wants a login', { stats: login, version: login }, {}, false],
    ['nobody asked', { stats: null }, {}, false],
    ['the look was broken off', { stats: failure('aborted'), version: failure('aborted') }, {}, false],
    ['its certificate is not trusted', { stats: failure('tls'), version: failure('tls') }, {}, false],
  ])('is its last silence: %s', (_, said, changes, isSilent) => {
    expect(follow(said, changes, { silentAt: 5 }).silentAt).toBe(isSilent ? START : 5);
  });

  it('is whether the first way failed, until it is asked again', () => {
    const down = follow(FINE, { vantages: { direct: refused } });
    expect(down.isWayDown).toBe(true);
    expect(follow({ stats: null }, { vantages: {} }, down).isWayDown).toBe(true);
    expect(follow({ stats: null }, { vantages: {} }).isWayDown).toBe(false);
    expect(follow(FINE, { vantages: { direct: 'ok' } }, down).isWayDown).toBe(false);
  });

  it('is the living pod, as long as the pods can be seen', () => {
    const ground = G.factsOf(G.answers({ pods: G.ok(G.list(G.pod())) }));
    const all = answers(START, FINE);
    const podOf = (facts: typeof ground, pod: Answering['pod']) =>
      followAnswering(
        { ...newFrigateMemory(), pod },
        { settings: settings(), said: readAnswers(all, HERE), answers: all, address: 'here', ground: facts },
      ).pod;
    const here = { name: 'frigate-6d5f-abcde', container: 'nvr', run: 'containerd://nvr-1' };
    expect(podOf(ground, null)).toEqual(here);
    expect(podOf(G.factsOf(G.answers({ pods: G.broken('timeout') })), here)).toEqual(here);
    expect(podOf(G.factsOf(G.answers({ pods: G.ok(G.list()) })), here)).toBeNull();
  });
});

describe('the aftermath of a silence', () => {
  it('lasts a minute from the last silent look, and is none before any', () => {
    const down = { stats: failure('refused'), version: failure('refused') };
    const seen = watch([FINE, down, down, FINE, { stats: stats({}, { after: 60 }) }]);
    expect(seen.map(({ facts }) => facts.aftermathUntil)).toEqual([
      null,
      ...[75, 90, 90, 90].map((after) => START + after),
    ]);
    expect(last(seen).memory.silentAt).toBe(START + 30);
  });
});
