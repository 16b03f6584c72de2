/** What doctor prints: its rows in the order of the layers, the rules that are missing, ready to be pasted, the sum. */

import { type RbacRule, rulesOf } from '../manifests/rules.ts';
import { yamlOf } from '../manifests/yaml.ts';
import { plural } from '../report.ts';
import { CLUSTER_PROBES } from './cluster-probes.ts';
import type { Evidence } from './evidence.ts';
import { FRIGATE_PROBES } from './frigate-probes.ts';
import { type Row, roleOf, rowsOf, type State } from './row.ts';
import { WARDEN_PROBES } from './warden-probes.ts';

/** `frigate`: its name; null: what is asked once. */
export interface Section {
  frigate: string | null;
  rows: readonly Row[];
}

/** From the ground up: what fails first is the cause of what fails after it. */
export function sectionsOf(evidence: Evidence): readonly Section[] {
  const { broker, frigates } = evidence;
  return [
    { frigate: null, rows: rowsOf(WARDEN_PROBES, evidence) },
    ...frigates.map((seen) => ({
      frigate: seen.frigate.name,
      rows: [...rowsOf(CLUSTER_PROBES, seen), ...rowsOf(FRIGATE_PROBES, { ...seen, broker })],
    })),
  ];
}

/** Nothing that is used fails. */
export function isWell(sections: readonly Section[]): boolean {
  return sections.every(({ rows }) => rows.every(({ state }) => state !== 'failed'));
}

interface RowReport {
  frigate: string | null;
  door: string;
  state: State;
  sentence: string;
  mend: string | null;
  missing_rule: { role: string; rule: RbacRule | undefined } | null;
}

/** The form in which `doctor --json` answers. */
export function doctorReport(sections: readonly Section[]): { well: boolean; probes: readonly RowReport[] } {
  const probes = sections.flatMap(({ frigate, rows }) =>
    rows.map(({ missing, ...row }) => ({
      frigate,
      ...row,
      missing_rule: missing && { role: roleOf(missing), rule: rulesOf([missing])[0] },
    })),
  );
  return { well: isWell(sections), probes };
}

const MARKS: Readonly<Record<State, string>> = {
  ok: 'ok',
  warning: 'warning',
  failed: 'FAILED',
  not_used: 'not used',
};
const MARK_WIDTH = Math.max(...Object.values(MARKS).map((mark) => mark.length));

export function doctorText(sections: readonly Section[]): string {
  const all = sections.flatMap(({ rows }) => rows);
  const width = Math.max(...all.map(({ door }) => door.length));
  const lines = sections.flatMap(({ frigate, rows }) => [
    ...(frigate === null ? [] : ['', `${frigate}:`]),
    ...rows.flatMap((row) => rowLines(row, width)),
  ]);
  const count = (state: State) => all.filter((row) => row.state === state).length;
  return [
    ...lines,
    ...missingLines(all),
    '',
    `${count('ok')} ok, ${plural(count('warning'), 'warning')}, ` +
      `${count('failed')} failed, ${count('not_used')} not used.`,
    '',
  ].join('\n');
}

function rowLines({ state, door, sentence, mend }: Row, width: number): readonly string[] {
  const indent = ' '.repeat(MARK_WIDTH + width + 4);
  return [
    `${MARKS[state].padEnd(MARK_WIDTH)}  ${door.padEnd(width)}  ${sentence}`,
    ...(mend === null ? [] : [`${indent}→ ${mend}`]),
  ];
}

/** The rules stand at the margin, as they are pasted under `rules:`. */
function missingLines(rows: readonly Row[]): readonly string[] {
  const missing = rows.flatMap(({ missing: one }) => one ?? []);
  const byRole = Map.groupBy(missing, roleOf);
  return [...byRole].flatMap(([role, rights]) => [
    '',
    `Missing in the ${role}:`,
    yamlOf({ rules: rulesOf(rights) }).trimEnd(),
  ]);
}
