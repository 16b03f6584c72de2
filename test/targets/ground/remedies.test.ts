import { describe, expect, it } from 'vitest';
import type { KubernetesDoor, Reply } from '../../../src/doors/ports.ts';
import type { Order } from '../../../src/rules/types.ts';
import { carryOutDeletion, carryOutRollout, deletePodRule, rolloutRule } from '../../../src/targets/ground/remedies.ts';
import type { GroundFacts } from '../../../src/targets/ground/types.ts';
import {
  answers,
  broken,
  CLOCK,
  cluster,
  configMap,
  containers,
  deployment,
  factsOf,
  type Json,
  list,
  NOW,
  no,
  nvr,
  ok,
  overlay,
  pod,
  SETTINGS,
  stamp,
} from './objects.ts';

const ORDER: Order = {
  id: 'frigate-1',
  at: NOW,
  remedy: 'rollout',
  signature: 'frigate:detector_queue',
  cause: { check: 'detector_queue', layer: 'detector', member: null },
  by: 'warden',
  force: false,
  reason: 'Every frame is skipped.',
  incidentId: 'frigate-0',
};

type Script = Partial<Record<keyof KubernetesDoor, Reply<unknown> | Reply<unknown>[]>>;
const RESERVABLE: Script = { configMap: ok(configMap('')), replaceConfigMap: ok({}) };

async function carriedOut(
  script: Script,
  facts: GroundFacts = factsOf(answers()),
  carryOut: typeof carryOutRollout = carryOutRollout,
  whyNots: readonly (string | null)[] = [],
) {
  const { door, calls, sent } = cluster({ ...RESERVABLE, ...script });
  const left = [...whyNots];
  const whyNotStill = () => left.shift() ?? null;
  const context = { clock: CLOCK, signal: AbortSignal.timeout(60_000), whyNotStill };
  const receipt = await carryOut({ order: ORDER, facts, settings: SETTINGS, kubernetes: door, context });
  return { receipt, calls: calls.map((call) => call.split(' ')[0]), sent };
}

describe('a rollout', () => {
  it('needs the workload and its pods; the node only where it may be seen', () => {
    expect(rolloutRule).toEqual({
      id: 'rollout',
      proof: 'mark',
      needs: [
        { seen: 'workload', optional: false },
        { seen: 'pods', optional: false },
        { seen: 'node', optional: true },
      ],
    });
  });

  it('is reserved first, then patched: the very object that was seen, with the order’s own time', async () => {
    const { receipt, calls, sent } = await carriedOut({ restart: ok({}) });
    expect(receipt).toMatchObject({ orderId: 'frigate-1', answer: 'accepted' });
    expect(calls).toEqual(['configMap', 'replaceConfigMap', 'restart']);
    expect(sent[1]).toEqual({
      workload: SETTINGS.workload,
      restartedAt: '2026-01-06T04:00:00Z',
      uid: 'uid-deployment',
      resourceVersion: '4711',
    });
  });

  it.each<[string, Reply<unknown>, string, RegExp]>([
    ['another workload of that name', no(422), 'conflict', /changed since it was looked at/],
    ['no right', no(403, 'Forbidden: patch deployments.'), 'refused', /^Forbidden: patch deployments\.$/],
    ['a workload that is gone', no(404, 'Not found.'), 'refused', /^Not found\.$/],
    ['a bad request', no(400, 'Bad request.'), 'refused', /^Bad request\.$/],
    ['expired credentials', no(401, 'Unauthorized.'), 'refused', /^Unauthorized\.$/],
    ['a cluster that is too busy', no(429), 'conflict', /too busy to take the restart/],
    ['no answer in time', broken('timeout'), 'unanswered', /not known/],
    ['a reset', broken('unreachable'), 'unanswered', /not known/],
    ['a broken server', no(500), 'unanswered', /not known/],
    ['a gateway', no(504), 'unanswered', /not known/],
    ['the end of the turn', broken('aborted'), 'unanswered', /not known/],
    ['an answer that cannot be read', { ...broken('form'), status: 200 }, 'unanswered', /not known/],
  ])('with %s', async (_, reply, answer, detail) => {
    const { receipt } = await carriedOut({ restart: reply });
    expect(receipt.answer).toBe(answer);
    expect(receipt.detail).toMatch(detail);
  });

  it.each<[string, Script, string]>([
    ['conflict', { replaceConfigMap: no(409) }, 'conflict'],
    ['silence', { replaceConfigMap: broken('timeout') }, 'unanswered'],
    ['refusal', { replaceConfigMap: no(422) }, 'refused'],
    ['haste', { replaceConfigMap: no(429) }, 'conflict'],
    ['haste at reading', { configMap: no(429) }, 'conflict'],
    ['news', { configMap: ok(configMap(`${NOW - 5}`)) }, 'conflict'],
  ])('is not carried out after the ledger’s %s', async (_, script, answer) => {
    const { receipt, calls } = await carriedOut(script);
    expect(receipt.answer).toBe(answer);
    expect(calls).not.toContain('restart');
  });

  it.each<[what: string, carryOut: typeof carryOutRollout, call: string]>([
    ['a rollout', carryOutRollout, 'restart'],
    ['a deletion', carryOutDeletion, 'deletePod'],
  ])('%s is not sent any more where the Warden stood still after the ledger, nor once more', async (_, how, call) => {
    const objects: Script = {
      workload: ok(deployment({ metadata: { resourceVersion: '4713' } })),
      pods: ok(list(pod({ metadata: { resourceVersion: '4713' } }))),
    };
    const late = await carriedOut({ ...objects, [call]: ok({}) }, undefined, how, ['Too old.']);
    expect(late.receipt).toMatchObject({ answer: 'conflict', detail: 'Too old.' });
    expect(late.calls).toEqual(['configMap', 'replaceConfigMap']);
    const again = await carriedOut({ ...objects, [call]: [no(409), ok({})] }, undefined, how, [null, 'Too old.']);
    expect(again.receipt).toMatchObject({ answer: 'conflict', detail: 'Too old.' });
    expect(again.calls.filter((one) => one === call)).toHaveLength(1);
  });

  it.each<[string, Script, RegExp]>([
    ['write it', { replaceConfigMap: no(403), restart: ok({}) }, /No right to update the ledger/],
    ['make it', { configMap: no(404), createConfigMap: no(403), restart: ok({}) }, /No right to create the ledger/],
  ])('goes on without the ledger where nobody may %s, and says so', async (_, script, detail) => {
    const { receipt } = await carriedOut(script);
    expect(receipt.answer).toBe('accepted');
    expect(receipt.detail).toMatch(detail);
  });

  it.each([
    ['was not seen', no(500)],
    ['has no uid', ok({ metadata: { resourceVersion: '1' }, spec: {} })],
    ['has no resourceVersion', ok({ metadata: { uid: 'x' }, spec: {} })],
  ])('is refused when the workload %s, and nothing is asked', async (_, workload) => {
    const { receipt, calls } = await carriedOut({}, factsOf(answers({ workload })));
    expect(receipt.answer).toBe('refused');
    expect(calls).toEqual([]);
  });

  const written = (part: Json = {}) => ok(deployment(overlay({ metadata: { resourceVersion: '4713' } }, part)));
  const versions = (sent: readonly unknown[]) => sent.slice(1).map((one) => (one as Json).resourceVersion);

  it('is sent again where only the status was written meanwhile', async () => {
    const { receipt, calls, sent } = await carriedOut({ restart: [no(409), ok({})], workload: written() });
    expect(receipt.answer).toBe('accepted');
    expect(calls).toEqual(['configMap', 'replaceConfigMap', 'restart', 'workload', 'restart']);
    expect(versions(sent)).toEqual(['4711', '4713']);
  });

  it('is sent three times at most, and reserved once', async () => {
    const workload = ['1', '2', '3'].map((resourceVersion) => written({ metadata: { resourceVersion } }));
    const { receipt, calls } = await carriedOut({ restart: [no(409), no(409), no(409)], workload });
    expect(receipt.answer).toBe('conflict');
    expect(receipt.detail).toMatch(/changed since it was looked at/);
    expect(calls.filter((call) => call === 'restart')).toHaveLength(3);
    expect(calls.filter((call) => call === 'replaceConfigMap')).toHaveLength(1);
  });

  it('goes out again after silence never: it may have been taken', async () => {
    const { receipt, calls } = await carriedOut({ restart: [no(409), broken('timeout')], workload: written() });
    expect(receipt.answer).toBe('unanswered');
    expect(calls.filter((call) => call === 'restart')).toHaveLength(2);
  });

  it.each<[string, Reply<unknown>]>([
    ['its spec has changed', written({ metadata: { generation: 4 } })],
    ['another has taken its place', written({ metadata: { uid: 'uid-other' } })],
    ['a hazard has come', written({ spec: { paused: true } })],
    ['it is as it was', ok(deployment())],
    ['it cannot be seen', no(500)],
    ['it is no workload', ok({})],
  ])('is a conflict at once where %s', async (_, workload) => {
    const { receipt, calls } = await carriedOut({ restart: no(409), workload });
    expect(receipt.answer).toBe('conflict');
    expect(calls.filter((call) => call === 'restart')).toHaveLength(1);
  });
});

describe('the deletion of a pod', () => {
  const deleted = (script: Script, facts = factsOf(answers())) => carriedOut(script, facts, carryOutDeletion);

  it('needs a pod that is there, and shows by another one', () => {
    expect(deletePodRule).toMatchObject({ id: 'delete_pod', proof: 'instance' });
    expect(deletePodRule.needs.map(({ seen, optional }) => `${seen}${optional ? '?' : ''}`)).toEqual([
      'workload',
      'pods',
      'pod',
      'node?',
    ]);
  });

  it('is reserved first, then sent: for the very pod that was seen', async () => {
    const { receipt, calls, sent } = await deleted({ deletePod: ok({}) });
    expect(receipt).toMatchObject({ orderId: 'frigate-1', answer: 'accepted' });
    expect(receipt.detail).toMatch(/deletion of the pod frigate-6d5f-abcde\. It was reserved/);
    expect(calls).toEqual(['configMap', 'replaceConfigMap', 'deletePod']);
    expect(sent[1]).toEqual({
      namespace: 'cctv',
      name: 'frigate-6d5f-abcde',
      uid: 'uid-pod',
      resourceVersion: '4712',
    });
  });

  it('is for the newest of several', async () => {
    const newer = pod({ metadata: { name: 'newer', uid: 'uid-newer', creationTimestamp: stamp(NOW - 100) } });
    const { sent } = await deleted({ deletePod: ok({}) }, factsOf(answers({ pods: ok(list(pod(), newer)) })));
    expect(sent[1]).toMatchObject({ name: 'newer', uid: 'uid-newer' });
  });

  it.each<[string, Reply<unknown>, string, RegExp]>([
    ['a pod that is gone', no(404), 'conflict', /changed since it was looked at/],
    ['no right', no(403, 'Forbidden: delete pods.'), 'refused', /^Forbidden: delete pods\.$/],
    ['a bad request', no(400, 'Bad request.'), 'refused', /^Bad request\.$/],
    ['no answer in time', broken('timeout'), 'unanswered', /not known/],
    ['a broken server', no(500), 'unanswered', /not known/],
  ])('with %s', async (_, reply, answer, detail) => {
    const { receipt } = await deleted({ deletePod: reply });
    expect(receipt.answer).toBe(answer);
    expect(receipt.detail).toMatch(detail);
  });

  const later = (part: Json = {}) => pod(overlay({ metadata: { resourceVersion: '4799' } }, part));

  it('is sent again where only its status was written meanwhile', async () => {
    const { receipt, sent } = await deleted({ deletePod: [no(409), ok({})], pods: ok(list(later())) });
    expect(receipt.answer).toBe('accepted');
    expect(sent[2]).toMatchObject({ uid: 'uid-pod', resourceVersion: '4799' });
  });

  it.each<[string, Reply<unknown>]>([
    ['another has taken its place', ok(list(later({ metadata: { uid: 'uid-other' } })))],
    ['somebody ends it', ok(list(later({ metadata: { deletionTimestamp: stamp(NOW + 30) } })))],
    [
      'its container has started again',
      ok(list(later(containers(nvr({ containerID: 'other', state: { running: { startedAt: stamp(NOW - 1) } } }))))),
    ],
    ['it is as it was', ok(list(pod()))],
    ['it cannot be seen', no(500)],
  ])('is a conflict at once where %s', async (_, pods) => {
    const { receipt, calls } = await deleted({ deletePod: no(409), pods });
    expect(receipt.answer).toBe('conflict');
    expect(calls.filter((call) => call === 'deletePod')).toHaveLength(1);
  });

  it('is refused, and nothing is asked, where there is no pod or nobody says which', async () => {
    const none = await deleted({}, factsOf(answers({ pods: ok(list()) })));
    expect(none).toMatchObject({ receipt: { answer: 'refused' }, calls: [] });
    const vague = factsOf(answers({ pods: ok(list(pod({ metadata: { resourceVersion: undefined } }))) }));
    expect(await deleted({}, vague)).toMatchObject({ receipt: { answer: 'refused' }, calls: [] });
  });
});
