import { describe, expect, it } from 'vitest';
import { CLUSTER_PROBES } from '../../../src/cli/doctor/cluster-probes.ts';
import type { AskedRight, FrigateEvidence } from '../../../src/cli/doctor/evidence.ts';
import { type Row, rowsOf } from '../../../src/cli/doctor/row.ts';
import type { Failure } from '../../../src/doors/ports.ts';
import { type Right, rightsOf } from '../../../src/targets/frigate/rights.ts';

const failure: Failure = { ok: false, kind: 'refused', reason: 'It refuses.' };
const unknown = (asked: boolean) => ({ known: false, asked, why: 'Nobody knows.' });
const known = <T>(value: T) => ({ known: true, value });
const reply = (value: unknown) => ({ ok: true, value, status: 200, serverTime: null });

const WORKLOAD = { kind: 'deployment', name: 'nvr', replicas: 1, ready: 1, scaledToZero: false };
const CONTAINER = { name: 'frigate', startedAt: 100, waitingReason: null };
const POD = { name: 'nvr-1', node: 'nuc', container: CONTAINER };
const NODE = { name: 'nuc', ready: true, cordoned: false, why: '' };
const GROUND = {
  at: { configMap: 90_000 },
  cluster: { answers: true },
  workload: known(WORKLOAD),
  pods: known([POD]),
  pod: POD,
  node: known(NODE),
  ledger: known({ times: [1, 80_000, 85_000], dropped: [] }),
};

const RIGHTS = rightsOf({
  workload: { kind: 'deployment', namespace: 'cctv', name: 'nvr' },
  ledger: 'ledger',
  lease: 'lease',
  service: null,
  podPort: 5000,
  exec: false,
  remedies: ['rollout'],
});
/** All are given but these. */
function asked(...without: readonly string[]): readonly AskedRight[] {
  const one = (right: Right) =>
    right.verbs.map((verb): AskedRight => {
      const { group, resource, namespace, names } = right;
      const question = { verb, group, resource, namespace, name: names?.[0] ?? null };
      return {
        right,
        question,
        reply: { ok: true, value: !without.includes(`${verb} ${resource}`), status: 201, serverTime: null },
      };
    });
  return RIGHTS.flatMap(one);
}

function seen(ground: object | null, more: object = {}): FrigateEvidence {
  const answers = { ground: { configMap: { reply: reply({}) } }, log: { current: reply({ lines: 7 }) } };
  return {
    frigate: { namespace: 'cctv', ledger: 'ledger' },
    remedies: ['rollout'],
    answers,
    facts: { ground: ground && { ...GROUND, ...ground } },
    looked: { circumstances: { hazards: [] } },
    rights: ground ? asked() : null,
    ...more,
  } as unknown as FrigateEvidence;
}

const rows = (evidence: FrigateEvidence, door: string): readonly Row[] =>
  rowsOf(CLUSTER_PROBES, evidence).filter((row) => row.door === door);

describe('what is asked of the cluster for a Frigate', () => {
  it('is well where all is, and nothing but "not used" without a cluster', () => {
    const found = rowsOf(CLUSTER_PROBES, seen({}));
    expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['ok']));
    expect([...new Set(found.map(({ door }) => door))]).toEqual(['workload', 'pod', 'node', 'right', 'ledger', 'log']);
    expect(rowsOf(CLUSTER_PROBES, seen(null)).map(({ door, state }) => [door, state])).toEqual([
      ['workload', 'not_used'],
    ]);
  });

  it.each<[string, string, FrigateEvidence, readonly Row['state'][], RegExp]>([
    [
      'workload',
      'that is not there',
      seen({ workload: unknown(true) }),
      ['failed'],
      /Nobody knows\..*frigates\[\]\.namespace/,
    ],
    [
      'workload',
      'of a silent cluster',
      seen({ workload: unknown(true), cluster: { answers: false } }),
      ['failed'],
      /way to the cluster first/,
    ],
    [
      'workload',
      'that is not ready',
      seen({ workload: known({ ...WORKLOAD, ready: 0 }) }),
      ['warning'],
      /0 of 1.*kubectl -n cctv describe deployment nvr/,
    ],
    [
      'workload',
      'that is scaled to 0',
      seen({ workload: known({ ...WORKLOAD, scaledToZero: true }) }),
      ['warning'],
      /scaled to 0/,
    ],
    ['pod', 'that is not there', seen({ pod: null }), ['warning'], /no living pod/],
    ['pod', 'that cannot be seen', seen({ pods: unknown(false) }), ['warning'], /Nobody knows\..*Give the right/],
    ['pod', 'of a workload that is not seen', seen({ workload: unknown(true) }), [], /^$/],
    [
      'pod',
      'without that container',
      seen({ pod: { ...POD, container: null } }),
      ['failed'],
      /frigates\[\]\.container/,
    ],
    [
      'pod',
      'that waits',
      seen({ pod: { ...POD, container: { ...CONTAINER, startedAt: null, waitingReason: 'Waits' } } }),
      ['warning'],
      /does not run \(Waits\)/,
    ],
    ['pod', 'without a node', seen({ pod: { ...POD, node: null } }), ['ok'], /on no node yet/],
    [
      'node',
      'that is not ready',
      seen({ node: known({ ...NODE, ready: false, why: 'It is down.' }) }),
      ['failed'],
      /It is down\./,
    ],
    [
      'node',
      'that is cordoned',
      seen({ node: known({ ...NODE, cordoned: true }) }),
      ['warning'],
      /cordoned.*uncordon nuc/,
    ],
    ['node', 'that cannot be seen', seen({ node: unknown(false) }), ['warning'], /Give the right/],
    ['node', 'of no pod', seen({ pod: null }), [], /^$/],
    ['ledger', 'with what is older than a day', seen({}), ['ok'], /ledger holds 2 restarts/],
    [
      'ledger',
      'with strange words',
      seen({ ledger: known({ times: [], dropped: ['Strange.'] }) }),
      ['ok', 'warning'],
      /Strange\./,
    ],
    [
      'ledger',
      'that is not there',
      seen(
        { ledger: known({ times: [], dropped: [] }) },
        { answers: { ground: { configMap: { reply: { ...failure, status: 404 } } } } },
      ),
      ['warning'],
      /does not exist/,
    ],
    ['ledger', 'that cannot be seen just now', seen({ ledger: unknown(true) }), ['warning'], /^Nobody knows\. null$/],
    ['log', 'that is refused', seen({}, { answers: { log: { current: failure } } }), ['warning'], /It refuses\./],
    ['log', 'that nobody asked for', seen({}, { answers: { log: null } }), ['warning'], /not asked for/],
    ['log', 'of no pod', seen({ pod: null }, { answers: { log: null } }), [], /^$/],
  ])('says of the %s %s', (door, _, evidence, states, words) => {
    const found = rows(evidence, door);
    expect(found.map(({ state }) => state)).toEqual(states);
    expect(found.map(({ sentence, mend }) => `${sentence} ${mend}`).join('\n')).toMatch(words);
  });

  it('says which hazards speak against the remedies that are chosen, and no other', () => {
    const hazards = [
      { sentence: 'Of all.', against: null },
      { sentence: 'Of ours.', against: ['rollout', 'x'] },
      { sentence: 'Of another.', against: ['in_place'] },
    ];
    const found = rows(seen({}, { looked: { circumstances: { hazards } } }), 'restart');
    expect(found.map(({ state, sentence }) => [state, sentence])).toEqual([
      ['warning', 'Of all.'],
      ['warning', 'Of ours.'],
    ]);
  });
});

describe('the rights', () => {
  it('are a row each, with their verbs and the names that they are for', () => {
    const found = rows(seen({}), 'right');
    expect(found).toHaveLength(RIGHTS.length);
    expect(found.map(({ sentence }) => sentence)).toContain(
      'May get and update configmaps ledger in the namespace cctv.',
    );
    expect(found.map(({ sentence }) => sentence)).toContain('May get and list nodes in the whole cluster.');
  });

  it.each<[string, Row['state'], string, readonly string[]]>([
    ['patch deployments', 'failed', 'Role frigate-warden in the namespace cctv', ['patch']],
    ['get pods/log', 'warning', 'Role frigate-warden in the namespace cctv, or leave it so', ['get']],
    ['update configmaps', 'warning', 'Role frigate-warden in the namespace cctv, or leave it so', ['update']],
    ['list nodes', 'warning', 'ClusterRole frigate-warden-nodes, or leave it so', ['list']],
  ])('without the one to %s it is "%s"', (without, state, where, verbs) => {
    const bad = rows(seen({}, { rights: asked(without) }), 'right').filter((row) => row.state !== 'ok');
    expect(bad).toEqual([
      {
        door: 'right',
        state,
        sentence: expect.stringMatching(
          new RegExp(`^May not ${without}.* (?:in the namespace cctv|in the whole cluster)\\. [A-Z]`),
        ),
        mend: `Add the rule below to the ${where}.`,
        missing: expect.objectContaining({ verbs }),
      },
    ]);
  });

  it('are one row where nobody answers', () => {
    const silent = asked().map((one) => ({ ...one, reply: failure }));
    expect(rows(seen({}, { rights: silent }), 'right')).toMatchObject([
      { state: 'warning', sentence: 'The rights cannot be asked for: It refuses.', missing: null },
    ]);
  });
});
