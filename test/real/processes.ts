/** Processes of a suite: their output kept, ended by their id, never by a name. */
import { type ChildProcess, spawn } from 'node:child_process';
import { eventually } from '../eventually.ts';

export interface Running {
  child: ChildProcess;
  /** Lines of both its outputs so far. */
  lines(): readonly string[];
  ended(): boolean;
  /** Ends it and waits until it is gone; answers its exit code, null when the signal took it. */
  end(signal: 'SIGTERM' | 'SIGKILL', withinSeconds?: number): Promise<number | null>;
}

const alive = new Set<ChildProcess>();
// Whatever happens here, nothing of ours stays behind.
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

export function start(path: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env): Running {
  const child = spawn(path, [...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
  alive.add(child);
  let text = '';
  const keep = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  let closed = false;
  child.once('close', () => {
    closed = true;
    alive.delete(child);
  });
  return {
    child,
    lines: () => text.split('\n').slice(0, -1),
    ended: () => closed,
    end: async (signal, withinSeconds = 10) => {
      if (!closed) child.kill(signal);
      await eventually(() => closed, { withinSeconds, what: `the end of ${path} after ${signal}` });
      return child.exitCode;
    },
  };
}
