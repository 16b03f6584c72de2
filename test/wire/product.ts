/** The product as `run` composes it, over a fast time, with room to stand at its doors. */
import { leaseOf, openCandidate, storeOf } from '../../src/cli/leading.ts';
import { openPublishing } from '../../src/cli/publishing.ts';
import { deadline, steadySeconds, wait as waitOnClock } from '../../src/doors/clock.ts';
import { openHttp } from '../../src/doors/http.ts';
import { readInstallation } from '../../src/doors/installation.ts';
import { openKubernetes } from '../../src/doors/kubernetes/index.ts';
import { openLog } from '../../src/doors/log.ts';
import { openMailbox } from '../../src/doors/mailbox.ts';
import type { openMqtt } from '../../src/doors/mqtt.ts';
import type { HttpDoor, KubernetesDoor, LeaseDoor, Log, StoreDoor } from '../../src/doors/ports.ts';
import { openStore } from '../../src/doors/store/index.ts';
import { run, type Watched, type World, watch } from '../../src/loop.ts';
import { checkOptions } from '../../src/options.ts';
import { targetsOf } from '../../src/targets/index.ts';
import type { AnyTarget } from '../../src/targets/target.ts';
import { clockIn, type FastTime, waitIn } from './fast-time.ts';

/** Plain JSON, so that it can be handed to another process. */
export interface ProductSettings {
  options: unknown;
  folder: string;
  time: FastTime;
  /** How fast a Lease ages, against the wall: a busy machine must not lose one. Without it there is none. */
  leaseSpeed?: number;
}

/** Each is handed what production would use and answers what is used. */
export interface Around {
  store?(store: StoreDoor): StoreDoor;
  kubernetes?(door: KubernetesDoor): KubernetesDoor;
  lease?(door: LeaseDoor): LeaseDoor;
  http?(door: HttpDoor): HttpDoor;
  target?(target: AnyTarget): AnyTarget;
  publish?(publish: World['publish']): World['publish'];
  dial?: typeof openMqtt;
  log?: Log;
}

export interface Product {
  /** Lines of its log. */
  lines: string[];
  close(): Promise<void>;
}

/** Where the events of a Frigate that is called just so are told. */
export const EVENTS = 'frigate_warden/frigate/event';

/** Of the wall: a look on a busy machine may be slow. */
const TIMEOUT_SECONDS = 8;

export function startProduct(
  { options: given, folder, time, leaseSpeed }: ProductSettings,
  around: Around = {},
): Product {
  const answer = checkOptions(given, 'the test');
  if (!answer.ok) throw new Error(answer.sentences.join(' '));
  const { options } = answer;
  const lines: string[] = [];
  const log = around.log ?? openLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const { server, token, certificate_authority_data: certificateAuthority } = options.kubernetes;
  const door =
    server === undefined || token === undefined
      ? null
      : openKubernetes(
          { from: 'settings', server, token, certificateAuthority },
          { log, timeoutSeconds: TIMEOUT_SECONDS },
        );
  const opened = openStore({ folder, log });
  const kubernetes = (door && around.kubernetes?.(door)) ?? door;
  const targets = targetsOf(options).map((target) => around.target?.(target) ?? target);
  const plain = openHttp();
  const http = around.http?.(plain) ?? plain;
  const stop = new AbortController();
  const wait = waitIn(time);
  const clock = clockIn(time, opened.lastTime());
  const watched: Watched[] = [];
  const place = leaseOf(options);
  const candidate =
    door && place && leaseSpeed !== undefined
      ? openCandidate({
          place,
          door: around.lease?.(door) ?? door,
          installation: readInstallation({ folder, log }),
          targets: targets.map(({ id }) => id),
          watched: () => watched,
          store: opened,
          redact: (text) => text,
          clock,
          steady: () => steadySeconds() * leaseSpeed,
          wait: (seconds, signal) => waitOnClock(seconds / leaseSpeed, signal),
          deadline,
          log,
          stop: stop.signal,
        })
      : null;
  const shared = storeOf(opened, candidate);
  const store = around.store?.(shared) ?? shared;
  const mailbox = openMailbox({ clock });
  const publishing = openPublishing({
    options,
    targets,
    http,
    store,
    log,
    stop: stop.signal,
    wait,
    candidate,
    onMqtt: (mqtt) => mailbox.attach(mqtt),
    ...(around.dial ? { dial: around.dial } : {}),
  });
  const world: World = {
    doors: { http, kubernetes, tcp: null, mailbox },
    clock,
    store,
    log,
    publish: around.publish?.(publishing.publish) ?? publishing.publish,
    ...(candidate ? { leadership: candidate.election } : {}),
    steady: steadySeconds,
    wait,
    deadline,
  };
  watched.push(...targets.map((target) => watch(target, world)));
  const loop = run(watched, world, stop.signal);
  publishing.start(loop.wish);
  return {
    lines,
    close: async () => {
      stop.abort();
      await loop.ended;
      await publishing.close(1.5);
      await candidate?.election.release(AbortSignal.timeout(1000));
      await door?.close();
      store.close();
    },
  };
}
