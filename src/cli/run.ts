/** `run`: reads the options, opens the doors, starts the loop, and leaves in order on SIGTERM. */
import { openClock, wait } from '../doors/clock.ts';
import { openHttp } from '../doors/http.ts';
import { openKubernetes } from '../doors/kubernetes/index.ts';
import { openLog } from '../doors/log.ts';
import { openMailbox } from '../doors/mailbox.ts';
import type { HttpDoor, KubernetesDoor, Log, StoreDoor } from '../doors/ports.ts';
import { type History, openHistory } from '../doors/store/history.ts';
import { openStore, StoreError } from '../doors/store/index.ts';
import { openTcp } from '../doors/tcp.ts';
import { run, type World, watch } from '../loop.ts';
import { lintOptions } from '../options/lint.ts';
import { type Options, secretsOf } from '../options.ts';
import { openWeb } from '../publish/web.ts';
import { redactor } from '../secrets.ts';
import { targetsOf } from '../targets/index.ts';
import { VERSION } from '../version.ts';
import type { Arguments } from './arguments.ts';
import { clusterOf } from './cluster.ts';
import { folderOf, optionsOf } from './options-file.ts';
import { openPublishing, type SupervisorAccess } from './publishing.ts';

const TIMEOUT_SECONDS = 8;
/** After SIGTERM the last word on MQTT must be out before the supervisor loses patience. */
const LEAVE_SECONDS = 1.5;
/** `ingress_port` of config.yaml, which is left out there because it is the default. */
const PAGE_PORT = 8099;

/** Wrong options or a folder that cannot be used: nothing is started, and the exit code is 2. */
const WRONG = 2;

export type RunArguments = Pick<Arguments, 'command' | 'optionsFile' | 'folder' | 'frigateUrl'>;

export async function runCommand(given: RunArguments): Promise<number> {
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
  const history = historyOf(options, { folder: folderOf(given), log, redact: redactor(secrets) });
  try {
    await watchAll(options, { http: openHttp(), kubernetes, store, history, log, supervisor });
    return 0;
  } finally {
    await kubernetes?.close();
    store.close();
    history?.close();
  }
}

const MEBIBYTE = 1024 * 1024;

/** Null where none is wanted. */
function historyOf({ history_megabytes }: Options, settings: Parameters<typeof openHistory>[0]): History | null {
  return history_megabytes === 0 ? null : openHistory({ ...settings, limitBytes: history_megabytes * MEBIBYTE });
}

interface Opened {
  http: HttpDoor;
  kubernetes: KubernetesDoor | null;
  store: StoreDoor;
  history: History | null;
  log: Log;
  supervisor: SupervisorAccess | null;
}

async function watchAll(options: Options, opened: Opened): Promise<void> {
  const { http, kubernetes, store, history, log, supervisor } = opened;
  const stop = new AbortController();
  const clock = openClock({ lastTime: store.lastTime() });
  const targets = targetsOf(options);
  const mailbox = options.mqtt.host === undefined && !supervisor ? null : openMailbox({ clock });
  const publishing = openPublishing({
    options,
    targets,
    http,
    store,
    log,
    stop: stop.signal,
    supervisor,
    onMqtt: (mqtt) => mailbox?.attach(mqtt),
  });
  const page = await openWeb({
    audience: supervisor ? 'ingress' : 'machine',
    port: PAGE_PORT,
    targets,
    intervalSeconds: options.interval_seconds,
    version: VERSION,
    now: () => clock.now(),
    log,
  });
  const world: World = {
    doors: { http, kubernetes, tcp: openTcp(), mailbox },
    clock,
    store,
    ...(history ? { history } : {}),
    log,
    publish: (view, seconds) => {
      page.show(view);
      publishing.publish(view, seconds);
    },
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
    await Promise.all([publishing.close(LEAVE_SECONDS), page.close()]);
  }
}

function refuse(sentences: readonly string[]): number {
  for (const sentence of sentences) process.stderr.write(`${sentence}\n`);
  return WRONG;
}
