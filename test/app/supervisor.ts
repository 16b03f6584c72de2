/**
 * What Home Assistant's Supervisor takes for an app, as far as its files can be judged (its source, 2026.08:
 * apps/validate.py, apps/options.py, apps/utils.py, store/data.py). It drops what it does not know without a word, so a
 * typing error costs an afternoon on somebody's machine; here it costs a test.
 */

export type AppFile = Readonly<Record<string, unknown>>;

interface Key {
  /** What it may hold; the answer is a complaint. */
  is: (value: unknown) => string | null;
  required?: true;
  /** What holds without the key: repeating it is an error of the linter that apps are judged by. */
  otherwise?: unknown;
}

const right = (is: boolean, wanted: string) => (is ? null : `is not ${wanted}`);
const text = (value: unknown) => right(typeof value === 'string' && value !== '', 'a text');
const flag = (value: unknown) => right(typeof value === 'boolean', 'true or false');
const texts = (value: unknown) => right(Array.isArray(value) && value.every((one) => typeof one === 'string'), 'texts');
const group = (value: unknown) => right(isGroup(value), 'a group');
const like = (pattern: RegExp) => (value: unknown) =>
  right(typeof value === 'string' && pattern.test(value), `like ${pattern}`);
const each = (pattern: RegExp) => (value: unknown) =>
  right(Array.isArray(value) && value.every((one) => pattern.test(String(one))), `a list like ${pattern}`);
const oneOf = (...words: readonly string[]) => like(new RegExp(`^(?:${words.join('|')})$`));
const off = { is: flag, otherwise: false } as const;

const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** TABLE: every key that the Supervisor knows. Those that it only knows in order to complain of them are not here. */
const KEYS: Readonly<Record<string, Key>> = {
  name: { is: text, required: true },
  version: { is: like(VERSION), required: true },
  slug: { is: like(/^[-_.A-Za-z0-9]+$/), required: true },
  description: { is: text, required: true },
  arch: { is: each(/^(?:aarch64|amd64)$/), required: true },
  machine: { is: each(/^!?[a-z0-9-]+$/) },
  url: { is: like(/^https:\/\/[^\s/]+\/\S*$/) },
  startup: { is: oneOf('initialize', 'system', 'services', 'application', 'once'), otherwise: 'application' },
  boot: { is: oneOf('auto', 'manual', 'manual_only'), otherwise: 'auto' },
  init: { is: flag, otherwise: true },
  stage: { is: oneOf('stable', 'experimental', 'deprecated'), otherwise: 'stable' },
  ports: { is: group },
  ports_description: { is: group },
  webui: { is: like(/^(?:https?|\[PROTO:\w+\]):\/\/\[HOST\]:\[PORT:\d+\].*$/) },
  ingress: off,
  ingress_port: { is: (value) => right(isWhole(value, 0, 65_535), 'a port'), otherwise: 8099 },
  ingress_entry: { is: text },
  ingress_stream: off,
  panel_icon: { is: like(/^mdi:[a-z0-9-]+$/), otherwise: 'mdi:puzzle' },
  panel_title: { is: text },
  panel_admin: { is: flag, otherwise: true },
  homeassistant: { is: like(/^20\d\d\.\d{1,2}\.\d+$/) },
  host_network: off,
  host_pid: off,
  host_ipc: off,
  host_uts: off,
  host_dbus: off,
  devices: { is: texts },
  udev: off,
  tmpfs: off,
  // The older names are complained of by new Supervisors, and the newer ones make the app invalid for older ones.
  map: { is: each(/^(?:data|ssl|share|media|backup|homeassistant_config)(?::r[ow])?$/) },
  environment: { is: group },
  privileged: { is: each(/^[A-Z_]+$/) },
  apparmor: { is: flag, otherwise: true },
  full_access: off,
  audio: off,
  video: off,
  gpio: off,
  usb: off,
  uart: off,
  devicetree: off,
  kernel_modules: off,
  realtime: off,
  hassio_api: off,
  hassio_role: { is: oneOf('default', 'homeassistant', 'backup', 'manager', 'admin'), otherwise: 'default' },
  homeassistant_api: off,
  stdin: off,
  legacy: off,
  docker_api: off,
  auth_api: off,
  journald: off,
  services: { is: each(/^(?:mqtt|mysql):(?:provide|want|need)$/) },
  discovery: { is: texts },
  backup: { is: oneOf('hot', 'cold'), otherwise: 'hot' },
  backup_exclude: { is: texts },
  backup_pre: { is: text },
  backup_post: { is: text },
  options: { is: group },
  schema: { is: (value) => right(isGroup(value) || value === false, 'a group or false') },
  image: { is: like(/^[a-z0-9.-]+(?:\/[\w{}.-]+)+$/) },
  ulimits: { is: group },
  timeout: { is: (value) => right(isWhole(value, 10, 300), 'a time from 10 to 300'), otherwise: 10 },
  breaking_versions: { is: each(VERSION) },
};

/** TABLE: what it knows and complains of, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  watchdog: 'the health check of the image says it',
  advanced: 'nothing reads it any more',
  codenotary: 'nothing reads it any more',
  squash: 'nothing builds like that any more',
  auto_uart: 'it is called uart',
};

/** The mini-language of options. */
const ELEMENT =
  /^(?:bool|email|url|port|device(?:\(subsystem=[a-z]+\))?|(?:str|password)(?:\(\d*,\d*\))?|int(?:\((-?\d+)?,(-?\d+)?\))?|float(?:\((-?\d*\.?\d+)?,(-?\d*\.?\d+)?\))?|match\(.*\)|list\(.+\))\??$/;

/** The form shows groups in groups since 2025.09; older ones take no more than a group in a list. */
const DEEPEST = 2;

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** All that the Supervisor, its linter or its form would have to say of config.yaml. */
export function complaintsOf(app: AppFile): readonly string[] {
  const missing = Object.entries(KEYS).flatMap(([key, { required }]) =>
    required && !(key in app) ? [`${key} is missing`] : [],
  );
  const wrong = Object.entries(app).flatMap(([key, value]) => {
    if (key in REFUSED) return [`${key} is refused: ${REFUSED[key]}`];
    const known = KEYS[key];
    if (!known) return [`${key} is dropped: there is no such key`];
    const complaint = known.is(value);
    if (complaint) return [`${key} ${complaint}`];
    return value === known.otherwise ? [`${key} holds anyway`] : [];
  });
  return [...missing, ...wrong, ...together(app), ...elementsOf(app.schema || {}, 'schema', 0)];
}

/** Keys that forbid each other. */
function together(app: AppFile): readonly string[] {
  const rows: readonly (readonly [boolean, string])[] = [
    [app.ingress === true && 'webui' in app, 'webui is refused beside ingress'],
    [app.ingress_port === 0 && app.host_network !== true, 'ingress_port 0 is for host_network'],
    [app.backup === 'cold' && ('backup_pre' in app || 'backup_post' in app), 'a cold backup runs no commands'],
    [app.full_access === true && ['devices', 'gpio', 'uart', 'usb'].some((key) => key in app), 'full_access has all'],
    [app.schema === false && isGroup(app.options) && Object.keys(app.options).length > 0, 'options need a schema'],
  ];
  return rows.flatMap(([is, complaint]) => (is ? [complaint] : []));
}

function elementsOf(form: unknown, path: string, depth: number): readonly string[] {
  if (typeof form === 'string') return ELEMENT.test(form) ? [] : [`${path} has no type ${form}`];
  if (Array.isArray(form)) {
    if (form.length !== 1) return [`${path} has ${form.length} forms, and only the first would count`];
    return Array.isArray(form[0]) ? [`${path} is a list in a list`] : elementsOf(form[0], `${path}[]`, depth);
  }
  if (!isGroup(form)) return [`${path} has no type ${String(form)}`];
  if (depth > DEEPEST - 1) return [`${path} is a group too deep`];
  return Object.entries(form).flatMap(([key, inner]) => elementsOf(inner, `${path}.${key}`, depth + 1));
}

/** What is wrong with these options by this schema; what it does not know it drops with a line in its own log. */
export function refusals(form: unknown, given: unknown, path = 'options'): readonly string[] {
  if (Array.isArray(form)) {
    if (!Array.isArray(given)) return [`${path} is no list`];
    return given.flatMap((one, at) => refusals(form[0], one, `${path}[${at}]`));
  }
  if (isGroup(form)) {
    if (!isGroup(given)) return [`${path} is no group`];
    const unknown = Object.keys(given).flatMap((key) => (key in form ? [] : [`${path}.${key} is dropped`]));
    return [
      ...unknown,
      ...Object.entries(form).flatMap(([key, inner]) =>
        key in given
          ? refusals(inner, given[key], `${path}.${key}`)
          : isOptional(inner)
            ? []
            : [`${path}.${key} is missing`],
      ),
    ];
  }
  return fits(String(form), given) ? [] : [`${path} is no ${form}`];
}

/** A group is never optional, and a list only by what it is made of. */
function isOptional(form: unknown): boolean {
  const inner: unknown = Array.isArray(form) ? form[0] : form;
  return typeof inner === 'string' && inner.endsWith('?');
}

function fits(element: string, value: unknown): boolean {
  const plain = element.replace(/\?$/, '');
  if (value === null || value === undefined) return false;
  const range = rangeOf(plain);
  if (range) {
    const number = Number(value);
    return Number.isFinite(number) && number >= range.least && number <= range.most;
  }
  if (plain === 'bool') return typeof value === 'boolean';
  if (plain === 'port') return isWhole(Number(value), 1, 65_535);
  if (plain === 'url') return URL.canParse(String(value));
  const list = /^list\((.+)\)$/.exec(plain)?.[1];
  return list ? list.split('|').includes(String(value)) : typeof value === 'string';
}

/** The limits of a number; null: it is none. */
export function rangeOf(element: string): { least: number; most: number; whole: boolean } | null {
  const match = /^(int|float)(?:\(([^,]*),([^)]*)\))?\??$/.exec(element);
  if (!match) return null;
  const limit = (written: string | undefined, otherwise: number) => (written ? Number(written) : otherwise);
  return {
    least: limit(match[2], Number.NEGATIVE_INFINITY),
    most: limit(match[3], Number.POSITIVE_INFINITY),
    whole: match[1] === 'int',
  };
}

const RISKY =
  /^(?:BPF|CHECKPOINT_RESTORE|DAC_READ_SEARCH|NET_ADMIN|NET_RAW|PERFMON|SYS_(?:ADMIN|MODULE|PTRACE|RAWIO))$/;

/** The security rating that the store shows, 1 to 8. */
export function ratingOf(app: AppFile, hasProfile: boolean): number {
  const privileged = Array.isArray(app.privileged) ? app.privileged.map(String) : [];
  if (app.docker_api === true || app.full_access === true) return 1;
  const rows: readonly (readonly [boolean, number])[] = [
    [app.apparmor === false, -1],
    [app.apparmor !== false && hasProfile, 1],
    [app.ingress === true, 2],
    [app.ingress !== true && app.auth_api === true, 1],
    [app.kernel_modules === true || privileged.some((one) => RISKY.test(one)), -1],
    [app.hassio_role === 'manager', -1],
    [app.hassio_role === 'admin', -2],
    [app.host_network === true, -1],
    [app.host_pid === true, -2],
    [app.host_uts === true && privileged.includes('SYS_ADMIN'), -1],
  ];
  const sum = rows.reduce((rating, [is, change]) => rating + (is ? change : 0), 5);
  return Math.max(1, Math.min(8, sum));
}

/** Which files the store would take for an app, of all that a clone holds. */
export function takenForApps(paths: readonly string[]): readonly string[] {
  return paths.filter(
    (path) =>
      /(?:^|\/)config\.(?:ya?ml|json)$/.test(path) &&
      !path.split('/').some((part) => part.startsWith('.') || part === 'rootfs'),
  );
}

/** Which files a build on the user's machine would take for its settings; folders that begin with a dot count too. */
export function takenForBuilds(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => /(?:^|\/)build\.(?:ya?ml|json)$/.test(path));
}

/** The one name in apparmor.txt that the Supervisor replaces by its own. */
export function profilesOf(profile: string): readonly string[] {
  return [...profile.matchAll(/^profile ([^ ]+).*$/gm)].map((match) => match[1] ?? '');
}
