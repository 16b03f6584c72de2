/** The bundle on a real Kubernetes: upstream's own control plane, kubelets of ours, and the audit log as the judge. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyBundle } from '../bundle.ts';
import { needPrograms } from '../packages.ts';
import type { Check, Suite } from '../suite.ts';
import { needBinaries } from './binaries.ts';
import type { Message } from './messages.ts';
import { STAGES } from './scenarios/index.ts';
import { needWorld, startWorld } from './world.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

const PROGRAMS = ['ip', 'openssl', 'curl', 'sysctl', 'unshare', 'nsenter'];
const PACKAGES = ['iproute2', 'openssl', 'curl', 'procps', 'util-linux'];

export const kubernetes: Suite = {
  name: 'kubernetes',
  prepare: async () => needPrograms(PROGRAMS, PACKAGES) ?? needWorld() ?? needBinaries(say),
  run: async (check) => {
    const folder = mkdtempSync(join(tmpdir(), 'warden-kubernetes-'));
    const remove = () => rmSync(folder, { recursive: true, force: true });
    // Also where somebody breaks it off.
    process.once('exit', remove);
    try {
      const main = copyBundle(folder);
      const stages = Object.keys(STAGES).map((stage) => playInside(check, stage, [join(folder, stage), main]));
      const failed = (await Promise.allSettled(stages)).find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
    } finally {
      remove();
    }
  },
};

/** Each check in there is a check out here, from when it begins to when it ends. */
async function playInside(check: Check, stage: string, [folder, main]: readonly [string, string]): Promise<void> {
  mkdirSync(folder);
  const names = (process.env.SCENARIOS ?? '').split(',').filter((name) => name !== '');
  const world = startWorld(join(import.meta.dirname, 'inside.ts'), [folder, main, stage, ...names]);
  const open = new Map<number, { hold(): void; fail(error: Error): void }>();
  const checks: Promise<void>[] = [];
  const over = new Promise<boolean>((resolve) => {
    world.on('message', (message: Message) => {
      switch (message.say) {
        case 'begun': {
          const outcome = new Promise<void>((hold, fail) => open.set(message.id, { hold, fail }));
          checks.push(check(message.sentence, () => outcome));
          break;
        }
        case 'held':
          open.get(message.id)?.hold();
          break;
        case 'failed':
          open.get(message.id)?.fail(new Error(message.message));
          break;
        case 'done':
          resolve(true);
          break;
      }
    });
    world.once('close', () => resolve(false));
  });
  const isWhole = await over;
  if (!isWhole) for (const one of open.values()) one.fail(new Error('The run ended before this was known.'));
  await Promise.all(checks);
  world.kill('SIGKILL');
  if (world.exitCode === null && world.signalCode === null)
    await new Promise((resolve) => world.once('close', resolve));
  if (!isWhole) throw new Error(`The run of ${stage} ended by itself (${world.signalCode ?? world.exitCode}).`);
}
