/** A world that answers what a look asks, on a clock that stands still unless an answer takes its time. */
import type { Doors, Failure, HttpRequest, KubernetesDoor, Letter, LogQuery, Reply } from '../../../src/doors/ports.ts';
import { digest } from '../../../src/targets/frigate/digest.ts';
import type { FrigateMemory } from '../../../src/targets/frigate/memory.ts';
import type { FrigateAnswers } from '../../../src/targets/frigate/observe/answers.ts';
import { observe } from '../../../src/targets/frigate/observe/observe.ts';
import { newSession, type Session } from '../../../src/targets/frigate/observe/session.ts';
import type { FrigateSettings } from '../../../src/targets/frigate/settings.ts';
import * as G from '../ground/objects.ts';
import { failure, settings } from './watching.ts';

export const ok = <T>(value: T): Reply<T> => ({ ok: true, value, status: 200, serverTime: null });

/** As the API server says that the account may not. */
export const FORBIDDEN = failure('unreachable', {
  reason: 'The account lacks the verb "get" on pods/proxy.',
  body: 'Forbidden: pods "f" is forbidden',
});

type Answer = unknown;

/** What each way says to a path; a function is asked each time. A path that nobody names is refused. */
export interface World {
  direct?: Record<string, Answer>;
  login?: () => Reply<readonly string[]>;
  service?: Record<string, Answer>;
  pod?: Record<string, Answer>;
  exec?: Record<string, Answer>;
  log?: (query: LogQuery) => Reply<string>;
  pods?: Reply<unknown>;
  reach?: Record<string, Failure | 'ok'>;
  letters?: readonly Letter[];
  /** Of these questions, none comes to an answer before `release()`. */
  hangs?: (name: string) => boolean;
}

/** Where the pod of the fixtures is found. */
const POD = 'frigate-6d5f-abcde';

export interface Rig {
  /** Every question as it was asked: `direct /api/stats`, `pod frigate-… 5000 /api/stats`, `log …`, `ground workload`. */
  asked: string[];
  requests: HttpRequest[];
  logQueries: LogQuery[];
  /** Most questions that were open at one time. */
  most(): number;
  release(): void;
  session: Session;
  look(memory?: FrigateMemory | null, after?: number): Promise<FrigateAnswers>;
  /** One look after the other, as the loop would; memory goes through JSON. */
  looks(times: readonly number[], memory?: FrigateMemory | null): Promise<readonly Step[]>;
  stop(): void;
}

export interface Step {
  answers: FrigateAnswers;
  memory: FrigateMemory;
}

export const START = G.NOW;

export function rig(world: World, changes: Partial<FrigateSettings> = {}): Rig {
  const fixed = settings(changes);
  const session = newSession();
  const asked: string[] = [];
  const requests: HttpRequest[] = [];
  const logQueries: LogQuery[] = [];
  const held: (() => void)[] = [];
  const stop = new AbortController();
  let [now, open, most, isReleased] = [START, 0, 0, false];

  const ask = async <T>(name: string, answer: () => Reply<T>): Promise<Reply<T>> => {
    asked.push(name);
    open += 1;
    most = Math.max(most, open);
    if (world.hangs?.(name) && !isReleased) await new Promise<void>((go) => held.push(go));
    else await Promise.resolve();
    open -= 1;
    return stop.signal.aborted ? failure('aborted') : answer();
  };
  const said = (answers: Record<string, Answer> | undefined, path: string): Reply<never> => {
    const found = answers?.[path] ?? answers?.[path.replace(/\?.*/, '')];
    const value: unknown = typeof found === 'function' ? found() : found;
    return (value === undefined ? failure('refused') : isFailure(value) ? value : ok(value)) as Reply<never>;
  };
  const text = (reply: Reply<unknown>): Reply<string> =>
    reply.ok && typeof reply.value !== 'string'
      ? { ...reply, value: JSON.stringify(reply.value) }
      : (reply as Reply<string>);
  const http = <T>(request: HttpRequest) => {
    requests.push(request);
    const { pathname, search } = new URL(request.url);
    return ask<T>(`direct ${pathname}${search}`, () => said(world.direct, `${pathname}${search}`));
  };
  const ground = (part: string, reply: Reply<unknown>) => ask(`ground ${part}`, () => reply);
  const kubernetes: KubernetesDoor = {
    ...G.cluster({}).door,
    workload: () => ground('workload', G.ok(G.deployment())),
    configMap: () => ground('configMap', G.ok(G.configMap(''))),
    pods: () => ground('pods', world.pods ?? G.ok(G.list(G.pod()))),
    replicaSets: () => ground('replicaSets', G.ok(G.list(G.replicaSet()))),
    node: () => ground('node', G.ok(G.node())),
    log: (query) => {
      logQueries.push(query);
      const name = `log ${query.pod}${query.previous ? ' previous' : ''}`;
      return ask(name, () => (world.log ?? (() => ok('')))(query));
    },
    proxy: ({ kind, name, port, path }) =>
      ask(`${kind === 'pods' ? 'pod' : 'service'} ${name}:${port} ${path}`, () => {
        if (kind === 'pods' && name !== POD) return failure('unreachable', { body: `NotFound: pods "${name}"` });
        return text(said(kind === 'pods' ? world.pod : world.service, path));
      }),
    exec: ({ pod, container }, command) => {
      const path = new URL(command.at(-1) ?? '').pathname;
      return ask(`exec ${pod}/${container} ${path}`, () => text(said(world.exec, path)));
    },
  };
  const doors: Doors = {
    http: {
      json: http,
      text: http,
      cookies: (request) => {
        requests.push(request);
        return ask('login', world.login ?? (() => failure('refused')));
      },
    },
    kubernetes: changes.ground ? kubernetes : null,
    tcp: {
      reach: ({ host, port }) =>
        ask(`reach ${host}:${port}`, () => {
          const found = world.reach?.[host];
          return found === 'ok' ? ok(true as const) : (found ?? failure('refused'));
        }),
    },
    mailbox: world.letters
      ? {
          post: async () => null,
          empty: (reader, prefix) => {
            asked.push(`mail ${reader} ${prefix}`);
            return { connectedSince: START, letters: world.letters ?? [], dropped: 0 };
          },
        }
      : null,
  };
  const look: Rig['look'] = (memory = null, after = 0) => {
    now = START + after;
    const context = { clock: { now: () => now, jumpedAt: () => null }, signal: stop.signal };
    return observe({ settings: fixed, session }, doors, memory, context);
  };
  return {
    asked,
    requests,
    logQueries,
    most: () => most,
    release: () => {
      isReleased = true;
      for (const go of held.splice(0)) go();
    },
    session,
    look,
    looks: async (times, before = null) => {
      const steps: Step[] = [];
      let memory = before;
      for (const after of times) {
        const answers = await look(memory, after);
        memory = JSON.parse(JSON.stringify(digest(fixed, memory, answers, START + after).memory)) as FrigateMemory;
        steps.push({ answers, memory });
      }
      return steps;
    },
    stop: () => stop.abort(),
  };
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'kind' in value && 'reason' in value;
}
