import { describe, expect, it, onTestFinished } from 'vitest';
import { breakDetector } from '../../demo/frigate/model.ts';
import { openMqtt } from '../../src/doors/mqtt.ts';
import { eventually } from '../eventually.ts';
import { startProduct } from './product.ts';
import { DEPLOYMENT, LEDGER, patchesOf, type Stage, setStage, toldOn } from './stage.ts';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A Frigate that is well, a Warden that restarts nothing by itself, and Home Assistant at the broker. */
async function house(...[options, cluster]: [options?: Record<string, unknown>, cluster?: object]) {
  const stage = await setStage({ automatic_restarts: false, ...options }, { speed: 120, ...cluster });
  onTestFinished(stage.close);
  const home = openMqtt(
    { host: '127.0.0.1', port: stage.broker.port, tls: false },
    { log: silent, clientId: 'home_assistant', will: { topic: 'home/status', payload: 'offline' } },
  );
  onTestFinished(() => home.close(1));
  await eventually(() => home.connected());
  const press = (button: string, payload = 'PRESS') =>
    home.publish(`frigate_warden/frigate/${button}/set`, payload, { retain: false, qos: 1 });
  const start = async () => {
    const product = startProduct(stage.settings);
    onTestFinished(product.close);
    await eventually(() => stateOf(stage).verdict === 'healthy', { what: 'a healthy verdict' });
    return product;
  };
  return { ...stage, press, start };
}

function stateOf({ broker }: Pick<Stage, 'broker'>): Record<string, unknown> {
  return JSON.parse(broker.retained.get('frigate_warden/frigate/state') ?? '{}');
}

const typesOf = (stage: Pick<Stage, 'broker'>) => toldOn(stage.broker).map((event) => event.event_type);

describe('a press of the restart button', () => {
  it('is one reserved PATCH with its preconditions, and is told from order to cure', async () => {
    const { start, press, cluster, ...stage } = await house();
    await start();
    const { uid, resourceVersion } = cluster.deployment().metadata;
    await press('restart', '{"reason": "after a firmware update"}');
    await eventually(() => typesOf(stage).includes('cured'), { what: 'cured', withinSeconds: 10 });

    const events = toldOn(stage.broker);
    expect(events.map((event) => event.event_type)).toEqual(['restart_ordered', 'cured']);
    expect(events[0]).toMatchObject({
      order: { by: 'person', reason: 'Home Assistant asked for it: after a firmware update' },
    });
    expect(events[1]?.order?.id).toBe(events[0]?.order?.id);
    const orderedAt = Date.parse(events[0]?.order?.at ?? '') / 1000;

    const [patch, ...more] = patchesOf(cluster);
    expect(more).toEqual([]);
    expect(patch).toMatchObject({
      path: DEPLOYMENT,
      status: 200,
      fieldManager: 'frigate-warden',
      contentType: 'application/strategic-merge-patch+json',
      body: { metadata: { uid, resourceVersion } },
    });
    expect(patch?.body).toEqual({
      metadata: { uid, resourceVersion },
      spec: { template: { metadata: { annotations: { [RESTARTED_AT]: stampOf(orderedAt) } } } },
    });
    const writes = cluster.calls.filter(({ method }) => method !== 'GET');
    expect(writes.map(({ method }) => method)).toEqual(['POST', 'PATCH']);
    expect(writes[0]).toMatchObject({ status: 201, body: { data: { last_restart_times: String(orderedAt) } } });
    expect(cluster.configMap('frigate', LEDGER)?.data?.last_restart_times).toBe(String(orderedAt));
  });

  it('cures an incident that nothing restarts by itself, and belongs to it', async () => {
    const { start, press, cluster, ...stage } = await house();
    await start();
    breakDetector(stage.frigate, 'orphaned_queue', stage.now());
    await eventually(() => typesOf(stage).length === 2, { what: 'the incident', withinSeconds: 10 });
    await press('restart');
    await eventually(() => typesOf(stage).includes('resolved'), { what: 'resolved', withinSeconds: 10 });
    const events = toldOn(stage.broker);
    expect(typesOf(stage)).toEqual(['opened', 'refused', 'restart_ordered', 'cured', 'resolved']);
    expect(events[1]?.guard).toBe('observe_only');
    expect(new Set(events.map((event) => event.incident_id)).size).toBe(1);
    expect(patchesOf(cluster)).toHaveLength(1);
  });

  it('is refused with its sentence while the node is not ready, and nothing is written', async () => {
    const { start, press, cluster, ...stage } = await house();
    await start();
    cluster.setNodeReady(false);
    await eventually(() => JSON.stringify(stateOf(stage)).includes('node'), { what: 'the lost node is shown' });
    await press('restart');
    const refused = await eventually(() => toldOn(stage.broker).find((event) => event.event_type === 'refused'));
    expect(refused).toMatchObject({ guard: 'lower_layer', order: null });
    expect(refused.message).toMatch(/^The [a-z ]*node\b.* bad\b/);
    expect(cluster.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('counts once when it is pressed twice: the second is refused', async () => {
    const { start, press, cluster, ...stage } = await house();
    await start();
    await Promise.all([press('restart'), press('restart')]);
    await eventually(() => typesOf(stage).includes('cured'), { what: 'cured', withinSeconds: 10 });
    expect(typesOf(stage)).toEqual(['restart_ordered', 'refused', 'cured']);
    expect(toldOn(stage.broker)[1]?.guard).toBe('in_progress');
    expect(patchesOf(cluster)).toHaveLength(1);
  });

  it('is ignored when it is retained, with one line in the log', async () => {
    const { start, press, cluster, ...stage } = await house();
    await stage.broker.publish('frigate_warden/frigate/restart/set', 'PRESS', { retain: true });
    const { lines } = await start();
    await press('test_alert');
    await eventually(() => typesOf(stage).includes('test'));
    expect(typesOf(stage)).toEqual(['test']);
    expect(lines.filter((line) => line.includes('restart/set was ignored: a command must not be'))).toHaveLength(1);
    expect(patchesOf(cluster)).toEqual([]);
  });

  it('passes an unsafe rollout when it is forced, but not the budget', async () => {
    const rollingUpdate = { deployments: [{ namespace: 'frigate', name: 'frigate', strategy: 'RollingUpdate' }] };
    const { start, press, cluster, ...stage } = await house({ rules: { restarts_per_hour: 1 } }, rollingUpdate);
    await start();
    await press('restart');
    await eventually(() => typesOf(stage).length === 1);
    expect(toldOn(stage.broker)[0]).toMatchObject({ event_type: 'refused', guard: 'unsafe_rollout' });
    expect(patchesOf(cluster)).toEqual([]);

    await press('force_restart');
    await eventually(() => typesOf(stage).includes('cured'), { what: 'cured', withinSeconds: 10 });
    expect(patchesOf(cluster, 200)).toHaveLength(1);

    await press('force_restart');
    await eventually(() => typesOf(stage).length === 4);
    expect(typesOf(stage)).toEqual(['refused', 'restart_ordered', 'cured', 'refused']);
    expect(toldOn(stage.broker)[3]).toMatchObject({ guard: 'budget' });
    expect(patchesOf(cluster)).toHaveLength(1);
  });
});

function stampOf(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}
