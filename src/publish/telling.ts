/** An announcement in words: its title, its message, and what a person can do. Pure. */
import { streakKey } from '../rules/streak.ts';
import type { Announcement, AnnouncementType, Severity } from '../rules/types.ts';
import { isRestartable } from './instance-values.ts';
import { causeName, memberName, ownMember, rowOf, severityOf, vetoSentence } from './naming.ts';
import type { View } from './view.ts';
import { aheadWords, clockWords, counted, lengthWords, sentence, withoutLength } from './words.ts';

const STANDS: Record<Severity, string> = {
  unhealthy: 'is unhealthy',
  degraded: 'is degraded',
  unknown: 'cannot be judged',
  tells: 'has something to tell',
};

/** One line that says what and where, also on a lock screen. */
export function titleOf(announcement: Announcement, view: View): string {
  const { type, cause, severity, order } = announcement;
  const { name } = view.target;
  const member = ownMember(cause, view);
  const ofMember = member === null ? undefined : memberTitle(announcement, member, view);
  if (ofMember !== undefined) return `${name}: ${ofMember}`;
  const what = cause ? causeName(cause, view) : 'no cause is known';
  const stands = STANDS[severity ?? severityOf(cause, view) ?? 'unhealthy'];
  const isForNothing = order !== null && order.cause === null;
  const titles: Record<AnnouncementType, string> = {
    opened: `${name} ${stands}: ${what}`,
    changed: `${name} ${stands}, and the cause is now: ${what}`,
    resolved: view.decision.verdict === 'healthy' ? `${name} is healthy again` : `${name}: resolved: ${what}`,
    flapping: `${name}: comes and goes: ${what}`,
    restart_ordered:
      order?.by === 'person' ? `A restart of ${name} is ordered, as asked` : `A restart of ${name} is ordered: ${what}`,
    cured: isForNothing ? `${name} is restarted and answers again` : `${name}: the restart helped`,
    ineffective: isForNothing ? `${name}: the restart did not end well` : `${name}: the restart did not help`,
    failed: `${name}: the restart failed`,
    refused: `${name} is not restarted`,
    breaker_opened: `${name}: no more automatic restarts for now`,
    breaker_reset: `${name}: restarts are allowed again`,
    chronic: `${name}: restarts do not cure this`,
    test: `${name}: test alert`,
  };
  return titles[type];
}

/** One member's trouble says nothing of the whole: that may be healthy all the time. */
function memberTitle({ type, cause }: Announcement, member: string, view: View): string | undefined {
  const who = memberName(member, view);
  const what = cause ? causeName({ ...cause, member: null }, view) : '';
  const isWatched = view.looked.members.some(({ id, votes }) => id === member && votes === true);
  const titles: Partial<Record<AnnouncementType, string>> = {
    opened: `${who}: ${what}`,
    changed: `${who}: now ${what}`,
    resolved: `${who} is ${isWatched ? 'good again' : 'no longer watched'}`,
    flapping: `${who} comes and goes: ${what}`,
  };
  return titles[type];
}

const TELLS_TROUBLE: readonly AnnouncementType[] = ['opened', 'changed', 'flapping'];
/** Nothing is wrong any more, or something is being done: nobody has to do anything. */
const NEEDS_NOBODY: readonly AnnouncementType[] = ['resolved', 'cured', 'restart_ordered', 'breaker_reset', 'test'];
/** A restart has just been tried, or is out of the question. */
const NO_RESTART: readonly AnnouncementType[] = ['ineffective', 'breaker_opened', 'chronic'];
/** A person may restart what these hold back: they say nothing against the restart itself. */
const LEAVES_IT_TO_PEOPLE: readonly string[] = ['observe_only', 'maintenance'];
/** As the guard says it. */
const NO_REMEDY = /^No (?:configured )?remedy\b/;
/** A step that asks for what the message may just have refused. */
export const URGES_RESTART = /(?:^|[,;:] )restart \p{Lu}/iu;

/** Whether the fault is still something to look at. */
export function needsSomebody(type: AnnouncementType): boolean {
  return !NEEDS_NOBODY.includes(type);
}

/** What a person can do now, most likely first: never what contradicts the message. */
export function stepsOf({ type, cause, guard }: Announcement, view: View): readonly string[] {
  const row = cause ? rowOf(cause.check, view.target) : undefined;
  if (!row || !needsSomebody(type)) return [];
  if (!row.memberIncident && isRestarting(view)) return [];
  const mayRestart = !NO_RESTART.includes(type) && (guard === null || isLeftToPeople(guard, view));
  return mayRestart && view.decision.vetoes.every((veto) => isLeftToPeople(veto.guard, view))
    ? row.nextSteps
    : row.nextSteps.filter((step) => !URGES_RESTART.test(step));
}

/** Who only observes leaves all to people; its veto is the one that no remedy is at hand. */
function isLeftToPeople(guard: string, view: View): boolean {
  const isNoRemedy = guard === 'futile' && view.decision.vetoes.some((veto) => NO_REMEDY.test(veto.sentence));
  return LEAVES_IT_TO_PEOPLE.includes(guard) || isNoRemedy || !isRestartable(view);
}

/** What, since when, how sure, what happens next. */
export function messageOf(announcement: Announcement, view: View): string {
  const { guard } = announcement;
  const since = sinceSentence(announcement, view);
  const said = guard === null ? announcement.sentence : vetoSentence({ guard, sentence: announcement.sentence }, view);
  return joined(
    sentence(since === '' ? said : withoutLength(said)),
    since,
    aboutSentence(announcement, view),
    nextSentence(announcement, view),
  );
}

/** News of a restart say what it is about: who reads them may not have seen how it began. */
function aboutSentence({ type, cause, order }: Announcement, view: View): string {
  if (cause && ['ineffective', 'failed', 'refused', 'breaker_opened', 'chronic'].includes(type)) {
    return `The fault: ${causeName(cause, view)}.`;
  }
  if (cause && (type === 'cured' || type === 'resolved')) return `The fault was: ${causeName(cause, view)}.`;
  return type === 'cured' && order?.by === 'person' ? sentence(order.reason) : '';
}

function sinceSentence({ type, cause }: Announcement, { decision, now }: View): string {
  if (!cause || !TELLS_TROUBLE.includes(type)) return '';
  const streak = decision.state.streaks[streakKey(cause.check, cause.member)];
  if (!streak || streak.bad === 0) return '';
  const often = streak.bad === 1 ? 'seen once' : `seen in ${counted(streak.bad, 'answer')} in a row`;
  return `Since ${clockWords(streak.badSince, now)} (${lengthWords(now - streak.badSince)}), ${often}.`;
}

function nextSentence(announcement: Announcement, view: View): string {
  const { type, cause, order } = announcement;
  const { decision, now } = view;
  const [step] = stepsOf(announcement, view);
  const advice = step === undefined ? '' : `What you can do: ${sentence(step)}`;
  const next = decision.nextAttemptAt;
  const attempt = next !== null && next > now ? `The next attempt is possible ${aheadWords(next, now)}.` : '';
  switch (type) {
    case 'opened':
    case 'changed':
    case 'flapping':
      return joined(
        ownMember(cause, view) === null ? outlook(view, attempt) : 'This alone is no reason for a restart.',
        advice,
      );
    case 'restart_ordered': {
      const whether = order?.cause === null ? 'Whether it answers again' : 'Whether it helped';
      return `${whether} is told within ${lengthWords(view.looked.circumstances.graceSeconds)}.`;
    }
    case 'ineffective':
    case 'failed':
    case 'refused':
    case 'breaker_opened':
      return joined(attempt, advice);
    case 'chronic':
      return advice;
    default:
      return '';
  }
}

function isRestarting({ decision }: View): boolean {
  return decision.orders.length > 0 || decision.state.pursuit !== null;
}

function outlook(view: View, attempt: string): string {
  const { decision, now } = view;
  if (decision.orders.length > 0) return 'A restart is ordered now.';
  if (decision.state.pursuit) {
    return `The restart ordered at ${clockWords(decision.state.pursuit.order.at, now)} is not yet verified.`;
  }
  if (!isRestartable(view)) return 'It is only observed: the Warden cannot restart it.';
  const [veto] = decision.vetoes;
  if (veto?.guard === 'observe_only') return sentence(veto.sentence);
  return veto ? joined(`No automatic restart now: ${sentence(vetoSentence(veto, view))}`, attempt) : '';
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
