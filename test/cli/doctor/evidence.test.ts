import { describe, expect, it, onTestFinished } from 'vitest';
import { type KubernetesSimulation, startKubernetes } from '../../../demo/kubernetes/index.ts';
import { type Evidence, gather } from '../../../src/cli/doctor/evidence.ts';
import { visit } from '../../../src/cli/visit.ts';
import { aFrigate } from '../looked-at.ts';
import { scratch, written } from '../started.ts';

const { signal: stop } = new AbortController();
const NOW = () => Date.now() / 1000;
const REST = {
  source: 'the test',
  lint: [],
  folder: { folder: '/data', isNew: false, freeBytes: 1, problem: null },
  broker: { place: null, isConnected: false, said: [] },
};

async function gathered(frigate: object, more: Partial<KubernetesSimulation> = {}, isReached = true) {
  const { url, model } = await aFrigate();
  for (const camera of model.cameras) camera.address = `0.0.0.0:${new URL(url).port}`;
  const cluster = await startKubernetes({
    now: NOW,
    ageSeconds: 86_400,
    deployments: [{ name: 'frigate', namespace: 'cctv' }],
    ...more,
  });
  onTestFinished(() => cluster.close());
  if (isReached) cluster.openPort(5000, url);
  const options = {
    frigates: [{ name: 'Front house', namespace: 'cctv', service: 'frigate', url, ...frigate }],
    kubernetes: { server: cluster.url, token: cluster.token },
  };
  const file = written(scratch(), options);
  const evidence = await visit({ optionsFile: file, frigateUrl: null }, (visiting) => gather(visiting, REST, stop));
  if ('problems' in evidence) throw new Error(evidence.problems.join(' '));
  return { evidence, calls: cluster.calls };
}

const only = ({ frigates: [first] }: Evidence) => {
  if (!first) throw new Error('There is no Frigate.');
  return first;
};

describe('the evidence', () => {
  it('is of every way that is configured, though the first one answers', async () => {
    const { evidence } = await gathered({});
    expect(only(evidence).answers.vantages).toEqual({ direct: 'ok', service_proxy: 'ok', pod_proxy: 'ok' });
    expect(only(evidence).facts.version).toMatch(/^0\.17/);
  });

  it('writes nothing but questions about rights, and restarts nothing', async () => {
    const { calls } = await gathered({});
    const writes = calls.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
    expect(new Set(writes)).toEqual(new Set(['POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews']));
  });

  it('has each verb of each right, and whether the account has it', async () => {
    const rights = [{ namespace: 'cctv', apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }];
    const { evidence } = await gathered({}, { rights });
    const said = only(evidence).rights?.map(({ question, reply }) => [
      `${question.verb} ${question.resource} ${question.name}`,
      reply.ok && reply.value,
    ]);
    expect(said).toContainEqual(['get deployments frigate', true]);
    expect(said).toContainEqual(['patch deployments frigate', false]);
    expect(said).toContainEqual(['update configmaps frigate-health-state', false]);
    expect(said).toContainEqual(['get services/proxy frigate:5000', false]);
    expect(evidence.secrets).toMatchObject({ ok: true, value: false });
  });

  it('has the difference of the clocks', async () => {
    const { evidence } = await gathered({}, { now: () => NOW() - 100 });
    expect(evidence.api?.skewSeconds).toBeGreaterThan(98);
    expect(evidence.api?.skewSeconds).toBeLessThan(103);
  });

  it('without a namespace knows of no rights, and still whether the cluster answers', async () => {
    const { evidence } = await gathered({ namespace: undefined, service: undefined });
    expect(only(evidence)).toMatchObject({ rights: null, facts: { ground: null } });
    expect(evidence.api?.reply).toMatchObject({ ok: true });
    expect(evidence.secrets).toBeNull();
  });

  it('of a later look has what is asked only of a Frigate that is known', async () => {
    const { evidence } = await gathered({});
    expect(only(evidence).answers.reach).toEqual({});
    expect(Object.keys(only(evidence).later.reach)).toEqual(['doorbell', 'yard']);
    expect(only(evidence).answers.streams).toBeNull();
    expect(only(evidence).later.streams).toMatchObject({ ok: true });
  });
});
