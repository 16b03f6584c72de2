import { describe, expect, it } from 'vitest';
import { type Right, rightsOf, type Wanted } from '../../../src/targets/frigate/rights.ts';

const PLAIN: Wanted = {
  workload: { kind: 'deployment', namespace: 'cctv', name: 'nvr' },
  ledger: 'ledger',
  lease: 'frigate-warden',
  service: null,
  podPort: 5000,
  exec: false,
  remedies: [],
};
const STATEFUL: Wanted = { ...PLAIN, workload: { ...PLAIN.workload, kind: 'statefulset' } };

const ids = (wanted: Wanted) => rightsOf(wanted).map(({ id }) => id);
const right = (wanted: Wanted, id: string): Right | undefined => rightsOf(wanted).find((one) => one.id === id);

describe('the rights of one Frigate', () => {
  it('that is only looked at are to look, and to write into what is its own', () => {
    const verbs = rightsOf(PLAIN).flatMap(({ resource, verbs: some }) => some.map((verb) => `${verb} ${resource}`));
    expect(verbs.filter((one) => !/^(?:get|list) /.test(one))).toEqual(['update configmaps', 'update leases']);
  });

  it.each<[string, Partial<Wanted>, readonly string[]]>([
    ['the remedy rollout', { remedies: ['rollout'] }, ['rollout']],
    ['the remedy delete_pod', { remedies: ['delete_pod'] }, ['delete_pod']],
    ['the remedy in_place', { remedies: ['in_place'] }, ['in_place']],
    ['all remedies', { remedies: ['rollout', 'delete_pod', 'in_place'] }, ['rollout', 'in_place', 'delete_pod']],
    ['a service', { service: { name: 'nvr', port: 80 } }, ['service_proxy']],
    ['a command in the container', { exec: true }, ['exec']],
  ])('grow by one with %s', (_, more, added) => {
    const without = ids(PLAIN);
    expect(ids({ ...PLAIN, ...more }).filter((id) => !without.includes(id))).toEqual(added);
  });

  it('are those to a Lease only where it stands', () => {
    expect(right({ ...PLAIN, lease: null }, 'lease')).toBeUndefined();
  });

  it.each<[Wanted['workload']['kind'], boolean]>([
    ['deployment', true],
    ['statefulset', false],
    ['daemonset', false],
  ])('for a %s name its kind, and ask for ReplicaSets only where there are some', (kind, hasSets) => {
    const wanted = { ...PLAIN, workload: { ...PLAIN.workload, kind } };
    expect(right(wanted, 'workload')).toMatchObject({ group: 'apps', resource: `${kind}s`, names: ['nvr'] });
    expect(ids(wanted).includes('replica_sets')).toBe(hasSets);
  });

  it.each<[string, Wanted, string, readonly string[] | null]>([
    ['the log of pods with names by chance', PLAIN, 'log', null],
    ['the log of the only pod of a StatefulSet', STATEFUL, 'log', ['nvr-0']],
    ['its pod through the proxy', { ...STATEFUL, podPort: 8000 }, 'pod_proxy', ['nvr-0:8000']],
    ['a restart through the proxy', { ...STATEFUL, remedies: ['in_place'] }, 'in_place', ['nvr-0:5000']],
    ['its deletion', { ...STATEFUL, remedies: ['delete_pod'] }, 'delete_pod', ['nvr-0']],
    ['a command in it', { ...STATEFUL, exec: true }, 'exec', ['nvr-0']],
    ['pods through the proxy', PLAIN, 'pod_proxy', null],
    ['a service with its port', { ...PLAIN, service: { name: 'web', port: 80 } }, 'service_proxy', ['web:80']],
    ['the ledger', PLAIN, 'ledger', ['ledger']],
    ['the lease', PLAIN, 'lease', ['frigate-warden']],
    ['nodes', PLAIN, 'nodes', null],
  ])('are limited to names where that can be: %s', (_, wanted, id, names) => {
    expect(right(wanted, id)?.names).toEqual(names);
  });

  it('lie in the namespace of the workload, but for nodes', () => {
    const wanted = { ...PLAIN, exec: true, remedies: ['rollout', 'delete_pod', 'in_place'] };
    const elsewhere = rightsOf(wanted).filter(({ namespace }) => namespace !== 'cctv');
    expect(elsewhere.map(({ id, namespace }) => [id, namespace])).toEqual([['nodes', null]]);
  });

  it('that an option names are needed, and those without which nothing can be restarted', () => {
    const wanted: Wanted = {
      ...PLAIN,
      service: { name: 'nvr', port: 80 },
      exec: true,
      remedies: ['rollout', 'delete_pod', 'in_place'],
    };
    const spare = rightsOf(wanted).filter(({ isNeeded }) => !isNeeded);
    expect(spare.map(({ id }) => id)).toEqual(['log', 'pod_proxy', 'ledger', 'lease', 'autoscalers', 'nodes']);
    for (const { purpose, lost } of rightsOf(wanted)) {
      expect(purpose).toMatch(/^\S.*[^.]$/);
      expect(lost).toMatch(/^[A-Z].*\.$/);
    }
  });
});
