import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { failed, notUsed, ok, type Row, warning } from '../../../src/cli/doctor/row.ts';
import { doctorReport, doctorText, isWell, type Section } from '../../../src/cli/doctor/table.ts';
import { rightsOf } from '../../../src/targets/frigate/rights.ts';

const RIGHTS = rightsOf({
  workload: { kind: 'deployment', namespace: 'cctv', name: 'nvr' },
  ledger: 'ledger',
  lease: null,
  service: null,
  podPort: 5000,
  exec: false,
  remedies: ['rollout'],
});
const missing = (...ids: readonly string[]): readonly Row[] =>
  RIGHTS.filter(({ id }) => ids.includes(id)).map((right) => ({
    door: 'right',
    ...failed('May not.', 'Add the rule.'),
    missing: right,
  }));

const WELL: readonly Section[] = [
  { frigate: null, rows: [{ door: 'options', ...ok('Read.') }] },
  {
    frigate: 'Yard',
    rows: [
      { door: 'log', ...ok('Read.') },
      { door: 'exec', ...notUsed('Off.') },
    ],
  },
];
const ILL: readonly Section[] = [
  ...WELL,
  {
    frigate: 'Door',
    rows: [
      { door: 'direct', ...warning('Slow.', null) },
      { door: 'pod proxy', ...failed('Dead.', 'Mend it.') },
      ...missing('workload', 'rollout', 'nodes'),
    ],
  },
];

describe('what doctor prints', () => {
  it('is one list, aligned, with how to mend under each', () => {
    expect(doctorText(ILL).split('\nMissing')[0]?.trimEnd().split('\n').slice(0, 11)).toEqual([
      'ok        options    Read.',
      '',
      'Yard:',
      'ok        log        Read.',
      'not used  exec       Off.',
      '',
      'Door:',
      'warning   direct     Slow.',
      'FAILED    pod proxy  Dead.',
      '                     → Mend it.',
      'FAILED    right      May not.',
    ]);
    expect(doctorText(ILL)).toMatch(/\n2 ok, 1 warning, 4 failed, 1 not used\.\n$/);
    expect(doctorText(WELL)).toMatch(/\n2 ok, 0 warnings, 0 failed, 1 not used\.\n$/);
    expect(doctorText(WELL)).not.toContain('Missing');
  });

  it('has the missing rules by role, at the margin, what belongs together in one', () => {
    const blocks = doctorText(ILL)
      .split(/^Missing in the (.*):$/m)
      .slice(1);
    expect(blocks[0]).toBe('Role frigate-warden in the namespace cctv');
    expect(parse(blocks[1] ?? '')).toEqual({
      rules: [{ apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['nvr'], verbs: ['get', 'patch'] }],
    });
    expect(blocks[2]).toBe('ClusterRole frigate-warden-nodes');
    expect(parse((blocks[3] ?? '').replace(/\n\n.*\n$/, ''))).toEqual({
      rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] }],
    });
  });

  it('says as JSON the same, and each missing rule with its role', () => {
    const report = doctorReport(ILL);
    expect(report.well).toBe(false);
    expect(report.probes).toHaveLength(8);
    expect(report.probes[1]).toEqual({
      frigate: 'Yard',
      door: 'log',
      state: 'ok',
      sentence: 'Read.',
      mend: null,
      missing_rule: null,
    });
    expect(report.probes.at(-1)).toMatchObject({
      frigate: 'Door',
      missing_rule: {
        role: 'ClusterRole frigate-warden-nodes',
        rule: { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] },
      },
    });
  });

  it('is well unless something that is used fails', () => {
    expect(isWell(WELL)).toBe(true);
    expect(isWell([{ frigate: null, rows: [{ door: 'a', ...warning('Slow.', null) }] }])).toBe(true);
    expect(isWell(ILL)).toBe(false);
  });
});
