/** What is known of one kind of log line, and how its texts are written down. */

export interface LogPattern {
  id: string;
  /** Any of these is such a line. */
  texts: readonly RegExp[];
  /** Who may have said it, where the text alone does not tell; lines that name no logger pass. */
  from?: RegExp;
  /** Every error of these loggers counts too. */
  errorsOf?: RegExp;
  /** Whom the line is about, where `{member}` does not say it: found in the message, or named by its logger. */
  member?: RegExp | 'logger';
  /** What it says of Frigate, a sentence. */
  meaning: string;
  /** The first version that says it so; `0.11`: that one or an earlier. */
  since: string;
  /** It belongs to the start of a run of Frigate, or to its end. */
  boundary?: 'start' | 'end';
  /** A restart does not make it void: it tells why the run before ended, or how often something comes. */
  outlivesRun?: true;
  /** It is remembered for longer than a day: only somebody's hand undoes what it tells of. */
  outlivesDay?: true;
}

/** TABLE: placeholders of a text. All are bounded, so that no line can be made expensive. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  member: '(?<member>.{1,100}?)',
  number: '\\d{1,20}',
  word: '\\S{1,60}?',
  any: '.{0,60}?',
  end: '\\.?$',
};

/** A message that begins with one of these texts. */
export function begins(...texts: readonly string[]): RegExp {
  return new RegExp(`^(?:${texts.map(sourceOf).join('|')})`);
}

/** A message that holds one of these texts anywhere, as tracebacks and native libraries write. */
export function holds(...texts: readonly string[]): RegExp {
  return new RegExp(texts.map(sourceOf).join('|'));
}

function sourceOf(text: string): string {
  const literal = text.replaceAll(/[.*+?^$()[\]|\\/]/g, '\\$&');
  return literal.replaceAll(/\{(\w+)\}/g, (whole, name: string) => PLACEHOLDERS[name] ?? whole);
}
