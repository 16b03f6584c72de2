/** A real Mosquitto in its own folder, and its two clients. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../eventually.ts';
import { program } from '../packages.ts';
import { freePort } from '../ports.ts';
import { type Running, start } from '../processes.ts';

export interface Login {
  username: string;
  password: string;
}

export interface Mosquitto {
  port: number;
  lines(): readonly string[];
  /** As a power cut: nothing that it held is kept. */
  kill(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
}

/** One message as a subscriber got it. */
export interface Heard {
  topic: string;
  payload: string;
  /** It hung there already when the subscriber came. */
  retained: boolean;
}

export interface Listener {
  messages(): readonly Heard[];
  close(): Promise<void>;
}

export async function openMosquitto(folder: string, name: string, login: Login | null): Promise<Mosquitto> {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const passwords = join(home, 'passwords');
  if (login) execFileSync(path('mosquitto_passwd'), ['-b', '-c', passwords, login.username, login.password]);
  const port = await freePort();
  const settings = join(home, 'mosquitto.conf');
  const lines = [
    `listener ${port} 127.0.0.1`,
    'persistence false',
    'log_dest stderr',
    // Started by root it would become another user, who may not read our folder.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    ...(login ? ['allow_anonymous false', `password_file ${passwords}`] : ['allow_anonymous true']),
  ];
  writeFileSync(settings, `${lines.join('\n')}\n`);
  const runs: Running[] = [];
  const mosquitto: Mosquitto = {
    port,
    lines: () => runs.flatMap((run) => run.lines()),
    kill: async () => void (await runs.at(-1)?.end('SIGKILL')),
    start: async () => {
      const run = start(path('mosquitto'), ['-c', settings]);
      runs.push(run);
      await eventually(() => run.lines().some((line) => / running$/.test(line)), {
        what: `Mosquitto runs on port ${port}`,
      });
    },
  };
  await mosquitto.start();
  return mosquitto;
}

/** Hears all that Home Assistant would, from now on; what hangs there already comes first. */
export async function listen({ port }: Mosquitto, filters: readonly string[], login?: Login): Promise<Listener> {
  const ready = 'listener/ready';
  const topics = [...filters, ready].flatMap((filter) => ['-t', filter]);
  const run = start(path('mosquitto_sub'), [...connection(port, login), '-q', '1', '-F', '%r %t %p', ...topics]);
  const all = () => run.lines().map(heard);
  await eventually(
    () => {
      publish({ port }, ready, 'PRESS', { login });
      return all().some(({ topic }) => topic === ready);
    },
    { what: `a subscriber hears on port ${port}` },
  );
  return {
    messages: () => all().filter(({ topic }) => topic !== ready),
    close: async () => void (await run.end('SIGTERM')),
  };
}

/** What hangs there now, by topic. */
export async function retainedAt(mosquitto: Mosquitto, login?: Login): Promise<ReadonlyMap<string, string>> {
  const listener = await listen(mosquitto, ['#'], login);
  await listener.close();
  const hanging = listener.messages().filter(({ retained }) => retained);
  return new Map(hanging.map(({ topic, payload }) => [topic, payload]));
}

export function publish(
  { port }: Pick<Mosquitto, 'port'>,
  topic: string,
  payload: string,
  { retain = false, login }: { retain?: boolean; login?: Login | undefined } = {},
): void {
  const words = [...connection(port, login), '-q', '1', '-t', topic, '-m', payload, ...(retain ? ['-r'] : [])];
  execFileSync(path('mosquitto_pub'), words, { timeout: 10_000, stdio: 'pipe' });
}

function connection(port: number, login: Login | undefined): readonly string[] {
  return ['-h', '127.0.0.1', '-p', String(port), ...(login ? ['-u', login.username, '-P', login.password] : [])];
}

function heard(line: string): Heard {
  const [retained, topic = '', ...payload] = line.split(' ');
  return { topic, payload: payload.join(' '), retained: retained === '1' };
}

function path(name: string): string {
  const found = program(name);
  if (found === null) throw new Error(`${name} is not installed.`);
  return found;
}
