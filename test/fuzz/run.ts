/** More garbage than the tests have time for: `npm run fuzz [-- --payloads 20000 --logs 5000 --seed N]`. */
import { parseArgs } from 'node:util';
import { fuzzLogs } from './logs.ts';
import { fuzzPayloads } from './payloads.ts';

const { values } = parseArgs({
  options: {
    payloads: { type: 'string', default: '20000' },
    logs: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
  },
});
const [payloads, logs, seed] = [Number(values.payloads), Number(values.logs), Number(values.seed)];
if (![payloads, logs, seed].every((number) => Number.isSafeInteger(number) && number >= 0)) {
  console.error('--payloads, --logs and --seed are whole numbers.');
  process.exit(2);
}
const begun = performance.now();
if (payloads > 0) fuzzPayloads({ payloads, seed });
if (logs > 0) fuzzLogs({ logs, seed });
const seconds = ((performance.now() - begun) / 1000).toFixed(1);
console.log(
  `${payloads} payloads and ${logs} logs from seed ${seed}: nothing broke, nothing was restarted, ${seconds} s.`,
);
