/** Limits that contradict each other, or can never bind: allowed, but said at the start. */
import { hasCluster, type Options, rulesOf } from '../options.ts';
import type { RuleOptions } from './schema.ts';

interface Advice {
  applies(rules: RuleOptions, options: Options): boolean;
  sentence: string;
}

/** TABLE. From a stuck detector to its restart shall pass no more than 150 s, of which a minute is the check's own. */
const SLOW_CONFIRM_SECONDS = 90;

/** Younger than this a Frigate is `starting`, whatever it says. */
const YOUNG_SECONDS = 120;

const ADVICE: readonly Advice[] = [
  {
    applies: (rules) => rules.restarts_per_day < rules.restarts_per_hour,
    sentence: 'restarts_per_hour can never bind: restarts_per_day is smaller.',
  },
  {
    applies: (rules) => rules.breaker_tries > rules.restarts_per_day,
    sentence: 'breaker_tries can never bind: restarts_per_day is smaller.',
  },
  {
    applies: (rules) => rules.moved_grace_seconds < rules.startup_grace_seconds,
    sentence:
      'moved_grace_seconds is shorter than startup_grace_seconds: a start with a new image takes longer, not less.',
  },
  {
    applies: (rules) => rules.settle_seconds >= rules.startup_grace_seconds,
    sentence:
      'settle_seconds is as long as startup_grace_seconds: a start that fails is acted on before one that succeeds.',
  },
  {
    applies: (rules) => rules.settle_seconds < YOUNG_SECONDS,
    sentence:
      'settle_seconds is below 120: a restart may be made while Frigate still counts as starting, and no incident is ' +
      'opened for it then.',
  },
  {
    applies: (rules) => rules.inference_cpu_ms < rules.inference_ms,
    sentence: 'inference_cpu_ms is below inference_ms: a CPU is slower than an accelerator.',
  },
  {
    applies: (rules, options) => options.interval_seconds * (rules.confirm_failures - 1) > SLOW_CONFIRM_SECONDS,
    sentence: 'interval_seconds times confirm_failures is long: a fault is confirmed only after minutes.',
  },
];

/** One sentence each, with the Frigate that it is about. */
export function lintOptions(options: Options): readonly string[] {
  const found = options.frigates.flatMap((frigate, place) => {
    const rules = rulesOf(options, frigate);
    const path = `frigates[${place}] (${frigate.name})`;
    const said = ADVICE.filter((advice) => advice.applies(rules, options)).map(
      ({ sentence }) => `${path}: ${sentence}`,
    );
    if (frigate.username !== undefined && frigate.url?.startsWith('http://')) {
      said.push(`${path}: sends its login in clear text; give an address that begins with https://.`);
    }
    if (!frigate.verify_tls) {
      said.push(`${path}: verify_tls is off, so anybody may answer for Frigate; tls_fingerprint is safer.`);
    }
    if (frigate.namespace === undefined && hasCluster(options)) {
      said.push(`${path}: has no namespace, so its workload is neither seen nor restarted.`);
    }
    return [...said, ...sharedWith(options, place).map((sentence) => `${path}: ${sentence}`)];
  });
  if (options.automatic_restarts && options.remedies.length === 0) {
    found.push('automatic_restarts means nothing: remedies is empty, so nothing is ever restarted.');
  } else if (options.automatic_restarts && !hasCluster(options) && !options.remedies.includes('in_place')) {
    found.push(
      'automatic_restarts means nothing: no cluster is configured, so nothing can be restarted; ' +
        'only the remedy in_place needs none.',
    );
  }
  return found;
}

function isSameUrl(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && new URL(one).href === new URL(other).href;
}

/** What this Frigate has in common with one before it, and probably should not. */
function sharedWith({ frigates }: Options, place: number): readonly string[] {
  const own = frigates[place];
  const before = (isTwin: (other: Options['frigates'][number]) => boolean) =>
    frigates.findIndex((other, i) => i < place && isTwin(other));
  const sameUrl = before((other) => isSameUrl(own?.url, other.url));
  const sameLedger = before(
    (other) => own?.namespace !== undefined && own.namespace === other.namespace && own.ledger === other.ledger,
  );
  return [
    ...(sameUrl < 0 ? [] : [`has the url of frigates[${sameUrl}]: one Frigate is watched twice.`]),
    ...(sameLedger < 0
      ? []
      : [`has the ledger of frigates[${sameLedger}]: a restart of one counts for both; give each its own.`]),
  ];
}
