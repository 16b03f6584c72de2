/** Logs that nobody wrote: bytes of any kind, words in any order, and true lines that were cut and mixed. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { digest } from '../../src/targets/frigate/digest.ts';
import { openLogReader } from '../../src/targets/frigate/log/reader.ts';
import { look } from '../../src/targets/frigate/looked.ts';
import type { FrigateMemory } from '../../src/targets/frigate/memory.ts';
import { answers, assess, camera, type Seen, START, settings, stats } from '../targets/frigate/watching.ts';

const CORPUS = new URL('../targets/frigate/log/corpus/', import.meta.url);
const TRUE_LINES: readonly string[] = readdirSync(CORPUS)
  .filter((name) => name.endsWith('.txt'))
  .flatMap((name) => readFileSync(new URL(name, CORPUS), 'utf8').split('\n').slice(0, 30));
const WORDS: readonly string[] = [...new Set(TRUE_LINES.flatMap((line) => line.split(/\s+/)))];

const LOOKS = 8;
const EVERY_SECONDS = 15;

const nonsense = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  // Never so many true words in a row that they would mean something.
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...WORDS).map((word) => word.slice(0, 9)),
        fc.string(),
      ),
      { maxLength: 12 },
    )
    .map((words) => words.join('~ ')),
);
const cut = fc
  .tuple(fc.constantFrom(...TRUE_LINES), fc.nat(300), fc.nat(300))
  .map(([line, from, to]) => line.slice(Math.min(from, to) % 60, Math.max(from, to)));
const stamped = (line: string, second: number) =>
  `${new Date((START + second) * 1000).toISOString().replace('Z', '000000Z')} ${line}`;

const nonsenseLog = fc.array(fc.tuple(nonsense, fc.nat(LOOKS * EVERY_SECONDS)), { maxLength: 60 });
const brokenLog = fc.array(fc.oneof(nonsense, cut, fc.constantFrom(...TRUE_LINES)), { maxLength: 60 });

/** Throws with the smallest log that breaks it. */
export function fuzzLogs({ logs, seed }: { logs: number; seed: number }): void {
  const half = Math.ceil(logs / 2);
  fc.assert(fc.property(nonsenseLog, restartsNothing), { seed, numRuns: half });
  fc.assert(fc.property(brokenLog, fc.array(fc.nat(80), { maxLength: 20 }), readsTheSame), { seed, numRuns: half });
}

/** Nonsense in the log of a Frigate that is well. */
function restartsNothing(log: readonly (readonly [string, number])[]): void {
  let memory: FrigateMemory | null = null;
  const seen: Seen[] = [];
  for (let index = 0; index < LOOKS; index += 1) {
    const at = START + index * EVERY_SECONDS;
    const due = log.filter(([, second]) => Math.floor(second / EVERY_SECONDS) === index);
    const reader = openLogReader();
    for (const [line, second] of due) reader.push(`${stamped(line, second)}\n`);
    const current = { ok: true as const, value: reader.end(), status: 200, serverTime: null };
    const said = answers(at, {
      stats: stats({ front: camera(5, 5, 0, 1), yard: camera(5, 5, 0, 1) }, { after: index * EVERY_SECONDS }),
    });
    const step = digest(settings(), memory, { ...said, log: { at, run: 'run', current, previous: null } }, at);
    memory = JSON.parse(JSON.stringify(step.memory)) as FrigateMemory;
    seen.push({ at, facts: step.facts, looked: look(step.facts, at), memory: step.memory });
  }
  const order = assess(seen).flatMap(({ orders }) => orders)[0];
  if (order) throw new Error(`A restart from nonsense: ${order.reason}`);
}

/** However it is cut into pieces, the same comes out of it. */
function readsTheSame(lines: readonly string[], cuts: readonly number[]): void {
  const text = lines.join('\n');
  const whole = openLogReader();
  whole.push(text);
  const pieces = openLogReader();
  let from = 0;
  for (const length of cuts) {
    pieces.push(text.slice(from, from + length));
    from += length;
  }
  pieces.push(text.slice(from));
  // A piece may end within one character, which no stream does: then it is counted as other bytes.
  const [one, other] = [whole, pieces].map((reader) => JSON.stringify({ ...reader.end(), bytes: 0 }));
  if (one !== other) throw new Error(`The same log cut into pieces says something else: ${one} and ${other}`);
}
