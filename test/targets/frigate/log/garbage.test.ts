import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogReading, openLogReader, readLog } from '../../../../src/targets/frigate/log/reader.ts';
import { CORPUS } from './corpus.ts';
import { EXAMPLES, HARMLESS } from './examples.ts';
import { LAYOUTS, spoken } from './layouts.ts';

const SEED = 20_261_121;
const LOGS = 5000;

const REAL: readonly string[] = [
  ...Object.values(CORPUS).flatMap((text) => text.split('\n').slice(0, 40)),
  ...EXAMPLES.flatMap((line) => Object.values(LAYOUTS).map(({ write }) => write(line))),
  ...HARMLESS.map(spoken),
];

const real = fc.constantFrom(...REAL);

/** A true line, with pieces taken out, put in twice, or replaced by anything. */
const mutated = fc
  .tuple(real, fc.nat(400), fc.nat(60), fc.oneof(fc.string(), fc.string({ unit: 'binary' }), real))
  .map(([line, from, length, junk]) => line.slice(0, from) + junk + line.slice(from + length));

const anyLine = fc.oneof(
  { weight: 4, arbitrary: real },
  { weight: 4, arbitrary: mutated },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
);

const anyLog = fc
  .tuple(fc.array(anyLine, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, end, isEnded]) => lines.join(end) + (isEnded ? end : ''));

/** Chunks as a stream brings them: cut anywhere but within a character. */
function readInPieces(text: string, cuts: readonly number[]): LogReading {
  const reader = openLogReader();
  const characters = [...text];
  const places = cuts.map((cut) => (characters.length === 0 ? 0 : cut % characters.length)).toSorted((a, b) => a - b);
  let from = 0;
  for (const place of [...places, characters.length]) {
    reader.push(characters.slice(from, place).join(''));
    from = place;
  }
  return reader.end();
}

describe('garbage in the log', () => {
  it('in 5,000 logs breaks nothing, and wherever it is cut the same comes out', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 8 });
    fc.assert(
      fc.property(anyLog, cuts, (text, at) => {
        const whole = readLog(text);
        expect(readInPieces(text, at)).toEqual(whole);
        for (const event of whole.events) {
          expect(Number.isFinite(event.at)).toBe(true);
          expect(event.text.length).toBeLessThanOrEqual(300);
          expect(event.member === null || event.member.length <= 100).toBe(true);
        }
      }),
      { numRuns: LOGS, seed: SEED },
    );
  });

  it('is never read twice, wherever two looks meet', () => {
    const stamped = fc
      .array(fc.tuple(fc.nat(3), fc.constantFrom(...EXAMPLES)), { minLength: 1, maxLength: 20 })
      .map((lines) => {
        let second = 0;
        return lines.map(([step, line]) => {
          second += step;
          return `2023-11-14T22:${String(second).padStart(2, '0')}:00.000000000Z ${spoken(line)}\n`;
        });
      });
    fc.assert(
      fc.property(stamped, fc.nat(), fc.nat(), (lines, upTo, from) => {
        const first = readLog(lines.slice(0, (upTo % lines.length) + 1).join(''));
        // The next look begins with whole seconds, so somewhere before the last line that is known.
        const start = lines.findIndex((line) => line.startsWith(first.position?.stamp ?? ''));
        const second = readLog(lines.slice(Math.max(0, start - (from % 3))).join(''), { after: first.position });
        const counts = (readings: readonly LogReading[]) =>
          readings.flatMap(({ events }) => events).reduce((sum, { count }) => sum + count, 0);
        expect(second.skipped).toBeNull();
        expect(counts([first, second])).toBe(counts([readLog(lines.join(''))]));
      }),
      { numRuns: 500, seed: SEED },
    );
  });

  it.each([
    'No frames received from ',
    'Unable to keep up with recording segments in cache for ',
    '[2023-11-14 22:13:20] a INFO : ',
    '(111: Connection refused) while connecting to upstream "http://',
    'rtsp://a:b',
    'Process a (PID ',
    '* ',
    'x exceeded ',
    '[LOGGING] Last message repeated ',
    '\u001b[3',
    '2023-11-14T22:13:20Z ',
    '{"log":"',
    'OpenAI ',
  ])('costs time in proportion to its length, also made of "%s"', (piece) => {
    const line = piece.repeat(2_000_000 / piece.length);
    const many = piece
      .repeat(4000 / piece.length)
      .concat('\n')
      .repeat(500);
    const started = performance.now();
    expect(readLog(line).lines).toBe(1);
    expect(readLog(many).lines).toBe(500);
    // A quadratic form would take minutes.
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
