import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/doors/ports.ts';
import { clusterSight, podsSight, sightOf, skewOf, workloadSight } from '../../../src/targets/ground/sight.ts';
import {
  answers,
  broken,
  deployment,
  list,
  NOW,
  no,
  ok,
  owner,
  pod,
  replicaSet,
  SETTINGS,
  statefulSet,
} from './objects.ts';

const DAY = 86_400;
const read = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const seen = { right: 'get nodes', what: 'The node worker-1', read };

describe('one call', () => {
  it.each<[string, Reply<unknown>, number | undefined, unknown]>([
    ['shows what it brought', ok('x'), undefined, { known: true, value: 'x' }],
    [
      'of an unknown form shows nothing',
      ok(7),
      undefined,
      { known: false, asked: true, why: 'The node worker-1 came in an unknown form.' },
    ],
    [
      'without a right was not asked',
      no(403, 'Forbidden.'),
      undefined,
      { known: false, asked: false, why: 'No right to get nodes: Forbidden.' },
    ],
    [
      'whose right was lost today is blind',
      no(403, 'Forbidden.'),
      NOW - DAY + 1,
      { known: false, asked: true, why: 'The right to get nodes was lost: Forbidden.' },
    ],
    [
      'whose right was lost yesterday is not asked any more',
      no(403, 'Forbidden.'),
      NOW - DAY,
      { known: false, asked: false, why: 'No right to get nodes: Forbidden.' },
    ],
    [
      'for what does not exist is blind',
      no(404),
      undefined,
      { known: false, asked: true, why: 'The node worker-1 does not exist.' },
    ],
    [
      'that hangs is blind',
      broken('timeout', 'No answer in 5 s.'),
      undefined,
      { known: false, asked: true, why: 'The node worker-1 cannot be read: No answer in 5 s.' },
    ],
    [
      'with refused credentials is blind',
      no(401, 'Unauthorized.'),
      undefined,
      { known: false, asked: true, why: 'The node worker-1 cannot be read: Unauthorized.' },
    ],
  ])('%s', (_, reply, seenAt, sight) => {
    expect(sightOf({ at: NOW, reply }, seen, seenAt)).toEqual(sight);
  });

  it('for what does not exist may mean something', () => {
    expect(sightOf({ at: NOW, reply: no(404) }, { ...seen, absent: 'gone' }, undefined)).toEqual({
      known: true,
      value: 'gone',
    });
  });
});

describe('the skew', () => {
  it.each([
    ['is nothing under two seconds', 0, 1, 0],
    ['is nothing under two seconds ahead', 0, -1, 0],
    ['is two seconds', 0, 2, 2],
    ['is two hours', 0, 7200, 7200],
    ['is two hours ahead', 0, -7200, -7200],
    ['stays while it fits, so that times do not waver', 7200, 7201, 7200],
    ['stays while it fits on the other side', 7200, 7199, 7200],
    ['follows a clock that is set right', 7200, 0, 0],
    ['follows a clock that is set right but for a second', 7200, 1, 0],
    ['follows a clock that is set wrong again', 7200, 3600, 3600],
  ])('%s', (_, before, measured, skew) => {
    expect(skewOf(before, answers({}, { skew: measured }))).toBe(skew);
  });

  it('is told by the quickest answer, not by one that was long under way', () => {
    const slow = ok(deployment(), NOW - 20);
    expect(skewOf(0, answers({ workload: slow }))).toBe(0);
  });

  it('stays as it was where no answer has a time', () => {
    const dead = broken('unreachable');
    const look = answers({ workload: dead, pods: dead, replicaSets: dead, node: dead, configMap: dead });
    expect(skewOf(7200, look)).toBe(7200);
  });
});

describe('the cluster', () => {
  const all = (reply: Reply<unknown>) =>
    answers({ workload: reply, pods: null, replicaSets: null, node: reply, configMap: reply });

  it.each<[string, Reply<unknown>, boolean | null, RegExp]>([
    ['answers', ok({}), true, /answers/],
    ['answers though every right is refused', no(403), true, /answers/],
    ['answers though nothing exists', no(404), true, /answers/],
    ['answers though it says too much', broken('too_large'), true, /answers/],
    ['does not answer in time', broken('timeout'), false, /does not answer: The call ended: timeout/],
    ['refuses connections', broken('refused'), false, /does not answer/],
    ['cannot be reached', broken('unreachable'), false, /does not answer/],
    ['is not trusted', broken('tls'), false, /does not answer/],
    ['is broken', no(503), false, /does not answer/],
    ['is somebody else', broken('form'), false, /does not answer/],
    ['is overrun', no(429), false, /does not answer/],
    ['does not know us', no(401), false, /does not accept the credentials/],
    ['was not waited for', broken('aborted'), null, /broken off/],
  ])('%s', (_, reply, answersAtAll, sentence) => {
    expect(clusterSight(all(reply))).toEqual({ answers: answersAtAll, sentence: expect.stringMatching(sentence) });
  });

  it('answers when one of its calls is answered', () => {
    const dead = broken('timeout');
    const look = answers({ workload: dead, pods: dead, replicaSets: dead, configMap: dead, node: no(403) });
    expect(clusterSight(look).answers).toBe(true);
  });

  it('is dead when some calls failed and the rest were broken off', () => {
    const look = answers({
      workload: broken('aborted'),
      pods: null,
      replicaSets: null,
      node: null,
      configMap: broken('refused'),
    });
    expect(clusterSight(look).answers).toBe(false);
  });
});

describe('the pods', () => {
  const at = NOW;
  const sight = (replies: Parameters<typeof answers>[0], settings = SETTINGS) => {
    const look = answers(replies);
    return podsSight(settings, workloadSight(settings, look.workload, {}), look, {});
  };

  it.each<[string, Parameters<typeof answers>[0], unknown]>([
    [
      'are known',
      {},
      { known: true, value: [expect.objectContaining({ metadata: expect.objectContaining({ uid: 'uid-pod' }) })] },
    ],
    [
      'are hidden with a workload that may not be seen',
      { workload: no(403, 'Forbidden.') },
      { known: false, asked: false, why: 'No right to get deployments: Forbidden.' },
    ],
    [
      'are not known with a workload that does not exist',
      { workload: no(404) },
      { known: false, asked: true, why: 'The deployment frigate in the namespace cctv does not exist.' },
    ],
    [
      'are not known without a selector',
      { pods: null },
      { known: false, asked: true, why: 'The workload has no selector that names its pods.' },
    ],
    [
      'are hidden without their right',
      { pods: no(403, 'Forbidden.') },
      { known: false, asked: false, why: 'No right to list pods: Forbidden.' },
    ],
    [
      'are hidden where nobody may see whose they are',
      { replicaSets: no(403, 'Forbidden.') },
      { known: false, asked: false, why: 'No right to list replicasets: Forbidden.' },
    ],
    [
      'are not known while it is not known whose they are',
      { replicaSets: no(500, 'Broken.') },
      { known: false, asked: true, why: 'The list of replica sets in the namespace cctv cannot be read: Broken.' },
    ],
    [
      'are not known where nobody asked whose they are',
      { replicaSets: null },
      { known: false, asked: true, why: 'To which replica set the pods belong was not asked.' },
    ],
    ['are none, whoever would own them', { pods: ok(list()), replicaSets: no(403) }, { known: true, value: [] }],
  ])('%s', (_, replies, expected) => {
    expect(sight(replies)).toEqual(expected);
  });

  it('of a statefulset need no replica sets', () => {
    const settings = { ...SETTINGS, workload: { ...SETTINGS.workload, kind: 'statefulset' as const } };
    const own = pod({ metadata: { ownerReferences: [owner('StatefulSet', 'uid-statefulset')] } });
    const found = sight({ workload: ok(statefulSet()), pods: ok(list(own, pod())), replicaSets: null }, settings);
    expect(found).toMatchObject({ known: true, value: { length: 1 } });
  });

  it('of another deployment are not ours though they bear the same labels', () => {
    const theirs = replicaSet('uid-replicaset', [owner('Deployment', 'uid-other')]);
    expect(sight({ replicaSets: ok(list(theirs)) })).toEqual({ known: true, value: [] });
  });

  it('are not asked before the workload: its right decides, whatever was seen of it before', () => {
    const look = answers({ workload: no(403) });
    const workload = workloadSight(SETTINGS, look.workload, { workload: at - 60 });
    expect(podsSight(SETTINGS, workload, look, {})).toMatchObject({ known: false, asked: true });
  });
});
