/**
 * A world of its own for a run: network, mounts and processes that nobody else sees. When its first process ends, the
 * kernel ends all others and takes namespaces, addresses and cables away: nothing is left to clean, however it came.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import type { Missing } from '../suite.ts';

const WALLS = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];

/** Whether this machine lets us make one. */
export function needWorld(): Missing {
  if (process.platform !== 'linux') return 'the cluster needs the namespaces of Linux.';
  if (process.getuid?.() !== 0)
    return 'only root may make network namespaces: run it as root, or in a virtual machine.';
  const made =
    'ip link add bridge0 type bridge && ip link add near0 type veth peer name far0 && mount -t tmpfs tmpfs /run';
  try {
    execFileSync('unshare', [...WALLS, 'sh', '-c', made], { stdio: 'pipe' });
    return null;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : error;
    return `this machine lets nobody make network namespaces: ${String(said)}`;
  }
}

const open = new Set<ChildProcess>();
function closeAll(): void {
  for (const world of open) world.kill('SIGKILL');
}
process.once('exit', closeAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    closeAll();
    process.exit(1);
  });
}

/** Starts a script of ours in there; it can send messages. */
export function startWorld(script: string, words: readonly string[]): ChildProcess {
  const world = spawn('unshare', [...WALLS, process.execPath, script, ...words], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  open.add(world);
  world.once('close', () => open.delete(world));
  return world;
}
