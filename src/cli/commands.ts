/** TABLE: every command and every flag, and what is said of them. */

export type CommandId = 'run' | 'check' | 'doctor' | 'verify' | 'capture' | 'assess' | 'replay' | 'manifests';

/** What `manifests` can print a part of. */
export const PARTS = ['rights', 'policy', 'deployment'] as const;

/** TABLE: every flag, for the reader of what was typed. */
export const FLAGS = {
  options: { type: 'string' },
  data: { type: 'string' },
  frigate: { type: 'string' },
  every: { type: 'string' },
  for: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  only: { type: 'string' },
  json: { type: 'boolean' },
  strict: { type: 'boolean' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const;

export type FlagName = keyof typeof FLAGS;

interface Command {
  /** In one line, for the list of all. */
  does: string;
  flags: readonly FlagName[];
  place: 'none' | 'needed' | 'possible';
  help: string;
}

const VERDICT_CODES = `Exit codes: 0 healthy or degraded (with --strict only healthy); 1 unhealthy; 2 wrong arguments or
options, or nothing that could be judged; 3 starting, or too little is seen.
`;

const OPTIONS_LINE = '    --options FILE    options as JSON (default /data/options.json, else ./options.json)\n';
const URL_LINE = '    --frigate URL     only this Frigate; no options file is needed\n';
const JSON_LINE = '    --json            JSON and nothing else on standard output\n';
const STRICT_LINE = '    --strict          degraded is exit code 1\n';

/** TABLE: every command, what it takes and what it says of itself. */
export const COMMANDS: Readonly<Record<CommandId, Command>> = {
  run: {
    does: 'watch, decide, act, publish; until SIGTERM',
    flags: ['options', 'data', 'frigate'],
    place: 'none',
    help: `frigate-warden run

  Watches, decides, acts and publishes, until SIGTERM.
${OPTIONS_LINE}    --data DIR        where the state is kept (default /data, else ./data)
    --frigate URL     only observe this Frigate; no options file is needed

Exit codes: 0 stopped as asked; 1 it broke; 2 wrong arguments or options, nothing was started.
`,
  },
  check: {
    does: 'look once and say what is seen',
    flags: ['options', 'data', 'frigate', 'json', 'strict'],
    place: 'none',
    help: `frigate-warden check

  Looks once and says what is seen. One look confirms nothing: what it finds bad may pass by itself.
${OPTIONS_LINE}${URL_LINE}    --data DIR        judge with what a Warden has remembered there, if it exists
${JSON_LINE}${STRICT_LINE}
${VERDICT_CODES}`,
  },
  doctor: {
    does: 'ask every door once, and say how to mend what is wrong',
    flags: ['options', 'data', 'frigate', 'json'],
    place: 'none',
    help: `frigate-warden doctor

  Asks every door that the options lead to, once, and says what is wrong and how to mend it: options, data folder,
  cluster and each right in it, every way to each Frigate, log, ledger, cameras, broker. Nothing is written, and
  nothing restarted.
${OPTIONS_LINE}${URL_LINE}    --data DIR        where the state is to be kept (default /data, else ./data)
${JSON_LINE}
Exit codes: 0 all that is used works, warnings included; 1 something does not; 2 wrong arguments or options.
`,
  },
  verify: {
    does: 'look again and again; good only if healthy throughout',
    flags: ['options', 'frigate', 'for', 'every', 'json', 'strict'],
    place: 'none',
    help: `frigate-warden verify --for 10m

  Looks again and again; exit code 0 only if Frigate was healthy throughout. The first look that is not ends it.
    --for TIME        how long, such as 90s, 10m or 1h (default 10m)
    --every TIME      time between two looks (default: interval_seconds of the options)
${OPTIONS_LINE}${URL_LINE}${JSON_LINE}${STRICT_LINE}
${VERDICT_CODES}`,
  },
  capture: {
    does: 'write what is seen into a case folder',
    flags: ['options', 'frigate', 'every', 'for', 'json'],
    place: 'needed',
    help: `frigate-warden capture --frigate URL --every 15s --for 5m DIR

  Writes what is seen into a new case folder, which assess judges. Passwords, tokens and the user part of
  addresses are taken out. Ctrl-C ends it early; what is written by then is a whole case.
    --every TIME      time between two looks, such as 15s (default 15s)
    --for TIME        how long, such as 90s, 5m or 1h (default 5m)
${OPTIONS_LINE}${URL_LINE}${JSON_LINE}
Exit codes: 0 at least one look brought something; 1 the folder could not be written to its end; 2 wrong arguments
or options, or nothing was seen.
`,
  },
  assess: {
    does: 'judge a case folder with the production engine',
    flags: ['options', 'json', 'strict'],
    place: 'needed',
    help: `frigate-warden assess DIR

  Judges a case folder with the production engine on a simulated clock. Nothing is restarted and nobody is asked.
  A folder holds any of: case.json {"start": time, "every_seconds": 15}, stats-001.json … (bodies of /api/stats; one
  that failed is stats-003.error.json {"error": "timeout"}), frigate-config.json, version.txt, log.txt,
  kubernetes-001.json {deployment, pods, node, endpoints}, go2rtc-001.json, recordings-001.json, vantages-001.json,
  mqtt.jsonl, history.json {"restarts": [], "worked": []}. Without kubernetes-001.json the cluster counts as well.
    --options FILE    judge by the limits of these options (default: those of the product)
${JSON_LINE}${STRICT_LINE}
${VERDICT_CODES}`,
  },
  replay: {
    does: 'go through a recorded day, or a case, look by look',
    flags: ['options', 'data', 'from', 'to', 'json', 'strict'],
    place: 'possible',
    help: `frigate-warden replay [DIR]

  Goes look by look through what a Warden has recorded, or through a case folder, and says what changed, which
  restarts would have been ordered, and what held others back. Nothing is restarted.
    --from, --to TIME only what lies between, such as 2026-01-06T04:00 (UTC) or epoch seconds
    --data DIR        where a Warden has recorded (default /data, else ./data)
    --options FILE    judge by these options (default /data/options.json, else ./options.json; for a case folder
                      those of the product)
${JSON_LINE}${STRICT_LINE}
${VERDICT_CODES}`,
  },
  manifests: {
    does: 'print what the cluster must be given, as YAML for kubectl',
    flags: ['options', 'only', 'json'],
    place: 'none',
    help: `frigate-warden manifests

  Prints what the cluster must be given for these options, and nothing more: the account, its rights, the empty ledger
  and lease; the policies that keep the account to restarts; with kubernetes.in_cluster also a Deployment of the Warden.
  No secret of the options is printed. Give it to kubectl: frigate-warden manifests | kubectl apply -f -
    --options FILE    options as JSON (default /data/options.json, else ./options.json, else a Deployment frigate in
                      the namespace frigate)
    --only PART       only the rights, the policy or the deployment
    --json            a List as JSON, without comments

Exit codes: 0 printed; 2 wrong arguments or options.
`,
  },
};

export const COMMAND_IDS = Object.keys(COMMANDS) as readonly CommandId[];

/** TABLE: what each flag is, for the list of all; to whom it belongs is told by the commands. */
const FLAG_WORDS: Readonly<Record<Exclude<FlagName, 'help' | 'version'>, [typed: string, is: string]>> = {
  options: ['--options FILE', 'options as JSON'],
  frigate: ['--frigate URL', 'only this Frigate, without options'],
  data: ['--data DIR', 'the folder of what is kept'],
  every: ['--every TIME', 'time between two looks'],
  for: ['--for TIME', 'how long'],
  from: ['--from TIME', 'only what lies after it'],
  to: ['--to TIME', 'only what lies before it'],
  only: ['--only PART', 'rights, policy or deployment'],
  json: ['--json', 'JSON and nothing else'],
  strict: ['--strict', 'degraded is exit code 1'],
};

function flagLine([name, [typed, is]]: [string, [string, string]]): string {
  const theirs = COMMAND_IDS.filter((id) => COMMANDS[id].flags.includes(name as FlagName));
  return `  ${typed.padEnd(19)} ${is.padEnd(34)}  ${theirs.length === COMMAND_IDS.length ? 'all' : theirs.join(', ')}`;
}

export const USAGE = `frigate-warden <command> [flags]

${COMMAND_IDS.map((id) => `  ${id.padEnd(19)} ${COMMANDS[id].does}`).join('\n')}
  --help              this text; after a command what its flags mean, and its exit codes
  --version           the version

Flags, and the commands that take them:
${Object.entries(FLAG_WORDS).map(flagLine).join('\n')}

Exit codes: 0 good, or stopped as asked; 1 bad; 2 wrong arguments or options, or nothing answered; 3 too little is seen.
`;

/** TABLE: what a flag's value looks like, for the sentence that misses it. */
export const EXAMPLES: Readonly<Partial<Record<FlagName, string>>> = {
  options: 'a file, such as --options options.json',
  data: 'a folder, such as --data data',
  frigate: 'an address, such as --frigate http://frigate.local:5000',
  every: 'a time, such as --every 15s',
  for: 'a time, such as --for 5m',
  from: 'a moment, such as --from 2026-01-06T04:00',
  to: 'a moment, such as --to 2026-01-06T16:00',
  only: 'a part, such as --only rights',
};
