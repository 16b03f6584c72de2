/** Names for what the engine only knows by ids: causes, members, layers, and the sentences of vetoes. */
import { streakKey } from '../rules/streak.ts';
import type { CauseRef, Severity, Veto } from '../rules/types.ts';
import type { TargetCard, View } from './view.ts';
import { inTitle } from './words.ts';

type Row = TargetCard['checks'][number];

export function rowOf(check: string, { checks }: TargetCard): Row | undefined {
  return checks.find(({ id }) => id === check);
}

/** `detector slow (coral)`: as it stands inside a sentence or a title. */
export function causeName({ check, member }: CauseRef, { target }: View): string {
  const name = inTitle(rowOf(check, target)?.name ?? check);
  return member === null ? name : `${name} (${member})`;
}

/** The cause's member where the trouble is that member's own and says nothing of the whole. */
export function ownMember(cause: CauseRef | null, { target }: View): string | null {
  return cause && rowOf(cause.check, target)?.memberIncident ? cause.member : null;
}

/** `camera door`. */
export function memberName(member: string, { looked }: View): string {
  const known = [...looked.members, ...looked.readings.members].find(({ id }) => id === member);
  return `${known?.kind ?? 'camera'} ${member}`;
}

export function severityOf(cause: CauseRef | null, { target }: View): Severity | null {
  return (cause && rowOf(cause.check, target)?.severity) ?? null;
}

/** A veto's sentence with names where the engine has ids. */
export function vetoSentence({ guard, sentence }: Pick<Veto, 'guard' | 'sentence'>, view: View): string {
  switch (guard) {
    case 'futile':
      return named(sentence, view.target);
    case 'lower_layer':
      return sentence
        .replace(/\bThe layer (\w+) below is bad\b/, (_all, layer: string) => badBelow(layer, view))
        .replace(/\bThe layer (\w+) below\b/, (_all, layer: string) => `The ${layerName(layer)} below`);
    case 'minority':
      return `There is no majority: ${sentence}`;
    default:
      return sentence;
  }
}

/** The places at which the guard names a check; elsewhere the word may be one of a reason that a door gave. */
const CHECK_NAMED = /(?<=\b(?:while|cure|against) )(\w+)(?= is bad|, or does harm|\.$)/;

function named(text: string, target: TargetCard): string {
  return text.replace(CHECK_NAMED, (id) => {
    const row = rowOf(id, target);
    return row ? `"${inTitle(row.name)}"` : id;
  });
}

function badBelow(layer: string, { target, decision }: View): string {
  const bad = target.checks.find(
    (row) =>
      row.layer === layer &&
      decision.findings.some(({ check, member }) => {
        return check === row.id && decision.state.streaks[streakKey(check, member)]?.latched;
      }),
  );
  const what = `The ${layerName(layer)} below is bad`;
  return bad ? `${what}: ${inTitle(bad.name)}` : what;
}

function layerName(layer: string): string {
  return layer === 'api' ? 'API' : layer.replaceAll('_', ' ');
}
