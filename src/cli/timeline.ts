/** What changed from look to look of a replay. */
import type { ReplayedLook } from '../replay.ts';
import { streakKey } from '../rules/streak.ts';
import type { CauseRef, Verdict } from '../rules/types.ts';
import type { AnyTarget } from '../targets/target.ts';
import { type CheckReport, causeWords, checkLines, checksOf } from './report.ts';

/** What changed with one look, a line each; empty where nothing did. */
export interface Change {
  at: number;
  verdict: Verdict | null;
  cause: CauseRef | null | undefined;
  /** Findings that turned, as the look gave them. */
  turned: readonly CheckReport[];
  /** What was told, in the words of the announcement. */
  told: readonly { type: string; sentence: string }[];
  ordered: { remedy: string; reason: string } | null;
  /** The first veto where it is another than before; null: nothing is held back any more. */
  heldBack: { guard: string; sentence: string } | null | undefined;
}

/** Compares each look with the one before; `undefined` and empty lists mean "as before". */
export function changesIn(target: AnyTarget): (look: ReplayedLook) => Change | null {
  let before = {
    verdict: null as Verdict | null,
    cause: '',
    findings: new Map<string, string>(),
    guard: '',
    ordered: false,
  };
  return (look) => {
    const { decision, at } = look;
    const { verdict, cause, vetoes, orders } = decision;
    const checks = checksOf(look);
    const findings = new Map(checks.map((one) => [streakKey(one.id, one.member), `${one.finding} ${one.confirmed}`]));
    const turned = checks.filter((one) => {
      const [key, is] = [streakKey(one.id, one.member), `${one.finding} ${one.confirmed}`];
      const was = before.findings.get(key);
      return was !== is && (one.finding !== 'ok' || (was !== undefined && !was.startsWith('ok')));
    });
    const ref = cause && { check: cause.check, layer: cause.layer, member: cause.member };
    const [veto] = cause && target.policy.remedies.length > 0 ? vetoes : [];
    const [order] = orders;
    const change: Change = {
      at,
      verdict: verdict === before.verdict ? null : verdict,
      cause: JSON.stringify(ref) === before.cause ? undefined : ref,
      turned,
      told: decision.announcements
        .filter(({ type }) => type !== 'restart_ordered' && type !== 'refused')
        .map(({ type, sentence }) => ({ type, sentence })),
      ordered: order && !before.ordered ? { remedy: order.remedy, reason: order.reason } : null,
      heldBack:
        (veto?.guard ?? '') === before.guard ? undefined : veto ? { guard: veto.guard, sentence: veto.sentence } : null,
    };
    const isFirst = before.verdict === null;
    before = { verdict, cause: JSON.stringify(ref), findings, guard: veto?.guard ?? '', ordered: orders.length > 0 };
    const isNews =
      change.verdict !== null ||
      (change.cause !== undefined && !isFirst) ||
      turned.length > 0 ||
      change.told.length > 0 ||
      change.ordered !== null ||
      change.heldBack !== undefined;
    return isNews ? change : null;
  };
}

/** One change as lines; `when` is how its moment is written. */
export function changeText({ verdict, cause, turned, told, ordered, heldBack }: Change, when: string): string {
  const words = [
    ...(verdict === null ? [] : [`is ${verdict}`]),
    ...(cause === undefined ? [] : [cause ? `cause: ${causeWords(cause)}` : 'no cause']),
  ];
  return [
    `${when} ${words.join('; ')}`.trimEnd(),
    ...checkLines(turned),
    ...told.map(({ type, sentence }) => `  ${type.replaceAll('_', ' ')}: ${sentence}`),
    ...(ordered ? [`  RESTART (${ordered.remedy}) would be ordered: ${ordered.reason}`] : []),
    ...(heldBack ? [`  held back by ${heldBack.guard}: ${heldBack.sentence}`] : []),
    '',
  ].join('\n');
}
