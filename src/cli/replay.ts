/** `replay`: a recorded day, or a case folder, look by look through the production engine. Nothing is restarted. */
import { basename, resolve } from 'node:path';
import { openLog } from '../doors/log.ts';
import { openHistory } from '../doors/store/history.ts';
import { type Options, secretsOf } from '../options.ts';
import { type ReplayedLook, replay } from '../replay.ts';
import type { CauseRef, Verdict } from '../rules/types.ts';
import { memoryOf } from '../targets/frigate/recorded/index.ts';
import { serviceOf, targetsOf } from '../targets/index.ts';
import type { AnyTarget } from '../targets/target.ts';
import type { Arguments } from './arguments.ts';
import { openCaseAt, refuse } from './assess.ts';
import { folderOf, optionsOf } from './options-file.ts';
import { exitCodeOf, plural } from './report.ts';
import { type Change, changesIn, changeText } from './timeline.ts';

/** What came out of going through the looks of one target. */
export interface ReplayReport {
  name: string;
  looks: number;
  /** Epoch seconds of the first and the last look. */
  from: number;
  to: number;
  /** At the end. */
  verdict: Verdict;
  cause: CauseRef | null;
  changes: readonly Change[];
  incidents: readonly { at: number; type: string; incident_id: string | null; sentence: string }[];
  /** Moments at which a restart would have been ordered; one that stays due is told once. */
  restarts: readonly { at: number; remedy: string; reason: string }[];
  /** Looks at which each guard was the first to hold a restart back. */
  held_back: Readonly<Record<string, number>>;
}

const TOLD: readonly string[] = ['opened', 'changed', 'resolved', 'flapping'];

/** Null: there was no look. `show` sees each change as it comes. */
export function replayReport(
  target: AnyTarget,
  looks: Iterable<ReplayedLook>,
  show: (change: Change) => void,
): ReplayReport | null {
  const changed = changesIn(target);
  const changes: Change[] = [];
  const incidents: ReplayReport['incidents'][number][] = [];
  const heldBack = new Map<string, number>();
  let [first, last]: [ReplayedLook | null, ReplayedLook | null] = [null, null];
  let count = 0;
  for (const look of looks) {
    first ??= look;
    last = look;
    count += 1;
    const { announcements, vetoes, cause } = look.decision;
    for (const { type, at, incidentId, sentence } of announcements) {
      if (TOLD.includes(type)) incidents.push({ at, type, incident_id: incidentId, sentence });
    }
    const [veto] = cause ? vetoes : [];
    if (veto) heldBack.set(veto.guard, (heldBack.get(veto.guard) ?? 0) + 1);
    const change = changed(look);
    if (!change) continue;
    changes.push(change);
    show(change);
  }
  if (!first || !last) return null;
  const { verdict, cause } = last.decision;
  return {
    name: target.name,
    looks: count,
    from: first.at,
    to: last.at,
    verdict,
    cause: cause && { check: cause.check, layer: cause.layer, member: cause.member },
    changes,
    incidents,
    restarts: changes.flatMap(({ at, ordered }) => (ordered ? [{ at, ...ordered }] : [])),
    held_back: Object.fromEntries(heldBack),
  };
}

export function replayCommand(given: Arguments): number {
  return given.place === null ? replayHistory(given) : replayCase(given, given.place);
}

function replayCase({ optionsFile, isJson, isStrict }: Arguments, place: string): number {
  const answer = optionsFile === null ? null : optionsOf({ optionsFile, frigateUrl: null });
  if (answer && !answer.ok) return refuse(answer.sentences);
  const opened = openCaseAt(place, answer?.options ?? null);
  if ('problem' in opened) return refuse([opened.problem]);
  const { recorded, target, looks } = opened;
  for (const note of recorded.notes) process.stderr.write(`${note}\n`);
  const when = (at: number) => `${String(Math.round(at - recorded.startsAt)).padStart(6)} s`;
  const report = replayReport(
    target,
    looks,
    isJson ? () => undefined : (change) => print(changeText(change, when(change.at))),
  );
  if (!report) return refuse([`${place}: there is no look in it.`]);
  print(isJson ? `${JSON.stringify(report)}\n` : summary({ ...report, name: basename(resolve(place)) }));
  return exitCodeOf(report.verdict, isStrict);
}

/** What a Warden has recorded, through these options. */
function replayHistory(given: Arguments): number {
  const answer = optionsOf({ optionsFile: given.optionsFile, frigateUrl: null });
  if (!answer.ok) return refuse(answer.sentences);
  const { options } = answer;
  const folder = folderOf(given);
  const log = openLog({ level: 'warn', secrets: secretsOf(options), destination: process.stderr });
  const history = openHistory({ folder, log, readOnly: true });
  try {
    const span = { from: given.from ?? 0, to: given.to ?? Number.MAX_SAFE_INTEGER };
    const reports = targetsOf(options).flatMap((target, index) => {
      const looks = replay(target, history.read(target.id, span), rememberedOf(options, index));
      const show = (change: Change) => print(`${target.name} ${changeText(change, stampOf(change.at))}`);
      const report = replayReport(target, looks, given.isJson ? () => undefined : show);
      return report ? [report] : [];
    });
    if (reports.length === 0) return refuse([`${folder} holds no recorded look of that time; give --data DIR.`]);
    print(given.isJson ? `${JSON.stringify(reports)}\n` : reports.map(summary).join(''));
    return Math.max(...reports.map(({ verdict }) => exitCodeOf(verdict, given.isStrict)));
  } finally {
    history.close();
  }
}

/** The looks begin in the middle: that the address is right is not in doubt. */
function rememberedOf({ frigates }: Options, index: number): unknown {
  const frigate = frigates[index];
  return frigate ? memoryOf([], { url: frigate.url ?? null, service: serviceOf(frigate) }) : null;
}

function stampOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function summary({ name, looks, from, to, verdict, incidents, restarts, held_back: heldBack }: ReplayReport): string {
  const opened = incidents.filter(({ type }) => type === 'opened').length;
  const held = Object.entries(heldBack).map(([guard, count]) => `${guard} at ${plural(count, 'look')}`);
  return [
    `=== ${name}: ${plural(looks, 'look')} over ${Math.round(to - from)} s; ${verdict} at the end ===`,
    `${plural(opened, 'incident')}, ${plural(restarts.length, 'restart')} would have been ordered.`,
    ...restarts.map(({ remedy, reason }) => `  ${remedy}: ${reason}`),
    ...(held.length > 0 ? [`Held back by: ${held.join(', ')}.`] : []),
    '',
  ].join('\n');
}

function print(text: string): void {
  process.stdout.write(text);
}
