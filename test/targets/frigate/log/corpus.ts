/** Real logs, published by users or recorded from a live Frigate; what each is stands in corpus/INDEX.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'corpus');

/** Text by file name, without its ending. */
export const CORPUS: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => [name.slice(0, -'.txt'.length), readFileSync(join(FOLDER, name), 'utf8')]),
);

export function logOf(name: string): string {
  const text = CORPUS[name];
  if (text === undefined) throw new Error(`There is no log ${name}.`);
  return text;
}
