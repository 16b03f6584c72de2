import { describe, expect, it } from 'vitest';
import { podPattern, policyManifests } from '../../../src/cli/manifests/policy.ts';
import type { ObjectName } from '../../../src/doors/ports.ts';
import type { Wanted } from '../../../src/targets/frigate/rights.ts';
import { withRestart } from '../../../src/targets/ground/ledger.ts';

const ONE: Wanted = {
  workload: { kind: 'deployment', namespace: 'cctv', name: 'nvr' },
  ledger: 'ledger',
  lease: 'frigate-warden',
  service: null,
  podPort: 5000,
  exec: false,
  remedies: ['rollout'],
};

interface Spec {
  policyName?: string;
  validationActions?: string[];
  failurePolicy: string;
  matchConditions: { expression: string }[];
  matchConstraints: { resourceRules: { resources: string[]; operations: string[] }[] };
  variables?: { name: string; expression: string }[];
  validations: { expression: string; message: string; reason: string }[];
}

const specs = (...wanted: [Wanted, ...Wanted[]]) =>
  policyManifests(wanted).map(({ object }) => ({
    name: object.metadata.name,
    spec: object.spec as Spec,
    kind: object.kind,
  }));
const spec = (name: string, ...wanted: [Wanted, ...Wanted[]]): Spec => {
  const found = specs(...wanted).find((one) => one.name === name && one.kind === 'ValidatingAdmissionPolicy');
  if (!found) throw new Error(`There is no policy ${name}.`);
  return found.spec;
};
const said = (one: Spec) =>
  [...(one.variables ?? []), ...one.validations].map(({ expression }) => expression).join('\n');

describe('the policies', () => {
  it('are bound, deny, and judge this account and nobody else', () => {
    const all = specs(ONE);
    const policies = all.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    const bindings = all.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
    expect(bindings.map((one) => one.spec)).toEqual(
      policies.map(({ name }) => ({ policyName: name, validationActions: ['Deny'] })),
    );
    for (const { spec: one } of policies) {
      expect(one.failurePolicy).toBe('Fail');
      expect(one.matchConditions.map(({ expression }) => expression)).toEqual([
        'request.userInfo.username == "system:serviceaccount:cctv:frigate-warden"',
      ]);
      expect(new Set(one.validations.map(({ reason }) => reason))).toEqual(new Set(['Forbidden']));
    }
  });

  it('ask of every variable that is used, and use every one', () => {
    for (const { spec: one, kind } of specs(ONE)) {
      if (kind !== 'ValidatingAdmissionPolicy') continue;
      const used = new Set([...said(one).matchAll(/variables\.(\w+)/g)].map((match) => match[1]));
      expect([...used].toSorted()).toEqual((one.variables ?? []).map(({ name }) => name).toSorted());
    }
  });

  it('let pass of a workload the annotation that the door patches, at every level', () => {
    const text = said(spec('frigate-warden-workload', ONE));
    expect(text).toContain('k in ["kubectl.kubernetes.io/restartedAt"]');
    expect(text).toContain('k in ["deprecated.daemonset.template.generation"]');
    const levels = ['', '.metadata', '.spec', '.spec.template', '.spec.template.metadata'];
    for (const level of levels) expect(text).toContain(`dyn(oldObject${level})\n`);
  });

  it('let pass of the ledger what the Warden writes into it', () => {
    const text = said(spec('frigate-warden-notes', ONE));
    const before = { metadata: { name: 'ledger' }, data: { other: '1' } };
    const { data, metadata } = withRestart(before as never, 100, 100) as {
      data: Record<string, string>;
      metadata: { annotations: Record<string, string> };
    };
    const [own] = /k\.startsWith\("(.*?)"\)/.exec(text)?.slice(1) ?? [];
    for (const key of Object.keys(metadata.annotations)) expect(key.startsWith(own ?? '-')).toBe(true);
    for (const key of Object.keys(data).filter((one) => one !== 'other')) expect(text).toContain(`k in ["${key}"]`);
  });

  it.each<[string, Partial<Wanted>, number, readonly string[]]>([
    ['the proxy', {}, 0, ['^cctv/nvr-']],
    ['commands', {}, 1, []],
    ['commands, with the option', { exec: true }, 1, ['^cctv/nvr-']],
    ['the deletion of a pod', {}, 2, []],
    ['the deletion of a pod, with the remedy', { remedies: ['delete_pod'] }, 2, ['^cctv/nvr-']],
  ])('name the pods for what is asked for, and for nothing else: %s', (_, more, place, pods) => {
    const other: Wanted = { ...ONE, workload: { ...ONE.workload, namespace: 'away' }, remedies: [], podPort: 1 };
    const { validations } = spec('frigate-warden-pods', { ...ONE, ...more }, ...(place === 0 ? [] : [other]));
    const [list = ''] = /\[[^[\]]*?(?:"\^.*?)?\]\.exists/.exec(validations[place]?.expression ?? '') ?? [];
    const named = JSON.parse(list.replace('.exists', '')) as string[];
    expect(named.map((pattern) => /^[^[]*/.exec(pattern)?.[0])).toEqual(pods);
  });

  it('name the port of each Frigate, and its pods in its namespace', () => {
    const other: Wanted = { ...ONE, workload: { kind: 'statefulset', namespace: 'away', name: 'b.c' }, podPort: 80 };
    const text = said(spec('frigate-warden-pods', ONE, other));
    expect(text).toMatch(/\["\^cctv\/nvr-\S+:5000\$","\^away\/b\[\.\]c-\[0-9\]\+:80\$"\]/);
  });
});

describe("the names of a workload's pods", () => {
  const long = 'a'.repeat(60);
  it.each<[ObjectName['kind'], string, string, boolean]>([
    ['deployment', 'frigate', 'frigate-75d9dfb6d8-2vd52', true],
    ['deployment', 'frigate', 'frigate-db-0', false],
    ['deployment', 'frigate', 'frigate-warden-75d9dfb6d8-2vd52', false],
    ['deployment', 'frigate', 'my-frigate-75d9dfb6d8-2vd52', false],
    ['deployment', 'frigate', 'frigate-75d9dfb6d8-2vd52x', false],
    ['deployment', 'fri.gate', 'friXgate-75d9dfb6d8-2vd52', false],
    ['deployment', long, `${long.slice(0, 58)}2vd52`, true],
    ['statefulset', 'frigate', 'frigate-0', true],
    ['statefulset', 'frigate', 'frigate-0-1', false],
    ['statefulset', 'frigate', 'frigate-db-0', false],
    ['daemonset', 'frigate', 'frigate-2vd52', true],
    ['daemonset', 'frigate', 'frigate-warden-2vd52', false],
    ['daemonset', long, `${long.slice(0, 57)}-2vd52`, true],
  ])('of a %s %s: %s is one: %s', (kind, name, pod, isOne) => {
    expect(new RegExp(`^${podPattern({ kind, namespace: 'a', name })}$`).test(pod)).toBe(isOne);
  });
});
