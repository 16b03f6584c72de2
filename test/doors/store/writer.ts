/** A child that writes without end: turn n holds n in its state and announces n. It is killed in the middle. */
import { openStore } from '../../../src/doors/store/index.ts';

const [folder = ''] = process.argv.slice(2);
const quiet = () => undefined;
const store = openStore({ folder, log: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
const before = store.load('f')?.state as { n: number } | undefined;
for (let n = (before?.n ?? 0) + 1; ; n += 1) {
  store.save({
    target: 'f',
    at: n,
    state: { n, filling: 'x'.repeat((n % 7) * 3000) },
    memory: { n },
    outbox: [{ id: `e${n}`, target: 'f', incidentId: null, at: n, payload: String(n) }],
  });
  process.stdout.write(`${n}\n`);
}
