/** What each remedy is on the wire: one call, and what became of it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { breakDetector } from '../../demo/frigate/model.ts';
import type { KubernetesSimulation } from '../../demo/kubernetes/index.ts';
import { eventually } from '../eventually.ts';
import { startProduct } from './product.ts';
import { type Stage, setStage, toldOn } from './stage.ts';

const PATIENCE = { withinSeconds: 30 };
const POD = '/api/v1/namespaces/frigate/pods/';

const typesOf = ({ broker }: Pick<Stage, 'broker'>) => toldOn(broker).map((event) => event.event_type);
const writesTo = ({ cluster }: Stage) =>
  cluster.calls.filter(({ method }) => method !== 'GET').map((call) => call.method);

type Volume = Record<string, unknown> & { name: string };

/** A Frigate with a dead queue; nothing of its pod is shared, unless it says so. */
async function sick(
  options: Record<string, unknown>,
  volumes: Volume[] = [],
  more: Partial<KubernetesSimulation> = {},
) {
  const deployments = [{ namespace: 'frigate', name: 'frigate', volumes }];
  const stage = await setStage(options, { speed: 60, deployments, ...more });
  onTestFinished(stage.close);
  breakDetector(stage.frigate, 'orphaned_queue', stage.now());
  return stage;
}

async function live(stage: Stage, until: (types: readonly string[]) => boolean) {
  const product = startProduct(stage.settings);
  onTestFinished(product.close);
  await eventually(() => until(typesOf(stage)), { ...PATIENCE, what: `the end: ${typesOf(stage)}` });
}

const optionsOf = ({ settings }: Stage) => settings.options as { frigates: { url: string }[] };

const CURED = ['opened', 'restart_ordered', 'cured', 'resolved'];
const isOver = (types: readonly string[]) => types.includes('resolved');

describe('the deletion of a pod', () => {
  it('is one DELETE of the pod that was seen, reserved before it, and followed to the cure', async () => {
    const stage = await sick({ remedies: ['delete_pod'] });
    const [before] = stage.cluster.pods();
    await live(stage, isOver);
    expect(typesOf(stage)).toEqual(CURED);
    expect(writesTo(stage)).toEqual(['POST', 'DELETE']);
    const call = stage.cluster.calls.find(({ method }) => method === 'DELETE');
    const { name = '', uid, resourceVersion } = before?.metadata ?? {};
    expect(call).toMatchObject({ path: `${POD}${name}`, status: 200 });
    expect(call?.body).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid, resourceVersion },
    });
    expect(stage.cluster.pods().map((pod) => pod.metadata.uid)).not.toContain(uid);
    expect(stage.cluster.deployment().metadata.generation).toBe(1);
  });

  it('waits for a person where the new pod would share a volume with the dying one', async () => {
    const stage = await sick({ remedies: ['delete_pod'] }, [{ name: 'c', persistentVolumeClaim: { claimName: 'c' } }]);
    await live(stage, (types) => types.includes('refused'));
    expect(toldOn(stage.broker)).toMatchObject([{ event_type: 'opened' }, { guard: 'unsafe_rollout' }]);
    expect(writesTo(stage)).toEqual([]);
  });

  it('that may not be made is refused, and not tried again at once', async () => {
    const stage = await sick({ remedies: ['delete_pod'] });
    stage.cluster.faults.forbid({ method: 'DELETE' });
    await live(stage, (types) => types.includes('failed'));
    expect(toldOn(stage.broker).find((event) => event.event_type === 'failed')?.message).toMatch(/"delete" on pods/);
    expect(writesTo(stage)).toEqual(['POST', 'DELETE']);
  });
});

describe('a restart in place', () => {
  it('is one POST at Frigate, in the same pod, where recordings would die with it', async () => {
    const recordings = { name: 'media', emptyDir: {} };
    const stage = await sick({ remedies: ['rollout', 'in_place'] }, [recordings]);
    const [before] = stage.cluster.pods();
    await live(stage, isOver);
    expect(typesOf(stage)).toEqual(CURED);
    expect(stage.frigate.asked).toHaveLength(1);
    expect(writesTo(stage)).toEqual(['POST']);
    const [after, ...others] = stage.cluster.pods();
    expect(others).toEqual([]);
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    expect(after?.status.containerStatuses?.[0]?.restartCount).toBe(1);
  });

  it('goes through the API server where Frigate has no address of its own', async () => {
    const stage = await sick({ remedies: ['in_place'] });
    const { frigates, ...options } = optionsOf(stage);
    stage.cluster.openPort(5000, frigates[0]?.url ?? '');
    const named = { name: 'Frigate', namespace: 'frigate', service: 'frigate' };
    stage.settings.options = { ...options, frigates: [named] };
    await live(stage, isOver);
    expect(typesOf(stage)).toEqual(CURED);
    expect(stage.frigate.asked).toHaveLength(1);
    const posted = stage.cluster.calls.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/proxy/api/restart'),
    );
    expect(posted).toHaveLength(1);
    expect(posted[0]?.path).toMatch(/pods\/frigate-[^/]+:5000\/proxy/);
  });

  it('whose answer breaks off is told by its start, and made once', async () => {
    const stage = await sick({ remedies: ['in_place'] });
    stage.frigate.breaksOff = true;
    await live(stage, isOver);
    expect(typesOf(stage)).toEqual(CURED);
    expect(stage.frigate.asked).toHaveLength(1);
  });

  /** No cluster at all: only Frigate, and whoever starts it. */
  async function alone(revive: (stage: Stage) => (() => void) | null) {
    const rules = { startup_grace_seconds: 300 };
    const stage = await sick({ remedies: ['in_place'], kubernetes: {}, rules });
    const { frigates, ...options } = optionsOf(stage);
    stage.settings.options = { ...options, frigates: [{ name: 'Frigate', url: frigates[0]?.url }] };
    stage.frigate.revive = revive(stage);
    return stage;
  }

  it('needs no cluster: the budget is the Warden’s own, and the uptime tells', async () => {
    const stage = await alone(
      ({ cluster }) =>
        () =>
          cluster.exitContainer(),
    );
    await live(stage, isOver);
    expect(typesOf(stage)).toEqual(CURED);
    expect(stage.frigate.asked).toHaveLength(1);
    expect(stage.cluster.calls).toEqual([]);
  });

  it('after which Frigate does not come back is told, and is the last of its kind', async () => {
    const stage = await alone(() => null);
    await live(stage, (types) => types.includes('ineffective'));
    const gone = toldOn(stage.broker).find((event) => event.event_type === 'ineffective');
    expect(gone?.message).toMatch(/has not come back.*switched off until a person resets the breaker/);
    expect(stage.frigate.asked).toHaveLength(1);
  });
});
