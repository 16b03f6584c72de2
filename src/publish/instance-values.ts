/** How the values of an instance's rows are read from its view. */
import type { Incident } from '../rules/state.ts';
import { streakKey } from '../rules/streak.ts';
import { causeName, ownMember, vetoSentence } from './naming.ts';
import type { Attributes, StateValue } from './row.ts';
import type { View } from './view.ts';
import { clip, iso, onOff, sentence, withoutLength } from './words.ts';

/** An attribute of more than 16 KB is not recorded by Home Assistant; a sentence that long is not read by anybody. */
export const SENTENCE_LENGTH = 500;
const EVIDENCE_LINES = 5;

/** Too little seen is unknown, never "no problem"; what was bad stays a problem until it was seen to be good. */
export function problem(view: View): StateValue {
  const { verdict } = view.decision;
  if (verdict === 'unhealthy' || verdict === 'degraded') return onOff(true);
  if (verdict !== 'healthy' && openIncident(view)) return onOff(true);
  return verdict === 'unknown' ? null : onOff(false);
}

/** The target's own, bad just now or not yet seen good; null: none, or one that is only held open. */
function openIncident(view: View): Incident | null {
  const { decision } = view;
  const incident = decision.state.incidents.find(({ member, status }) => member === null && status === 'open');
  const hasCause = decision.cause !== null && ownMember(decision.cause, view) === null;
  return incident && (incident.bad || hasCause) ? incident : null;
}

export function verdictSentence(view: View): string {
  const { decision, looked } = view;
  if (decision.verdict === 'starting') return clip(startingSentence(view), SENTENCE_LENGTH);
  if (decision.cause) return attributeSentence(`${decision.cause.detail}${othersSentence(view)}`);
  if (decision.verdict === 'unknown') {
    return clip(`Too little can be seen. ${looked.cannotSee[0] ?? ''}`.trim(), SENTENCE_LENGTH);
  }
  return 'All that can be seen is good.';
}

/** Where one member's own trouble stands for the whole, others may have theirs. */
function othersSentence(view: View): string {
  const { cause, state } = view.decision;
  const first = ownMember(cause, view);
  if (first === null) return '';
  const others = state.incidents.flatMap(({ member, status, bad }) =>
    member !== null && member !== first && status === 'open' && bad ? [member] : [],
  );
  return others.length > 0 ? ` Also in trouble: ${others.join(', ')}.` : '';
}

/** What failed before the start is not there now: it is said only as what was, or why. */
function startingSentence(view: View): string {
  const incident = openIncident(view);
  const before = incident && causeName(incident.cause, view);
  const order = view.decision.state.pursuit?.order ?? null;
  if (!isStartOfOurs(view)) return before ? `It is starting. Not yet seen good again: ${before}.` : 'It is starting.';
  const begun = 'It is starting after a restart.';
  if (order?.by === 'person') return `${begun} ${sentence(order.reason)}`;
  const what = order?.cause ? causeName(order.cause, view) : before;
  return what ? `${begun} It was restarted for: ${what}.` : begun;
}

/** The order that is followed was taken, or the present run began soon after our last one. */
function isStartOfOurs({ decision: { state }, looked: { circumstances } }: View): boolean {
  if (state.pursuit) return state.pursuit.stage !== 'ordered';
  const { startedAt, graceSeconds } = circumstances;
  if (!startedAt.known || state.lastStart === null || state.lastStart.orderId === null) return false;
  const after = startedAt.value - state.lastStart.at;
  return after >= 0 && after <= graceSeconds;
}

/** As an attribute: a row in the recorder for each change, so what only grows with time is left out. */
export function attributeSentence(text: string): string {
  return clip(withoutLength(text), SENTENCE_LENGTH);
}

export function causeAttributes({ target, decision }: View): Attributes {
  const { cause, findings, state } = decision;
  if (!cause) return { name: null, sentence: null, member: null, since: null, evidence: [] };
  const finding = findings.find((one) => one.check === cause.check && one.member === cause.member);
  return {
    name: target.checks.find(({ id }) => id === cause.check)?.name ?? cause.check,
    sentence: attributeSentence(cause.detail),
    member: cause.member,
    since: iso(state.streaks[streakKey(cause.check, cause.member)]?.badSince),
    evidence: (finding?.evidence ?? []).slice(0, EVIDENCE_LINES).map((line) => clip(line, SENTENCE_LENGTH)),
  };
}

export function heldBackAttributes(view: View): Attributes {
  const { vetoes } = view.decision;
  const all = vetoes.map((veto) => clip(vetoSentence(veto, view), SENTENCE_LENGTH));
  const preflight = (view.preflight ?? []).map((one) => clip(one, SENTENCE_LENGTH));
  return { sentence: all[0] ?? null, until: iso(vetoes[0]?.until), all, preflight };
}

export function openBreakers(breakers: View['decision']['state']['breakers']): readonly string[] {
  return Object.entries(breakers).flatMap(([signature, { openedAt }]) => (openedAt === null ? [] : [signature]));
}

export function hasCheck({ target }: View, check: string): boolean {
  return target.checks.some(({ id }) => id === check);
}

/** What could not be seen is neither connected nor disconnected. */
export function connectivity({ decision }: View, check: string): StateValue {
  const answers = decision.findings.filter((one) => one.check === check).map(({ answer }) => answer);
  if (answers.includes('bad')) return 'OFF';
  return answers.includes('ok') ? 'ON' : null;
}

export function detailOf({ decision }: View, check: string): string | null {
  const detail = decision.findings.find((one) => one.check === check)?.detail;
  return detail === undefined ? null : attributeSentence(detail);
}

/** Voters whose voice says bad; null where none of them could be seen. */
export function camerasDown({ target, decision, looked }: View): readonly string[] | null {
  const checks = target.checks.find(({ vote }) => vote?.kind === 'camera')?.vote?.checks ?? [];
  const voters = looked.members.filter(({ kind, votes }) => kind === 'camera' && votes === true);
  const down = voters.filter(({ id }) => checks.some((check) => decision.state.streaks[streakKey(check, id)]?.latched));
  const isSeen = decision.findings.some(
    ({ check, answer }) => checks.includes(check) && (answer === 'ok' || answer === 'bad'),
  );
  return down.length > 0 || isSeen ? down.map(({ id }) => id) : null;
}

/** With neither a cluster nor a remedy nothing can be restarted: what speaks of restarts would only puzzle. */
export function isRestartable(view: View): boolean {
  return hasCluster(view) || view.target.hasRemedy === true;
}

export function hasCluster({ looked }: View): boolean {
  return looked.readings.cluster !== 'not_configured';
}
