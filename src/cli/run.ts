/** `run`: reads the options, opens the doors, starts the loop, and leaves in order on SIGTERM. */
import { existsSync, readFileSync } from 'node:fs';
import { openClock, wait } from '../doors/clock.ts';
import { openHttp } from '../doors/http.ts';
import { openKubernetes } from '../doors/kubernetes/index.ts';
import { openLog } from '../doors/log.ts';
import type { HttpDoor, KubernetesDoor, Log, StoreDoor } from '../doors/ports.ts';
import { openStore, StoreError } from '../doors/store/index.ts';
import { run, type World, watch } from '../loop.ts';
import { lintOptions } from '../options/lint.ts';
import { type Options, type OptionsAnswer, optionsForUrl, readOptions, secretsOf } from '../options.ts';
import { targetsOf } from '../targets/index.ts';
import { VERSION } from '../version.ts';
import type { Arguments } from './arguments.ts';
import { clusterOf } from './cluster.ts';
import { openPublishing, type SupervisorAccess } from './publishing.ts';

/** What the app's container has. */
const APP_OPTIONS = '/data/options.json';
const APP_FOLDER = '/data';
const TIMEOUT_SECONDS = 8;
/** After SIGTERM the last word on MQTT must be out before the supervisor loses patience. */
const LEAVE_SECONDS = 1.5;

/** Wrong options or a folder that cannot be used: nothing is started, and the exit code is 2. */
const WRONG = 2;

export async function runCommand(given: Arguments): Promise<number> {
  const answer = optionsOf(given);
  if (!answer.ok) return refuse(answer.sentences);
  const { options } = answer;
  const cluster = clusterOf(options);
  if ('problem' in cluster) return refuse([cluster.problem]);

  const token = process.env.SUPERVISOR_TOKEN;
  const supervisor = token ? { token } : null;
  const secrets = [...secretsOf(options), ...cluster.secrets, ...(token ? [token] : [])];
  const log = openLog({ level: options.log_level, secrets });
  let kubernetes: KubernetesDoor | null;
  let store: StoreDoor;
  try {
    kubernetes = cluster.settings && openKubernetes(cluster.settings, { log, timeoutSeconds: TIMEOUT_SECONDS });
    store = openStore({ folder: folderOf(given), log });
  } catch (error) {
    if (error instanceof StoreError) return refuse([error.message]);
    throw error;
  }
  for (const sentence of lintOptions(options)) log.warn(sentence);
  try {
    await watchAll(options, { http: openHttp(), kubernetes, store, log, supervisor });
    return 0;
  } finally {
    await kubernetes?.close();
    store.close();
  }
}

interface Opened {
  http: HttpDoor;
  kubernetes: KubernetesDoor | null;
  store: StoreDoor;
  log: Log;
  supervisor: SupervisorAccess | null;
}

async function watchAll(options: Options, { http, kubernetes, store, log, supervisor }: Opened): Promise<void> {
  const stop = new AbortController();
  const clock = openClock({ lastTime: store.lastTime() });
  const targets = targetsOf(options);
  const publishing = openPublishing({ options, targets, http, store, log, stop: stop.signal, supervisor });
  const world: World = {
    doors: { http, kubernetes },
    clock,
    store,
    log,
    publish: publishing.publish,
    wait,
    deadline: (seconds, signal) => AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]),
  };
  const names = targets.map((target) => target.name).join(', ');
  log.info(`Frigate Warden ${VERSION} watches ${names} every ${options.interval_seconds} s.`);
  const loop = run(
    targets.map((target) => watch(target, world)),
    world,
    stop.signal,
  );
  publishing.start(loop.wish);
  const leave = () => stop.abort();
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);
  try {
    await loop.ended;
    log.info('Stopped as asked.');
  } finally {
    stop.abort();
    process.off('SIGTERM', leave);
    process.off('SIGINT', leave);
    await publishing.close(LEAVE_SECONDS);
  }
}

function refuse(sentences: readonly string[]): number {
  for (const sentence of sentences) process.stderr.write(`${sentence}\n`);
  return WRONG;
}

function folderOf({ folder }: Arguments): string {
  return folder ?? (existsSync(APP_OPTIONS) ? APP_FOLDER : './data');
}

function optionsOf({ frigateUrl, optionsFile }: Arguments): OptionsAnswer {
  if (frigateUrl !== null) return optionsForUrl(frigateUrl);
  const path = optionsFile ?? (existsSync(APP_OPTIONS) ? APP_OPTIONS : './options.json');
  try {
    return readOptions(readFileSync(path, 'utf8'), path);
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    return {
      ok: false,
      sentences: [`${path} ${why}; name the options file with --options, or a Frigate with --frigate URL.`],
    };
  }
}
