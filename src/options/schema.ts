/** The form of every option and its default. */
import { z } from 'zod';

const secret = () => z.string().min(1);
const seconds = (least: number, most: number) => z.number().min(least).max(most);
const count = (least: number, most: number) => z.int().min(least).max(most);
const percent = () => z.number().min(1).max(99);

/** A Kubernetes object name. */
const objectName = () => z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, { error: 'name' });
const httpUrl = () => z.string({ error: 'url' }).trim().refine(isHttpUrl, { error: 'url' });
/** Levels without wildcards, blanks and control characters; a first "$" is the broker's own. */
const topic = () => z.string().regex(/^(?!\$)[^\s\p{C}#+/]+(\/[^\s\p{C}#+/]+)*$/u, { error: 'topic' });
const host = () => z.string({ error: 'host' }).trim().overwrite(withoutBrackets).refine(isHost, { error: 'host' });

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s\p{C}\\]+$/iu.test(text) && URL.canParse(text);
}

/** `[::1]` is how an address stands in a URL; a connection wants it bare. */
function withoutBrackets(text: string): string {
  const inside = /^\[(.*)\]$/.exec(text)?.[1];
  return inside !== undefined && isIpv6(inside) ? inside : text;
}

const isIpv6 = (text: string) => z.ipv6().safeParse(text).success;

/** What consists of digits and dots and is no address, such as a lone port, is no name either. */
function isHost(text: string): boolean {
  if (isIpv6(text)) return true;
  if (/^[\d.]+$/.test(text)) return z.ipv4().safeParse(text).success;
  const label = String.raw`[\p{L}\p{N}_]([\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?`;
  return text.length <= 253 && new RegExp(`^${label}(\\.${label})*\\.?$`, 'u').test(text);
}

/** Limits of the engine and of the checks; seconds unless the name says otherwise. */
const rulesSchema = z.strictObject({
  confirm_failures: count(1, 20),
  majority_percent: percent(),
  startup_grace_seconds: seconds(60, 7200),
  moved_grace_seconds: seconds(60, 14_400),
  settle_seconds: seconds(0, 3600),
  node_ready_seconds: seconds(0, 7200),
  node_changed_seconds: seconds(0, 14_400),
  other_checker_seconds: seconds(0, 7200),
  restarts_per_hour: count(1, 10),
  restarts_per_day: count(1, 50),
  breaker_tries: count(1, 10),
  relapse_seconds: seconds(0, 86_400),
  reopen_seconds: seconds(0, 604_800),
  inference_ms: z.number().min(5).max(10_000),
  inference_cpu_ms: z.number().min(5).max(10_000),
  stats_stale_seconds: seconds(30, 3600),
  frames_per_second: z.number().min(0.1).max(30),
  skipped_percent: percent(),
  slow_camera_percent: percent(),
  overload_skipped_percent: percent(),
  stuck_count: count(1, 20),
  detector_errors_per_minute: count(1, 1000),
  discarded_count: count(1, 100),
  segment_seconds: seconds(60, 3600),
});

export type RuleOptions = z.infer<typeof rulesSchema>;

const frigateSchema = z.strictObject({
  name: z.string().trim().min(1).max(60),
  id: z
    .string()
    .max(60)
    .regex(/^[a-z0-9]+(_[a-z0-9]+)*$/, { error: 'id' })
    .optional(),
  // A path is allowed, for an ingress may lead there; what follows it begins with a slash of its own.
  url: httpUrl()
    .overwrite((url) => url.replace(/\/+$/, ''))
    .optional(),
  username: z.string().min(1).optional(),
  password: secret().optional(),
  verify_tls: z.boolean().default(true),
  tls_fingerprint: z
    .string()
    .trim()
    .regex(/^([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i, { error: 'fingerprint' })
    .optional(),
  namespace: objectName().optional(),
  workload: z
    .string()
    .regex(/^(deployment|statefulset|daemonset)\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, { error: 'workload' })
    .default('deployment/frigate'),
  container: objectName().optional(),
  service: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9]\d{0,4})?$/, { error: 'service' })
    .optional(),
  pod_port: count(1, 65_535).default(5000),
  exec: z.boolean().default(false),
  ledger: objectName().default('frigate-health-state'),
  cameras_ignored: z.array(z.string().min(1)).default([]),
  restart_with_cameras_off: z.boolean().default(false),
  rules: rulesSchema.partial().prefault({}),
});

const kubernetesSchema = z.strictObject({
  server: httpUrl().optional(),
  token: secret().optional(),
  certificate_authority_data: z.string().min(1).optional(),
  kubeconfig: secret().optional(),
  in_cluster: z.boolean().default(false),
  lease: objectName().default('frigate-warden'),
});

const mqttSchema = z.strictObject({
  host: host().optional(),
  port: count(1, 65_535).optional(),
  username: z.string().min(1).optional(),
  password: secret().optional(),
  tls: z.boolean().default(false),
  base_topic: topic().default('frigate_warden'),
  discovery_prefix: topic().default('homeassistant'),
});

const linksSchema = z.strictObject({
  grafana: httpUrl().optional(),
  frigate: httpUrl().optional(),
  runbook: httpUrl().optional(),
});

/** Many programs call this level "warning". */
const logLevel = z.preprocess(
  (level) => (level === 'warning' ? 'warn' : level),
  z.enum(['debug', 'info', 'warn', 'error']),
);

export const optionsSchema = z.strictObject({
  interval_seconds: z.int().min(5).max(300).default(30),
  frigates: z.array(frigateSchema).min(1),
  kubernetes: kubernetesSchema.prefault({}),
  rules: rulesSchema.partial().prefault({}),
  remedies: z.array(z.enum(['rollout', 'delete_pod', 'in_place'])).default(['rollout']),
  automatic_restarts: z.boolean().default(true),
  mqtt: mqttSchema.prefault({}),
  links: linksSchema.prefault({}),
  maintenance_hours: z.number().min(0.1).max(168).default(4),
  history_megabytes: count(0, 10_000).default(256),
  log_level: logLevel.default('info'),
});

export type OptionsForm = z.infer<typeof optionsSchema>;
