/** `run`: reads the options, opens the doors, starts the loop, and leaves in order on SIGTERM. */
import { deadline, openClock, steadySeconds, wait } from '../doors/clock.ts';
import { openHttp } from '../doors/http.ts';
import { readInstallation } from '../doors/installation.ts';
import { openKubernetes } from '../doors/kubernetes/index.ts';
import { openLog } from '../doors/log.ts';
import { openMailbox } from '../doors/mailbox.ts';
import type { HttpDoor, KubernetesDoor, LeaseDoor, Log, StoreDoor } from '../doors/ports.ts';
import { type History, openHistory } from '../doors/store/history.ts';
import { openStore, StoreError } from '../doors/store/index.ts';
import { openTcp } from '../doors/tcp.ts';
import { run, type Watched, type World, watch } from '../loop.ts';
import { lintOptions } from '../options/lint.ts';
import { type Options, secretsOf } from '../options.ts';
import { openWeb } from '../publish/web.ts';
import { learner, redactor } from '../secrets.ts';
import { targetsOf } from '../targets/index.ts';
import { VERSION } from '../version.ts';
import type { Arguments } from './arguments.ts';
import { clusterOf } from './cluster.ts';
import { type Candidate, leaseOf, openCandidate, storeOf } from './leading.ts';
import { folderOf, optionsOf } from './options-file.ts';
import { openPublishing, type SupervisorAccess } from './publishing.ts';

const TIMEOUT_SECONDS = 8;
/** After SIGTERM the last word on MQTT must be out before the supervisor loses patience. */
const LEAVE_SECONDS = 1.2;
/** Then the next Warden takes over at once; without it, when the lease has run out. */
const RELEASE_SECONDS = 0.6;
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
  let kubernetes: (KubernetesDoor & LeaseDoor) | null;
  let store: StoreDoor;
  try {
    const onSecrets = learner(secrets);
    kubernetes =
      cluster.settings && openKubernetes(cluster.settings, { log, timeoutSeconds: TIMEOUT_SECONDS, onSecrets });
    store = openStore({ folder: folderOf(given), log });
  } catch (error) {
    if (error instanceof StoreError) return refuse([error.message]);
    throw error;
  }
  for (const sentence of lintOptions(options)) log.warn(sentence);
  const folder = folderOf(given);
  const redact = redactor(secrets);
  const history = historyOf(options, { folder, log, redact });
  try {
    await watchAll(options, { http: openHttp(), kubernetes, folder, store, history, log, redact, supervisor });
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
  kubernetes: (KubernetesDoor & LeaseDoor) | null;
  folder: string;
  store: StoreDoor;
  history: History | null;
  log: Log;
  redact(text: string): string;
  supervisor: SupervisorAccess | null;
}

async function watchAll(options: Options, opened: Opened): Promise<void> {
  const { http, kubernetes, history, log, supervisor } = opened;
  const stop = new AbortController();
  const clock = openClock({ lastTime: opened.store.lastTime() });
  const targets = targetsOf(options);
  const mailbox = options.mqtt.host === undefined && !supervisor ? null : openMailbox({ clock });
  const watched: Watched[] = [];
  const common = { clock, log, steady: steadySeconds, wait, deadline };
  const candidate = candidateOf(options, opened, { ...common, watched, stop: stop.signal });
  const store = storeOf(opened.store, candidate);
  const publishing = openPublishing({
    options,
    targets,
    http,
    store,
    log,
    stop: stop.signal,
    candidate,
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
    ...common,
    doors: { http, kubernetes, tcp: openTcp(), mailbox },
    store,
    ...(history ? { history } : {}),
    ...(candidate ? { leadership: candidate.election } : {}),
    publish: (view, seconds) => {
      page.show(view);
      publishing.publish(view, seconds);
    },
  };
  watched.push(...targets.map((target) => watch(target, world)));
  const names = targets.map((target) => target.name).join(', ');
  log.info(`Frigate Warden ${VERSION} watches ${names} every ${options.interval_seconds} s.`);
  const loop = run(watched, world, stop.signal);
  publishing.start(loop.wish);
  const leave = () => stop.abort();
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);
  try {
    await Promise.all([loop.ended, candidate?.election.ended]);
    log.info('Stopped as asked.');
  } finally {
    stop.abort();
    process.off('SIGTERM', leave);
    process.off('SIGINT', leave);
    await Promise.all([publishing.close(LEAVE_SECONDS), page.close()]);
    await candidate?.election.release(AbortSignal.timeout(RELEASE_SECONDS * 1000));
  }
}

type Common = Pick<World, 'clock' | 'log' | 'steady' | 'wait' | 'deadline'>;

/** Null: there is nobody to share with. */
function candidateOf(
  options: Options,
  { kubernetes, store, folder, redact }: Opened,
  { watched, ...common }: Common & { watched: readonly Watched[]; stop: AbortSignal },
): Candidate | null {
  const place = leaseOf(options);
  if (!kubernetes || !place) return null;
  return openCandidate({
    ...common,
    place,
    door: kubernetes,
    installation: readInstallation({ folder, log: common.log }),
    targets: targetsOf(options).map(({ id }) => id),
    watched: () => watched,
    store,
    redact,
  });
}

function refuse(sentences: readonly string[]): number {
  for (const sentence of sentences) process.stderr.write(`${sentence}\n`);
  return WRONG;
}
