import { describe, expect, it } from 'vitest';
import { accountManifests } from '../../../src/cli/manifests/account.ts';
import type { KubernetesObject } from '../../../src/cli/manifests/yaml.ts';
import { rightsOf, type Wanted } from '../../../src/targets/frigate/rights.ts';

const ONE: Wanted = {
  workload: { kind: 'deployment', namespace: 'cctv', name: 'nvr' },
  ledger: 'ledger',
  lease: 'frigate-warden',
  service: null,
  podPort: 5000,
  exec: false,
  remedies: ['rollout'],
};
const BESIDE: Wanted = { ...ONE, workload: { ...ONE.workload, name: 'yard' }, ledger: 'yards', lease: null };
const AWAY: Wanted = { ...ONE, workload: { kind: 'daemonset', namespace: 'away', name: 'nvr' }, lease: null };

const objects = (wanted: readonly [Wanted, ...Wanted[]], isInside = false) =>
  accountManifests(wanted, isInside).map(({ object }) => object);
const named = (all: readonly KubernetesObject[]) =>
  all.map(({ kind, metadata }) => [metadata.namespace, kind, metadata.name].filter(Boolean).join('/'));

describe('the account', () => {
  it('of one Frigate has a token, a Role, an empty ledger, an empty Lease, and the view of nodes', () => {
    const all = objects([ONE]);
    expect(named(all)).toEqual([
      'cctv/ServiceAccount/frigate-warden',
      'cctv/Secret/frigate-warden-token',
      'cctv/Role/frigate-warden',
      'cctv/RoleBinding/frigate-warden',
      'cctv/ConfigMap/ledger',
      'cctv/Lease/frigate-warden',
      'ClusterRole/frigate-warden-nodes',
      'ClusterRoleBinding/frigate-warden-nodes',
    ]);
    expect(all[1]).toMatchObject({
      type: 'kubernetes.io/service-account-token',
      metadata: { annotations: { 'kubernetes.io/service-account.name': 'frigate-warden' } },
    });
    for (const empty of [all[4], all[5]]) expect(Object.keys(empty ?? {})).toEqual(['apiVersion', 'kind', 'metadata']);
  });

  it('needs no token inside of the cluster', () => {
    expect(named(objects([ONE], true)).filter((name) => name.includes('Secret'))).toEqual([]);
  });

  it('of Frigates in several namespaces is one, with a Role, the ledgers in each, and one Lease', () => {
    const all = objects([ONE, BESIDE, AWAY]);
    expect(named(all)).toEqual([
      'cctv/ServiceAccount/frigate-warden',
      'cctv/Secret/frigate-warden-token',
      'cctv/Role/frigate-warden',
      'cctv/RoleBinding/frigate-warden',
      'cctv/ConfigMap/ledger',
      'cctv/ConfigMap/yards',
      'cctv/Lease/frigate-warden',
      'away/Role/frigate-warden',
      'away/RoleBinding/frigate-warden',
      'away/ConfigMap/ledger',
      'ClusterRole/frigate-warden-nodes',
      'ClusterRoleBinding/frigate-warden-nodes',
    ]);
    const subjects = [{ kind: 'ServiceAccount', name: 'frigate-warden', namespace: 'cctv' }];
    const bindings = all.filter(({ kind }) => kind.endsWith('Binding'));
    expect(bindings.map((one) => one.subjects)).toEqual([subjects, subjects, subjects]);
    for (const { kind, metadata, roleRef } of bindings) {
      expect(roleRef).toEqual({
        apiGroup: 'rbac.authorization.k8s.io',
        kind: kind.replace('Binding', ''),
        name: metadata.name,
      });
    }
  });

  it('gets in each namespace the rights of what is there, and each is explained above its Role', () => {
    const manifests = accountManifests([ONE, BESIDE, AWAY], false);
    const roles = manifests.filter(({ object: { kind } }) => kind === 'Role');
    expect(roles.map(({ object }) => (object.rules as { resourceNames?: string[] }[])[0])).toEqual([
      { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['nvr'], verbs: ['get', 'patch'] },
      { apiGroups: ['apps'], resources: ['daemonsets'], resourceNames: ['nvr'], verbs: ['get', 'patch'] },
    ]);
    const [text = ''] = roles.map(({ about }) => about.join('\n'));
    for (const right of rightsOf(ONE).filter(({ namespace }) => namespace !== null)) expect(text).toContain(right.lost);
    expect(text.split('\n')).toHaveLength(new Set(text.split('\n')).size);
  });
});
