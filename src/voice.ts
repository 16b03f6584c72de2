/** The loop's voice: what changed, one line each. A turn without news is silent. */
import type { Log } from './doors/ports.ts';
import { isBlind } from './preflight.ts';
import type { View } from './publish/view.ts';
import type { Decision } from './rules/decide.ts';
import type { State } from './rules/state.ts';
import type { AnyTarget, Looked } from './targets/target.ts';

export function tellChange(before: State, decision: Decision, target: AnyTarget, log: Log): void {
  if (decision.verdict !== before.verdict) {
    const why = decision.cause ? `: ${decision.cause.detail}` : '.';
    log.info(`${target.name} is ${decision.verdict}${why}`, { target: target.id, was: before.verdict });
  }
  for (const { type, sentence, guard, incidentId } of decision.announcements) {
    log.info(`${target.name}: ${type.replaceAll('_', ' ')}. ${sentence}`, {
      target: target.id,
      ...(guard === null ? {} : { guard }),
      ...(incidentId === null ? {} : { incident: incidentId }),
    });
  }
}

/** At the start everybody wants to know what is seen and what is not. */
export function tellFirstLook(decision: Decision, looked: Looked, target: AnyTarget, log: Log): void {
  const suspects = decision.findings.filter((finding) => finding.answer === 'bad').map((finding) => finding.detail);
  if (suspects.length === 0) log.info(`${target.name} was seen for the first time: ${decision.verdict}.`);
  for (const sentence of new Set([...suspects, ...looked.cannotSee])) log.warn(`${target.name}: ${sentence}`);
}

/** Each sentence once, and again when it was gone in between. A restart of ours changes much, and soon it is over. */
export function tellPreflight(before: readonly string[], view: View, log: Log): readonly string[] {
  const { target, decision, looked, preflight: sentences = [] } = view;
  if (decision.state.pursuit !== null) return before;
  for (const sentence of sentences) if (!before.includes(sentence)) log.warn(`${target.name}: ${sentence}`);
  if (isBlind(looked)) return [...new Set([...before, ...sentences])];
  if (before.length > 0 && sentences.length === 0)
    log.info(`${target.name}: Nothing speaks against a restart any more.`);
  return sentences;
}
