import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { manifestsCommand } from '../../src/cli/manifests.ts';
import { printed } from './printed.ts';
import { scratch, written } from './started.ts';
import { typed } from './typed.ts';

const SECRETS = {
  token: 'the-token-of-the-cluster',
  password: 'the-password-of-frigate',
  mqtt: 'the-password-of-mqtt',
};
const OUTSIDE = {
  frigates: [{ name: 'A', url: 'https://a', username: 'u', password: SECRETS.password, namespace: 'cctv' }],
  kubernetes: { server: 'https://192.0.2.10:6443', token: SECRETS.token },
  mqtt: { host: 'broker', username: 'u', password: SECRETS.mqtt },
};
const INSIDE = { ...OUTSIDE, kubernetes: { in_cluster: true } };

const kinds = (text: string) => [
  ...new Set(parseAllDocuments(text).flatMap((one) => (one.toJS() as { kind: string } | null)?.kind ?? [])),
];
const RIGHTS = [
  'ServiceAccount',
  'Secret',
  'Role',
  'RoleBinding',
  'ConfigMap',
  'Lease',
  'ClusterRole',
  'ClusterRoleBinding',
];
const POLICY = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];
const DEPLOYMENT = ['PersistentVolumeClaim', 'Deployment'];

describe('manifests', () => {
  it.each<[string, object, readonly string[], readonly string[]]>([
    ['rights and policy for a Warden outside', OUTSIDE, [], [...RIGHTS, ...POLICY]],
    [
      'the Deployment too for one inside, and no token',
      INSIDE,
      [],
      [...RIGHTS.filter((kind) => kind !== 'Secret'), ...POLICY, ...DEPLOYMENT],
    ],
    ['only the rights', OUTSIDE, ['--only', 'rights'], RIGHTS],
    ['only the policy', OUTSIDE, ['--only', 'policy'], POLICY],
    ['only the Deployment', OUTSIDE, ['--only', 'deployment'], DEPLOYMENT],
  ])('prints %s', (_, options, words, expected) => {
    const { out, errors } = printed();
    expect(manifestsCommand(typed('manifests', '--options', written(scratch(), options), ...words))).toBe(0);
    expect(kinds(out())).toEqual(expected);
    expect(out().split('\n')[0]).toBe(['# Made by: frigate-warden manifests', ...words].join(' '));
    for (const secret of Object.values(SECRETS)) expect(out() + errors()).not.toContain(secret);
  });

  it('prints a List where JSON is wanted', () => {
    const { out } = printed();
    expect(manifestsCommand(typed('manifests', '--options', written(scratch(), OUTSIDE), '--json'))).toBe(0);
    const list = JSON.parse(out());
    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List' });
    expect([...new Set(list.items.map(({ kind }: { kind: string }) => kind))]).toEqual([...RIGHTS, ...POLICY]);
  });

  it.each<[string, object | string, RegExp]>([
    ['wrong options', { frigates: [] }, /^frigates: /],
    [
      'options without a workload',
      { frigates: [{ name: 'A', url: 'http://a' }] },
      /^frigates\[\]\.namespace: is not set, so there is no workload that rights could be for\.$/m,
    ],
  ])('refuses %s with a sentence', (_, options, sentence) => {
    const { out, errors } = printed();
    expect(manifestsCommand(typed('manifests', '--options', written(scratch(), options)))).toBe(2);
    expect(errors()).toMatch(sentence);
    expect(out()).toBe('');
  });
});
