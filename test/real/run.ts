/**
 * `npm run test:real [-- NAME…]`: the bundle against real servers. What cannot be had here is skipped, and said.
 * A name may be the first part of several, such as all releases of one server.
 * The last line is `N passed, N failed, N skipped`; the exit code is 0 only when nothing failed.
 */
import type { Check } from './suite.ts';
import { SUITES } from './suites.ts';

const counts = { passed: 0, failed: 0, skipped: 0 };
const say = (line: string) => process.stdout.write(`${line}\n`);

function fail(sentence: string, error: unknown): void {
  counts.failed += 1;
  say(`FAILED: ${sentence}`);
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    say(cause.message.replaceAll(/^/gm, '    '));
  }
}

const check: Check = async (sentence, body) => {
  const begun = performance.now();
  try {
    await body();
    counts.passed += 1;
    say(`ok: ${sentence} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  } catch (error) {
    fail(sentence, error);
  }
};

const asked = process.argv.slice(2);
const isMeant = (name: string, suite: string) => suite === name || suite.startsWith(`${name}-`);
const strangers = asked.filter((name) => !SUITES.some((suite) => isMeant(name, suite.name)));
for (const name of strangers) {
  fail(`there is no suite ${name}; there is ${SUITES.map((suite) => suite.name).join(', ')}`, null);
}
for (const suite of SUITES) {
  if (asked.length > 0 && !asked.some((name) => isMeant(name, suite.name))) continue;
  say(`\n-- ${suite.name}`);
  const missing = await suite.prepare();
  if (missing !== null) {
    counts.skipped += 1;
    say(`SKIPPED ${suite.name}: ${missing}`);
    continue;
  }
  try {
    await suite.run(check);
  } catch (error) {
    fail(`${suite.name} came to its end`, error);
  }
}
say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
