/** The ways to Frigate's API, and which of them answers. */
import type { Clock, Doors, Failure, Reply } from '../../../doors/ports.ts';
import { isFields } from '../../ground/fields.ts';
import type { PodPlace } from '../../ground/observe.ts';
import type { LookContext } from '../../target.ts';
import type { FrigateSettings } from '../settings.ts';
import { keepStats, keepVersion, type VantageId } from './answers.ts';
import { baseOf, openVisit, type Session } from './session.ts';

/** One way to ask for a path of the API, e.g. `/api/stats`. */
export interface Way {
  id: VantageId;
  json(path: string): Promise<Reply<unknown>>;
  text(path: string): Promise<Reply<string>>;
}

/** Where Frigate's pod is found. */
export interface PodSource {
  /** At once where it is remembered, even if that one is gone by now. */
  known(): Promise<PodPlace | null>;
  /** By the cluster's answers of this look. */
  fresh(): Promise<PodPlace | null>;
}

export interface Roads {
  settings: FrigateSettings;
  session: Session;
  doors: Doors;
  pods: PodSource;
  context: LookContext;
}

/** The first one is Frigate's own address, if it has one; the others are asked when that one fails. */
export function waysOf(roads: Roads): readonly Way[] {
  const { settings, doors, pods, context } = roads;
  const { service, ground, podPort: port } = settings;
  const { kubernetes } = doors;
  const direct = settings.url === null ? [] : [directWay(roads)];
  if (!ground || !kubernetes) return direct;
  const { namespace } = ground.workload;
  const { signal } = context;
  const askPod = (path: string) =>
    inPod(pods, ({ name }) => kubernetes.proxy({ kind: 'pods', namespace, name, port, path }, signal));
  const run = (path: string) =>
    inPod(pods, ({ name: pod, container }) =>
      container === null ? NO_POD : kubernetes.exec({ namespace, pod, container }, curl(path), signal),
    );
  return [
    ...direct,
    ...(service
      ? [
          textWay('service_proxy', (path) =>
            kubernetes.proxy({ kind: 'services', namespace, ...service, path }, signal),
          ),
        ]
      : []),
    textWay('pod_proxy', askPod),
    ...(settings.exec ? [textWay('exec', async (path) => readCurl(await run(path)))] : []),
  ];
}

function directWay({ settings, session, doors: { http }, context }: Roads): Way {
  const { url, tls, timeoutSeconds } = settings;
  const visit = openVisit({ settings, session, http, context });
  const request = (path: string, headers: Record<string, string>) => ({
    url: `${baseOf(url)}${path}`,
    headers,
    timeoutSeconds,
    signal: context.signal,
    tls,
  });
  return {
    id: 'direct',
    json: (path) => visit((headers) => http.json(request(path, headers))),
    text: (path) => visit((headers) => http.text(request(path, headers))),
  };
}

/** A way that brings text only. */
function textWay(id: VantageId, text: Way['text']): Way {
  const json = async (path: string): Promise<Reply<unknown>> => {
    const reply = await text(path);
    if (!reply.ok) return reply;
    try {
      return { ...reply, value: JSON.parse(reply.value) as unknown };
    } catch {
      return { ok: false, kind: 'form', reason: `The answer of ${path.replace(/\?.*/, '')} is not JSON.` };
    }
  };
  return { id, text, json };
}

const NO_POD: Failure = { ok: false, kind: 'unreachable', reason: 'No living pod of Frigate is known.' };

/** The remembered pod may be gone: then the cluster says which one has taken its place. */
async function inPod(
  pods: PodSource,
  ask: (pod: PodPlace) => Promise<Reply<string>> | Failure,
): Promise<Reply<string>> {
  const known = await pods.known();
  const reply = known ? await ask(known) : NO_POD;
  if (reply.ok || (known && !/^NotFound\b/.test(reply.body ?? ''))) return reply;
  const fresh = await pods.fresh();
  return fresh && fresh.name !== known?.name ? ask(fresh) : reply;
}

/** Inside its own container Frigate asks nobody for a login. */
const OWN_PORT = 5000;
const CURL_SECONDS = 5;

/** The status on a line of its own: without it a page that says 500 would be a body like any other. */
export function curl(path: string, method: 'GET' | 'POST' = 'GET'): readonly string[] {
  const url = `http://127.0.0.1:${OWN_PORT}${path}`;
  const how = method === 'GET' ? [] : ['-X', method];
  return ['curl', '-s', '--max-time', String(CURL_SECONDS), ...how, '-w', '\\n%{http_code}', url];
}

/** curl's exit codes for: refused, timed out, an empty answer, a broken one. */
const NO_ANSWER = /\bexit code (?:7|28|52|56)\b/;

export function readCurl(reply: Reply<string>): Reply<string> {
  const place = `Port ${OWN_PORT} inside the container`;
  if (!reply.ok) {
    // The container was there and its own port gave nothing: that is as good as refused.
    return NO_ANSWER.test(reply.reason) ? { ok: false, kind: 'refused', reason: `${place} does not answer.` } : reply;
  }
  const [, body, digits] = /^([\s\S]*)\n(\d{3})\s*$/.exec(reply.value) ?? [];
  if (body === undefined) return reply;
  const status = Number(digits);
  if (status >= 200 && status < 300) return { ...reply, value: body, status };
  return { ok: false, kind: 'status', status, reason: `${place} answered ${status}.` };
}

/** What the API said in one look, by whatever way. */
export interface ApiSaid {
  at: number;
  version: Reply<string> | null;
  stats: Reply<unknown> | null;
  vantage: VantageId | null;
  vantages: Readonly<Partial<Record<VantageId, 'ok' | Failure>>>;
  /** Why ways through the cluster are closed, a sentence each. */
  closed: readonly string[];
  /** The way to go on asking; null: none answers. */
  way: Way | null;
}

interface Tried {
  way: Way;
  at: number;
  stats: Reply<unknown>;
  version: Reply<string> | null;
}

/** The first way, and when it gives no stats all the others. `isAtOnce`: it failed before, so nobody waits for it. */
export async function askApi(
  ways: readonly Way[],
  { clock, isAtOnce }: { clock: Clock; isAtOnce: boolean },
): Promise<ApiSaid> {
  const [first, ...others] = ways;
  const askAll = (some: readonly Way[]) => Promise.all(some.map((way) => tryWay(way, clock)));
  if (!first || isAtOnce) return choose(await askAll(ways), clock);
  const asked = await askStats(first, clock);
  const isEnough = asked.stats.ok || asked.stats.kind === 'aborted';
  const [version, rest] = await Promise.all([
    needsVersion(asked.stats) ? askVersion(first) : null,
    isEnough ? [] : askAll(others),
  ]);
  return choose([{ ...asked, version }, ...rest], clock);
}

async function tryWay(way: Way, clock: Clock): Promise<Tried> {
  const [asked, version] = await Promise.all([askStats(way, clock), askVersion(way)]);
  return { ...asked, version: needsVersion(asked.stats) ? version : null };
}

async function askStats(way: Way, clock: Clock): Promise<Omit<Tried, 'version'>> {
  const stats = keepStats(await way.json('/api/stats'));
  return { way, stats, at: clock.now() };
}

async function askVersion(way: Way): Promise<Reply<string>> {
  return keepVersion(await way.text('/api/version'));
}

/** The stats say it themselves, as a rule. */
function needsVersion(stats: Reply<unknown>): boolean {
  if (!stats.ok || !isFields(stats.value)) return true;
  const { service } = stats.value;
  return !isFields(service) || typeof service.version !== 'string' || service.version === '';
}

function choose(tried: readonly Tried[], clock: Clock): ApiSaid {
  const open = tried.filter((one) => !isClosed(one));
  const answering = open.find(({ stats }) => stats.ok) ?? open.find(({ version }) => version?.ok) ?? null;
  const said = answering ?? open[0];
  return {
    at: said?.at ?? clock.now(),
    version: said?.version ?? null,
    stats: said?.stats ?? null,
    vantage: answering?.way.id ?? null,
    vantages: Object.fromEntries(open.map(({ way, stats }) => [way.id, stats.ok ? 'ok' : stats])),
    closed: tried.flatMap((one) => (isClosed(one) && !one.stats.ok ? [one.stats.reason] : [])),
    way: answering?.way ?? null,
  };
}

/** The cluster does not let us through, or there is nothing to lead to: that is no answer about Frigate. */
function isClosed({ way, stats }: Tried): boolean {
  if (stats.ok || way.id === 'direct') return false;
  return stats === NO_POD || stats.status === 403 || /^(Forbidden|Unauthorized)\b/.test(stats.body ?? '');
}
