/** Every folder of test/cases through the production engine, compared with what a correct monitor concludes. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { assessFolder } from '../src/cli/assess.ts';
import { streakKey } from '../src/rules/streak.ts';

const CASES = fileURLToPath(new URL('cases/', import.meta.url));

const cause = z.strictObject({ check: z.string(), layer: z.string(), member: z.string().nullable() });
const maybe = cause.nullable();

/** `README.md` of the folder says what each key means. */
const EXPECTED = z.strictObject({
  story: z.string().min(20),
  verdict: z.array(z.enum(['healthy', 'starting', 'degraded', 'unhealthy', 'unknown'])).min(1),
  cause: z.union([maybe, z.array(maybe).min(1)]),
  restart: z.strictObject({
    would: z.boolean(),
    by_second: z.number().optional(),
    not_before: z.number().optional(),
    held_back_by: z.array(z.string()).optional(),
  }),
  confirmed: z.array(z.string()).optional(),
  not_bad: z.array(z.string()).optional(),
  named: z.array(cause).optional(),
});

type Expected = z.infer<typeof EXPECTED>;

const folders = readdirSync(CASES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** What a case says, in the form of its expectation; the parts that nothing is expected of are left out. */
function concluded(folder: string, expected: Expected): { said: unknown; wanted: unknown } {
  const named: unknown[] = [];
  const assessed = assessFolder(`${CASES}${folder}`, null, ({ decision }) => {
    if (decision.cause) named.push(refOf(decision.cause));
  });
  if ('problem' in assessed) throw new Error(assessed.problem);
  const { report } = assessed;
  const { restart } = report;
  const allowed = Array.isArray(expected.cause) ? expected.cause : [expected.cause];
  const second = restart.at_second ?? Number.NaN;
  const isBad = (key: string) =>
    report.checks.some(({ id, member, finding }) => finding === 'bad' && (key === id || key === streakKey(id, member)));
  const confirmed = report.checks
    .filter((one) => one.confirmed)
    .flatMap(({ id, member }) => [id, streakKey(id, member)]);
  const has = (list: readonly unknown[], wanted: unknown) =>
    list.some((one) => JSON.stringify(one) === JSON.stringify(wanted));
  const rows: [what: string, said: unknown, wanted: unknown][] = [
    ['verdict', report.verdict, expected.verdict.includes(report.verdict) ? report.verdict : expected.verdict],
    ['cause', report.cause, has(allowed.map(refOf), report.cause) ? report.cause : expected.cause],
    ['would', restart.would, expected.restart.would],
    ...bound('by_second', second, expected.restart.by_second, (limit) => second <= limit),
    ...bound('not_before', second, expected.restart.not_before, (limit) => second >= limit),
    ...(expected.restart.held_back_by ?? []).map((guard): (typeof rows)[number] => [
      guard,
      restart.held_back_by.includes(guard) ? guard : restart.held_back_by,
      guard,
    ]),
    ...(expected.confirmed ?? []).map((key): (typeof rows)[number] => [
      `confirmed ${key}`,
      confirmed.includes(key),
      true,
    ]),
    ...(expected.not_bad ?? []).map((key): (typeof rows)[number] => [`bad ${key}`, isBad(key), false]),
    ...(expected.named ?? []).map((one): (typeof rows)[number] => [
      `named ${one.check}`,
      has(named, refOf(one)) ? refOf(one) : named.at(-1),
      refOf(one),
    ]),
  ];
  const table = (index: 1 | 2) => Object.fromEntries(rows.map((row) => [row[0], row[index]]));
  return { said: table(1), wanted: table(2) };
}

type Ref = z.infer<typeof cause>;

function refOf<T extends Ref | null>(one: T): T {
  return (one && { check: one.check, layer: one.layer, member: one.member }) as T;
}

function bound(
  what: string,
  second: number,
  limit: number | undefined,
  holds: (limit: number) => boolean,
): [string, unknown, unknown][] {
  return limit === undefined ? [] : [[what, second, holds(limit) ? second : limit]];
}

describe('a case', () => {
  it('is there, and more than a hundred others', () => {
    expect(folders.length).toBeGreaterThan(100);
  });

  it.each(folders)('%s is judged as its expected.json says', (folder) => {
    const file = `${CASES}${folder}/expected.json`;
    const expected = EXPECTED.parse(JSON.parse(readFileSync(file, 'utf8')));
    const { said, wanted } = concluded(folder, expected);
    expect(said).toEqual(wanted);
  });
});
