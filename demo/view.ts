/** From what a look found to lines for a terminal. Pure: it has no clock and no screen, and needs no colour. */
import type { WardenEvent } from '../src/publish/events.ts';
import type { TargetCard, View } from '../src/publish/view.ts';
import { lengthWords } from '../src/publish/words.ts';
import { streakKey } from '../src/rules/streak.ts';
import type { Finding, Verdict } from '../src/rules/types.ts';
import type { Played, Turn } from './play.ts';
import type { Step, Story } from './script.ts';

export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'bad' | 'odd';

/** Colours a piece of text, or leaves it as it is. It must not change what the text says. */
export type Paint = (tone: Tone, text: string) => string;

export const plain: Paint = (_tone, text) => text;

/** Foregrounds of the terminal's own palette that can be read on black and on white. */
const CODES: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '1',
  faint: '2',
  good: '32',
  bad: '31',
  odd: '35',
};

export const coloured: Paint = (tone, text) => (tone === 'plain' ? text : `\u001B[${CODES[tone]}m${text}\u001B[0m`);

const WIDTH = 98;
/** The clock, and the words that say what a line is about. */
const LABEL_AT = 10;
const TEXT_AT = 22;
/** More would hide what matters. */
const MOST_SEEN = 4;
const MESSAGE_LENGTH = 400;

/** All that is new in one look; `before` is the one before it in the story. What is as it was is not repeated. */
export function turnLines(turn: Turn, before: Turn | null, paint: Paint): readonly string[] {
  const { view, topics, events } = turn;
  const { decision, now, target } = view;
  const { cause, verdict } = decision;
  const name = cause === null ? '' : `${nameOf(cause.check, target)}${cause.member ? ` (${cause.member})` : ''}`;
  const words = cause === null ? allWell(view) : `cause: ${name}, in the layer ${cause.layer}`;
  const sightings = before && seenPrint(before.view) === seenPrint(view) ? [] : seen(view);
  const [tone, text] = decided(view);
  const isDecidedAnew = before === null || decidedPrint(before.view) !== decidedPrint(view) || events.length > 0;
  return [
    `${clock(now)}  ${paint(toneOf(verdict), verdict.padEnd(TEXT_AT - LABEL_AT))}${paint('plain', words)}`,
    ...sightings.flatMap((sentence, i) => row(i === 0 ? 'seen' : '', sentence, paint)),
    ...(isDecidedAnew ? row('decided', text, paint, tone) : []),
    ...events.flatMap((event, i) => [
      ...row(i === 0 ? 'told' : '', eventTitle(event), paint, 'strong'),
      ...row('', eventWords(event, i === 0), paint),
    ]),
    ...row('published', publishedWords(topics, events.length), paint, 'faint'),
  ];
}

/** One line for the looks that brought nothing new. */
export function quietLine(view: View, looks: number, paint: Paint): string {
  const count = looks === 1 ? 'a look' : `${looks} looks`;
  const text = `· ${count} without news: ${view.decision.verdict}, ${figures(view)}`;
  return `${clock(view.now)}  ${paint('faint', clip(text, WIDTH - LABEL_AT))}`;
}

/** What happens in the simulated house. */
export function stepLines(step: Pick<Step, 'says'>, at: number, paint: Paint): readonly string[] {
  const [first = '', ...rest] = wrap(step.says, WIDTH - LABEL_AT - 2);
  return [
    `${clock(at)}  ${paint('odd', `» ${first}`)}`,
    ...rest.map((line) => `${' '.repeat(LABEL_AT + 2)}${paint('odd', line)}`),
  ];
}

export function titleLines(
  { title, shows, name }: Pick<Story, 'title' | 'shows' | 'name'>,
  place: { number: number; of: number },
  paint: Paint,
): readonly string[] {
  const heading = `${place.number} of ${place.of}  ${title}`;
  const rule = '─'.repeat(Math.max(3, WIDTH - heading.length - name.length - 2));
  return ['', `${paint('strong', heading)} ${paint('faint', `${rule} ${name}`)}`, ...wrap(shows, WIDTH), ''];
}

/** How a story ended, against what its row in the script says. */
export function endLines({ isAsTold, seconds, events, story }: Played, chain: readonly string[], paint: Paint) {
  const length = lengthWords(seconds);
  if (isAsTold === null) return [paint('faint', `Interrupted after ${length} in the house.`)];
  const count = events.length === 1 ? '1 message' : `${events.length} messages`;
  if (isAsTold) return [paint('faint', `${' '.repeat(LABEL_AT)}${length} in the house, ${count} to Home Assistant.`)];
  return [
    paint('bad', 'This did not go as the script says.'),
    ...wrap(`Expected: ${story.expect.join(' · ')}`, WIDTH),
    ...wrap(`Told: ${chain.join(' · ')}`, WIDTH),
  ];
}

/** All stories at the end, a row each. */
export function summaryLines(played: readonly Played[], paint: Paint): readonly string[] {
  const rows = played.map((one) => [one.story.fault, causeWords(one), outcomeWords(one), delayWords(one)]);
  const head = ['What went wrong', 'Cause that was named', 'What was done', 'Fault to order'];
  const widths = [25, 27, 30, 16];
  const cells = (row: readonly string[]): readonly string[] => {
    const columns = row.map((text, i) => wrap(text, (widths[i] ?? 0) - 2));
    const height = Math.max(...columns.map((column) => column.length));
    return Array.from({ length: height }, (_, line) =>
      columns
        .map((column, i) => (column[line] ?? '').padEnd(widths[i] ?? 0))
        .join('')
        .trimEnd(),
    );
  };
  return [
    '',
    ...cells(head).map((line) => paint('strong', line)),
    paint('faint', '─'.repeat(WIDTH)),
    ...rows.flatMap((row) => [...cells(row)]),
  ];
}

/** Nothing is new to somebody who watches. */
export function isQuiet(turn: Turn, before: Turn | null): boolean {
  if (before === null || turn.events.length > 0) return false;
  const print = ({ view }: Turn) => [standPrint(view), seenPrint(view), decidedPrint(view)].join();
  return print(turn) === print(before);
}

function standPrint({ decision: { verdict, cause } }: View): string {
  return JSON.stringify([verdict, cause?.check, cause?.member]);
}

/** Without figures: what is as bad as before is no news. */
function seenPrint(view: View): string {
  const { findings } = view.decision;
  const said = findings
    .filter(({ check }) => !isVote(check, view.target))
    .map(({ check, member, answer }) => [check, member, answer, isLatched(view, { check, member })])
    .filter(([, , answer, latched]) => answer === 'bad' || answer === 'unknown' || (answer === 'ok' && latched));
  return JSON.stringify(said.map((one) => one.join()).sort());
}

function decidedPrint(view: View): string {
  const { orders, state, vetoes } = view.decision;
  if (orders.length > 0 || !state.pursuit) return JSON.stringify([orders.length, vetoes[0]?.guard, decided(view)[1]]);
  return state.pursuit.stage;
}

function row(label: string, text: string, paint: Paint, tone: Tone = 'plain'): readonly string[] {
  if (text === '') return [];
  return wrap(text, WIDTH - TEXT_AT).map((line, i) => {
    const before = `${' '.repeat(LABEL_AT)}${(i === 0 ? label : '').padEnd(TEXT_AT - LABEL_AT)}`;
    return `${paint('faint', before)}${paint(tone, line)}`;
  });
}

function allWell(view: View): string {
  return view.decision.verdict === 'unknown' ? 'what is wrong cannot be said yet' : figures(view);
}

/** The figures that a person would look at first. */
function figures({ looked }: View): string {
  const { members, detectionRate } = looked.readings;
  const cameras = members.filter(({ kind }) => kind === 'camera');
  const sending = cameras.filter(({ framesPerSecond }) => (framesPerSecond ?? 0) >= 1).length;
  const detectors = members.filter(({ kind, inferenceMs }) => kind === 'detector' && inferenceMs !== null);
  if (detectors.length === 0) return 'Frigate says nothing';
  return [
    `${sending} of ${cameras.length} cameras send`,
    ...detectors.map(({ id, inferenceMs }) => `${id} ${Math.round(inferenceMs ?? 0)} ms`),
    ...(detectionRate === null ? [] : [`${Math.round(detectionRate)} detections/s`]),
  ].join(', ');
}

/** What is not well, in words; the same sentence once, whoever says it. */
function seen(view: View): readonly string[] {
  const findings = view.decision.findings.filter(({ check }) => !isVote(check, view.target));
  const bad = findings.filter(({ answer }) => answer === 'bad');
  const sentences = [
    ...[...Map.groupBy(bad, ({ check }) => check).values()].map((group) => badSentence(group, view)),
    ...unknownSentences(findings.filter(({ answer }) => answer === 'unknown')),
    ...recovering(view),
  ];
  const left = sentences.length - MOST_SEEN;
  return left > 0 ? [...sentences.slice(0, MOST_SEEN), `and ${left} more`] : sentences;
}

/** The findings of one check together. */
function badSentence(group: readonly Finding[], view: View): string {
  const [first] = group;
  if (!first) return '';
  const mark = group.some((finding) => isLatched(view, finding)) ? '' : ' Not yet confirmed.';
  const others = group.length - 2;
  const shown = others > 1 ? group.slice(0, 1) : group;
  const more = others > 1 ? ` The same for ${group.length - 1} more.` : '';
  return `${shown.map(({ detail }) => detail).join(' ')}${more}${mark}`;
}

function unknownSentences(findings: readonly Finding[]): readonly string[] {
  return [...Map.groupBy(findings, ({ detail }) => detail)].map(([detail, { length }]) =>
    length === 1 ? detail : `${detail} (${length} checks cannot be answered.)`,
  );
}

/** Gone, but not for long enough to count as cleared. */
function recovering(view: View): readonly string[] {
  const { findings } = view.decision;
  const names = findings
    .filter((finding) => finding.answer === 'ok' && isLatched(view, finding))
    .map(({ check, member }) =>
      member === null ? nameOf(check, view.target) : `${nameOf(check, view.target)} ${member}`,
    );
  if (names.length === 0) return [];
  const shown = names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
  return [`Gone, but not for long enough yet: ${shown}.`];
}

/** An order, or why there is none. */
function decided(view: View): readonly [Tone, string] {
  const { decision, now } = view;
  const { orders, cause, vetoes, state } = decision;
  const [order] = orders;
  if (order) return ['strong', `RESTART ordered (${order.remedy}): no guard objects.`];
  if (state.pursuit) {
    const ago = lengthWords(now - state.pursuit.order.at);
    return ['plain', `waits: the restart was ordered ${ago} ago; ${STAGES[state.pursuit.stage]}.`];
  }
  const [veto] = vetoes;
  if (cause && veto) {
    const until = veto.until !== null && veto.until > now ? ` Until ${clock(veto.until)}.` : '';
    return ['strong', `no restart, held back by ${veto.guard}: ${veto.sentence}${until}`];
  }
  const bad = decision.findings.filter(({ answer }) => answer === 'bad');
  const own = bad.filter((finding) => isLatched(view, finding));
  const vote = decision.findings.find(({ check }) => isVote(check, view.target));
  if (own.length > 0 && vote) return ['strong', `no restart: ${vote.detail} That is no majority.`];
  if (bad.length > 0) return ['plain', 'waits: nothing is decided before it is confirmed.'];
  return ['plain', ''];
}

const STAGES = {
  ordered: 'the cluster has not shown it yet',
  accepted: 'the new pod is not there yet',
  restarted: 'the new Frigate has not answered yet',
  answering: 'the new Frigate answers, and whether it helped is not proven yet',
} as const;

function eventTitle({ event_type: type, title }: WardenEvent): string {
  return `Home Assistant (${type.replaceAll('_', ' ')}): "${title}"`;
}

/** The words under the title: all of the first message, of more at once what is new in them. */
function eventWords({ event_type: type, message }: WardenEvent, isFirst: boolean): string {
  if (type === 'restart_ordered') return '';
  const isLong = isFirst && type !== 'resolved' && type !== 'cured';
  return isLong ? clip(message, MESSAGE_LENGTH) : firstSentence(message);
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
}

function publishedWords(topics: number, events: number): string {
  const parts = [
    ...(topics > 0 ? [topics === 1 ? '1 topic' : `${topics} topics`] : []),
    ...(events > 0 ? [events === 1 ? '1 event' : `${events} events`] : []),
  ];
  return parts.length === 0 ? '' : `${parts.join(' and ')} over MQTT`;
}

function causeWords({ events, faultAt }: Played): string {
  const named = events.findLast(({ event_type: type }) => type === 'opened' || type === 'changed');
  if (!named?.check) return faultAt === null ? '' : 'none';
  const members = new Set(events.filter(({ check }) => check === named.check).map(({ member }) => member));
  const who = [...members].filter((member) => member !== null);
  return `${named.check}${who.length > 0 ? ` (${who.join(', ')})` : ''}, layer ${named.layer}`;
}

function outcomeWords({ events }: Played): string {
  const types = events.map(({ event_type: type }) => type);
  const ordered = types.filter((type) => type === 'restart_ordered').length;
  const refused = events.find(({ event_type: type }) => type === 'refused');
  const reason = refused ? firstSentence(refused.message) : NO_REASON;
  if (ordered === 0) {
    const isTold = refused !== undefined || events.some(({ message }) => message.includes(NO_REASON));
    return isTold ? `no restart: ${reason}` : 'no restart';
  }
  const restarts = ordered === 1 ? 'one restart' : `${ordered} restarts`;
  // What was refused before it is over with the cure.
  if (types.lastIndexOf('cured') > types.lastIndexOf('refused')) return `${restarts}, cured`;
  return refused ? `${restarts}, not cured; no more, held back by ${refused.guard}` : `${restarts}, not cured`;
}

/** How the product says it of a member that has an incident of its own. */
const NO_REASON = 'This alone is no reason for a restart.';

function delayWords({ events, faultAt }: Played): string {
  const order = events.find(({ order: one }) => one !== null)?.order;
  if (!order || faultAt === null) return '–';
  return `${Math.round(Date.parse(order.at) / 1000 - faultAt)} s`;
}

function nameOf(check: string, { checks }: TargetCard): string {
  return checks.find(({ id }) => id === check)?.name ?? check;
}

function isVote(check: string, { checks }: TargetCard): boolean {
  return checks.some(({ id, vote }) => id === check && vote !== undefined);
}

function isLatched({ decision }: View, { check, member }: Pick<Finding, 'check' | 'member'>): boolean {
  return decision.state.streaks[streakKey(check, member)]?.latched ?? false;
}

function toneOf(verdict: Verdict): Tone {
  if (verdict === 'healthy') return 'good';
  return verdict === 'unhealthy' ? 'bad' : 'odd';
}

function clock(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().slice(11, 19);
}

function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Lines of whole words; a word that is too long has a line of its own, cut. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? clip(word, width) : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
