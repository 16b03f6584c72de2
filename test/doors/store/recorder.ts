/** A child that records without end: look n is of second n. It is killed in the middle. */
import { openHistory } from '../../../src/doors/store/history.ts';

const [folder = '', first = '1'] = process.argv.slice(2);
const quiet = () => undefined;
const history = openHistory({ folder, log: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
const figures = { verdict: 'healthy', inferenceMs: {}, detectionRate: null, leastFps: null, skippedRatio: null };
for (let n = Number(first); ; n += 1) {
  history.record('f', n, { n, filling: 'x'.repeat((n % 7) * 300) }, figures);
  process.stdout.write(`${n}\n`);
}
