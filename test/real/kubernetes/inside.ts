/** The run inside its own world: the cluster is started, the scenarios are played, and the outside is told. */
import { type Cluster, openCluster } from './cluster.ts';
import type { Message } from './messages.ts';
import type { Scenario } from './scenario.ts';
import { STAGES } from './scenarios/index.ts';

const [folder = '', main = '', name = '', ...asked] = process.argv.slice(2);

const tell = (message: Message) => void process.send?.(message);
// Whoever is gone outside needs no answer, and the world ends with this process.
process.once('disconnect', () => process.exit(1));

let count = 0;
async function check<T>(sentence: string, body: () => Promise<T>): Promise<T | null> {
  count += 1;
  const id = count;
  tell({ say: 'begun', id, sentence });
  try {
    const value = await body();
    tell({ say: 'held', id });
    return value;
  } catch (error) {
    tell({ say: 'failed', id, message: messageOf(error) });
    return null;
  }
}

function messageOf(error: unknown): string {
  const lines: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) lines.push(cause.message);
  return lines.join('\n') || String(error);
}

// What nobody waits for must not take the others down with it.
process.on(
  'unhandledRejection',
  (reason) => void check(`${name}: nothing breaks unseen`, () => Promise.reject(reason)),
);

const stage = STAGES[name];
if (!stage) throw new Error(`There is no stage ${name}.`);
const { nodes, scenarios } = stage;
const chosen = scenarios.filter((one) => asked.length === 0 || asked.includes(one.name));
if (chosen.length > 0) {
  const title = `${name}: a control plane with ${nodes} ${nodes === 1 ? 'node' : 'nodes'} is up`;
  const cluster = await check(title, () => openCluster({ folder, main }, nodes));
  const play = ({ says, name: namespace, run }: Scenario) => check(says, () => run(cluster as Cluster, namespace));
  if (cluster) await Promise.all(chosen.map(play));
}
tell({ say: 'done' });
