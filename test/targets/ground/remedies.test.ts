import { describe, expect, it } from 'vitest';
import type { KubernetesDoor, Reply } from '../../../src/doors/ports.ts';
import type { Order } from '../../../src/rules/types.ts';
import { carryOutRollout, rolloutRule } from '../../../src/targets/ground/remedies.ts';
import type { GroundFacts } from '../../../src/targets/ground/types.ts';
import { answers, broken, CLOCK, cluster, configMap, factsOf, NOW, no, ok, SETTINGS } from './objects.ts';

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

type Script = Partial<Record<keyof KubernetesDoor, Reply<unknown>>>;
const RESERVABLE: Script = { configMap: ok(configMap('')), replaceConfigMap: ok({}) };

async function carriedOut(script: Script, facts: GroundFacts = factsOf(answers())) {
  const { door, calls, sent } = cluster({ ...RESERVABLE, ...script });
  const context = { clock: CLOCK, signal: AbortSignal.timeout(60_000) };
  const receipt = await carryOutRollout({ order: ORDER, facts, settings: SETTINGS, kubernetes: door, context });
  return { receipt, calls: calls.map((call) => call.split(' ')[0]), sent };
}

describe('a rollout', () => {
  it('needs the workload and its pods; the node only where it may be seen', () => {
    expect(rolloutRule).toEqual({
      id: 'rollout',
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
    ['a changed workload', no(409), 'conflict', /changed since it was looked at/],
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
});
