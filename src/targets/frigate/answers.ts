/** What one look at a Frigate brings back, as it is recorded: plain JSON without secrets. */
import type { Doors, HttpRequest, Reply } from '../../doors/ports.ts';
import { observeGround } from '../ground/observe.ts';
import type { GroundAnswers } from '../ground/types.ts';
import type { LookContext } from '../target.ts';
import { type Configured, readConfigured } from './configured.ts';
import type { FrigateMemory } from './memory.ts';
import type { FrigateSettings } from './settings.ts';
import { isFields, isShallow, readStats } from './stats.ts';

export interface FrigateAnswers {
  /** When the stats were there, in our clock. */
  at: number;
  version: Reply<string>;
  /** The body of GET /api/stats without what nobody reads. */
  stats: Reply<unknown>;
  /** Null: not asked in this turn. */
  config: Reply<Configured> | null;
  /** Null: no cluster is configured. */
  ground: GroundAnswers | null;
}

/** The configuration is large and changes seldom; a person may just have switched off what fails now. */
const CONFIG_SECONDS: Record<FrigateMemory['configDue'], number> = { now: 0, soon: 60, later: 300 };

/** Asks the API and the cluster at once; a new run of Frigate is asked for its configuration in the same look. */
export async function observe(
  settings: FrigateSettings,
  doors: Doors,
  memory: FrigateMemory | null,
  context: LookContext,
): Promise<FrigateAnswers> {
  const at = (path: string): HttpRequest => ({
    url: `${settings.url.replace(/\/+$/, '')}${path}`,
    timeoutSeconds: settings.timeoutSeconds,
    signal: context.signal,
  });
  const askConfig = async () => keepConfig(await doors.http.json(at('/api/config')));
  const started = context.clock.now();
  const [version, stats, early, ground] = await Promise.all([
    doors.http.text(at('/api/version')).then(keepVersion),
    doors.http.json(at('/api/stats')).then((reply) => ({ at: context.clock.now(), reply: keepStats(reply) })),
    isConfigDue(memory, started) ? askConfig() : null,
    settings.ground && doors.kubernetes
      ? observeGround(settings.ground, doors.kubernetes, memory?.ground ?? null, context)
      : null,
  ]);
  const config = early ?? (isNewRun(stats.reply, memory) ? await askConfig() : null);
  return { at: stats.at, version, stats: stats.reply, config, ground };
}

/** A page of somebody else's is no version. */
export function keepVersion(reply: Reply<string>): Reply<string> {
  if (!reply.ok) return reply;
  const value = reply.value.trim();
  if (value.length <= 64 && /^v?\d+\.\d+\S*$/.test(value)) return { ...reply, value };
  return { ok: false, kind: 'form', reason: 'The answer of /api/version is not a version.' };
}

/** Without what nobody reads: command lines may name secrets, and a day of them is large. */
export function keepStats(reply: Reply<unknown>): Reply<unknown> {
  if (!reply.ok) return reply;
  if (!isFields(reply.value) || !readStats(reply.value)) {
    return { ok: false, kind: 'form', reason: 'The answer of /api/stats is not Frigate stats.' };
  }
  const kept = Object.entries(reply.value)
    .filter(([key]) => !UNREAD.includes(key))
    .map(([key, value]) => [key, key === 'cpu_usages' ? pids(value) : value]);
  const value = Object.fromEntries(kept);
  if (isShallow(value, STATS_LEVELS)) return { ...reply, value };
  return { ok: false, kind: 'form', reason: 'The answer of /api/stats is nested deeper than any Frigate stats.' };
}

/** A body of another form is no answer. */
export function keepConfig(reply: Reply<unknown>): Reply<Configured> {
  if (!reply.ok) return reply;
  const value = readConfigured(reply.value);
  if (value) return { ...reply, value };
  return { ok: false, kind: 'form', reason: 'The answer of /api/config is not a Frigate configuration.' };
}

/** Frigate's own have four; what is nested without end could not be written down again. */
const STATS_LEVELS = 8;

const UNREAD = ['gpu_usages', 'npu_usages', 'bandwidth_usages', 'embeddings'];

function pids(usages: unknown): unknown {
  return isFields(usages) ? Object.fromEntries(Object.keys(usages).map((pid) => [pid, {}])) : null;
}

function isConfigDue(memory: FrigateMemory | null, now: number): boolean {
  if (!memory || memory.configAskedAt === null) return true;
  return now - memory.configAskedAt >= CONFIG_SECONDS[memory.configDue];
}

function isNewRun(reply: Reply<unknown>, memory: FrigateMemory | null): boolean {
  const uptime = reply.ok ? (readStats(reply.value)?.uptimeSeconds ?? null) : null;
  const before = memory?.run?.uptimeSeconds ?? null;
  return uptime !== null && before !== null && uptime < before;
}
