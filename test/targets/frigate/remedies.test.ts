import { describe, expect, it } from 'vitest';
import type { KubernetesDoor } from '../../../src/doors/ports.ts';
import type { Order } from '../../../src/rules/types.ts';
import { CHECKS } from '../../../src/targets/frigate/checks/index.ts';
import { newSession } from '../../../src/targets/frigate/observe/session.ts';
import { carryOut, REMEDIES, remediesOf } from '../../../src/targets/frigate/remedies.ts';
import type { FrigateSettings } from '../../../src/targets/frigate/settings.ts';
import type { GroundFacts } from '../../../src/targets/ground/types.ts';
import { camera, last, START, settings, stats, WITH_CLUSTER, watch } from './watching.ts';

const order: Order = {
  id: 'frigate-1',
  at: START,
  remedy: 'rollout',
  signature: 'frigate:api',
  cause: null,
  by: 'warden',
  force: false,
  reason: 'because',
  incidentId: null,
};
const unasked = () => Promise.reject(new Error('unasked'));
const http = { json: unasked, text: unasked, cookies: unasked };
const errand = {
  order,
  session: newSession(),
  facts: last(watch([{ stats: stats({ a: camera(5, 5, 0, 0) }) }])).facts,
  doors: { http, kubernetes: null, tcp: null, mailbox: null },
  context: { clock: { now: () => START, jumpedAt: () => null }, signal: new AbortController().signal },
};

describe('the remedies', () => {
  it('help only against checks that exist and do not forbid them', () => {
    for (const { helps } of REMEDIES) {
      for (const check of Object.keys(helps))
        expect(
          CHECKS.find((row) => row.id === check && !row.forbids),
          check,
        ).toBeDefined();
    }
  });

  it('cure what a restart cures: never a slow load, one camera, or the ground', () => {
    const [rollout, deletion, inPlace] = REMEDIES.map(({ helps }) => helps);
    expect(deletion).toEqual(rollout);
    // Who does not answer cannot be asked.
    expect({ api: 'cures', ...inPlace }).toEqual(rollout);
    expect(rollout).toEqual({
      api: 'cures',
      stats_fresh: 'cures',
      detector_stuck: 'cures',
      detector_gone: 'cures',
      detector_queue: 'cures',
      detector_speed: 'may',
      detector_errors: 'may',
      process_dead: 'cures',
      process_hung: 'cures',
      cameras: 'cures',
      recording_backlog: 'cures',
      recording_stopped: 'cures',
    });
  });

  it('are the ladder of the options in its order, and none without a cluster', () => {
    expect(remediesOf(settings())).toEqual([]);
    expect(remediesOf(settings(WITH_CLUSTER)).map((row) => row.id)).toEqual(['rollout']);
    expect(remediesOf(settings({ ...WITH_CLUSTER, remedies: [] }))).toEqual([]);
    expect(remediesOf(settings({ ...WITH_CLUSTER, remedies: ['unheard_of', 'rollout'] })).map((row) => row.id)).toEqual(
      ['rollout'],
    );
  });

  it('are without a cluster only what needs none, and then nobody is known to start it again', () => {
    const remedies = ['rollout', 'in_place', 'delete_pod'];
    const ladder = (changes: Partial<FrigateSettings>) =>
      remediesOf(settings({ remedies, ...changes })).map(({ id, needsRevival }) => [id, needsRevival ?? false]);
    expect(ladder({})).toEqual([['in_place', true]]);
    expect(ladder(WITH_CLUSTER)).toEqual(remedies.map((id) => [id, false]));
  });

  it('are refused with a sentence where they cannot be carried out', async () => {
    const receipt = await carryOut({ ...errand, settings: settings() });
    expect(receipt).toMatchObject({
      orderId: 'frigate-1',
      answer: 'refused',
      detail: 'The remedy rollout cannot be carried out here.',
    });
    const unseen = await carryOut({ ...errand, settings: settings(WITH_CLUSTER) });
    expect(unseen).toMatchObject({
      answer: 'refused',
      detail: 'No cluster, or no namespace, is set for this Frigate, so nothing can be restarted.',
    });
  });

  it('are carried out on the ground that was seen', async () => {
    const ground = { workload: { known: false, asked: true, why: 'It is hidden.' }, pod: null } as GroundFacts;
    const doors = { http, kubernetes: {} as KubernetesDoor, tcp: null, mailbox: null };
    const said = async (remedy: string) => {
      const facts = { ...errand.facts, ground, vantage: null };
      const given = settings({ ...WITH_CLUSTER, remedies: [remedy] });
      return carryOut({ ...errand, settings: given, doors, facts, order: { ...order, remedy } });
    };
    expect(await said('rollout')).toMatchObject({ answer: 'refused', detail: expect.stringContaining('hidden.') });
    expect(await said('delete_pod')).toMatchObject({ answer: 'refused', detail: expect.stringContaining('No living') });
    expect(await said('in_place')).toMatchObject({ answer: 'refused', detail: expect.stringContaining('answer') });
  });
});
