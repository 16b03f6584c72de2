/** Options as they are read: from a file, from the app's form, or from one address. */
import type { z } from 'zod';
import { contradictionsIn } from './options/contradictions.ts';
import { withLimitGroups } from './options/lines.ts';
import { optionsSchema, type RuleOptions } from './options/schema.ts';
import { sentencesOf, WHOLE } from './options/sentences.ts';

/** Limits that no option names. */
export const RULE_DEFAULTS: RuleOptions = {
  confirm_failures: 2,
  majority_percent: 50,
  startup_grace_seconds: 600,
  moved_grace_seconds: 1800,
  settle_seconds: 120,
  node_ready_seconds: 300,
  node_changed_seconds: 900,
  other_checker_seconds: 900,
  restarts_per_hour: 2,
  restarts_per_day: 6,
  breaker_tries: 2,
  relapse_seconds: 7200,
  reopen_seconds: 86_400,
  inference_ms: 100,
  inference_cpu_ms: 300,
  stats_stale_seconds: 60,
  frames_per_second: 1,
  skipped_percent: 80,
  slow_camera_percent: 50,
  overload_skipped_percent: 20,
  stuck_count: 2,
  detector_errors_per_minute: 10,
  discarded_count: 5,
  segment_seconds: 300,
};

export type Options = z.infer<typeof optionsSchema>;
export type FrigateOptions = Options['frigates'][number];
export type OptionsAnswer = { ok: true; options: Options } | { ok: false; sentences: readonly string[] };

/** Part of topics and unique ids, and what all that is kept of a Frigate is found by. */
export function idOf({ id, name }: Pick<FrigateOptions, 'id' | 'name'>): string {
  return id ?? slug(name);
}

/** Of "Front house" it is `front_house`. */
function slug(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain.replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '');
}

/** Options from the text of a JSON file. `source` is how the sentences name it. */
export function readOptions(text: string, source: string): OptionsAnswer {
  // Editors on Windows begin a file with a byte order mark.
  const content = text.replace(/^\uFEFF/, '');
  if (content.trim() === '') return { ok: false, sentences: [`${source} is empty; give ${WHOLE}.`] };
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return { ok: false, sentences: [`${source} is not JSON; check its commas, quotes and braces.`] };
  }
  return checkOptions(value, source);
}

/** Options from a value that was read already. */
export function checkOptions(value: unknown, source: string): OptionsAnswer {
  const { value: given, sentences } = withLimitGroups(withoutEmpty(value));
  const parsed = optionsSchema.safeParse(given);
  const found = [
    ...sentences,
    ...(parsed.success
      ? contradictionsIn(parsed.data, parsed.data.frigates.map(idOf))
      : sentencesOf(parsed.error.issues, given, optionsSchema)),
  ];
  if (parsed.success && found.length === 0) return { ok: true, options: parsed.data };
  return { ok: false, sentences: found.map((sentence) => `${sentence} (in ${source})`) };
}

/** One Frigate by its address, and nothing else: it is only observed. */
export function optionsForUrl(url: string): OptionsAnswer {
  return checkOptions({ frigates: [{ name: 'Frigate', url }], remedies: [], automatic_restarts: false }, '--frigate');
}

/** The options form of Home Assistant stores an emptied field as an empty text, which means "not set". */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, one]) => one !== '' && one !== null);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutEmpty(one)]));
}

export function hasCluster({ kubernetes }: Pick<Options, 'kubernetes'>): boolean {
  return kubernetes.server !== undefined || kubernetes.kubeconfig !== undefined || kubernetes.in_cluster;
}

/** The limits of one Frigate: its own before those of all, before the defaults. */
export function rulesOf(options: Pick<Options, 'rules'>, frigate: Pick<FrigateOptions, 'rules'>): RuleOptions {
  const set = (rules: Options['rules']) =>
    Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined));
  return { ...RULE_DEFAULTS, ...set(options.rules), ...set(frigate.rules) };
}

/** Every value that must never be shown. */
export function secretsOf(options: Options): readonly string[] {
  const logins = options.frigates.map(({ password }) => password);
  return [options.kubernetes.token, options.mqtt.password, ...logins].filter((value) => value !== undefined);
}
