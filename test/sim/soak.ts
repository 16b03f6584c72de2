/** Many seeds, for as long as one likes: `npm run sim -- --seeds 1000 --days 2 [--from N]`. */
import { parseArgs } from 'node:util';
import { print, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    days: { type: 'string', default: '2' },
    from: { type: 'string', default: '1' },
  },
});
const [seeds, days, from] = [Number(values.seeds), Number(values.days), Number(values.from)];
if (![seeds, days, from].every((number) => Number.isFinite(number)) || days < 0.5) {
  console.error('--seeds, --days (0.5 or more) and --from are numbers.');
  process.exit(2);
}

const sum = { turns: 0, orders: 0, patches: 0, starts: 0, events: 0, faults: 0 };
const counts = new Map<string, number>();
const begun = performance.now();
for (let seed = from; seed < from + seeds; seed += 1) {
  const report = await simulate(seed, { days });
  for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += report[key];
  for (const { promise } of report.violations) counts.set(promise, (counts.get(promise) ?? 0) + 1);
  if (report.violations.length > 0) console.log(print(report));
}
const seconds = (performance.now() - begun) / 1000;
console.log(`${seeds} seeds from ${from}, ${days} days each: ${JSON.stringify(sum)}`);
console.log(`${Math.round(sum.turns / seconds)} turns a second, ${seconds.toFixed(1)} s.`);
for (const [promise, count] of counts) console.log(`BROKEN in ${count} seeds: ${promise}`);
if (counts.size > 0) process.exit(1);
console.log('No promise was broken.');
