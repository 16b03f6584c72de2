/** TABLE: what Frigate says of itself: safe mode, shared memory, enrichments, graphics card. */
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import { inThisRun, timesOf } from '../log/query.ts';
import { lastOf, quoted, readAt, unread } from './logged.ts';
import { duration, LASTING } from './wording.ts';

export const frigateLogChecks: readonly CheckRow<SeenFacts>[] = [
  {
    id: 'safe_mode',
    layer: 'frigate',
    severity: 'unhealthy',
    forSeconds: 0,
    clearSeconds: 60,
    evident: true,
    forbids: 'own',
    name: 'Safe mode',
    nextSteps: [
      "Open Frigate's configuration editor: it shows which line is not valid.",
      'Undo the last change of the configuration; after an upgrade read what the new version has renamed.',
      'Save the repaired configuration and restart Frigate once.',
    ],
    runbook:
      'The configuration is not valid. Frigate 0.17 and newer then start without a camera and without MQTT, so ' +
      'that the configuration can be repaired on the page; older ones end at once. A restart reads the same ' +
      'file again, so none is ordered. It is over when Frigate runs with cameras again.',
    look: (facts) => [lookSafeMode(facts)],
  },
  {
    id: 'shm',
    layer: 'frigate',
    severity: 'tells',
    forSeconds: 300,
    clearSeconds: 60,
    name: 'Shared memory too small',
    nextSteps: [
      'Give the container more shared memory: a memory emptyDir at /dev/shm with a larger sizeLimit, or shm_size.',
      'Lower the detect resolution of the cameras, or their number.',
    ],
    runbook:
      'Frigate hands the pictures of all cameras over in /dev/shm. When it is smaller than the cameras need, ' +
      'pictures are lost, and a process may end with "Bus error" when it is full. The size is set from ' +
      'outside: a restart alone changes nothing.',
    look: (facts) => [lookShm(facts)],
  },
  {
    id: 'enrichment',
    layer: 'frigate',
    severity: 'tells',
    forSeconds: 300,
    clearSeconds: 60,
    name: 'Enrichment fails',
    nextSteps: [
      'Read the error in the log: it names face recognition, license plates, semantic search or descriptions.',
      'Look whether its model could be downloaded, and whether the machine has the memory for it.',
      'For descriptions look whether the AI provider answers and its key is valid.',
    ],
    runbook:
      'Faces, license plates, semantic search or generated descriptions fail again and again. Detection and ' +
      'recording go on. Mostly it is a model that could not be loaded, or a provider that does not answer.',
    look: (facts) => [lookRepeated(facts, 'enrichment_error', 'Enrichments of detected objects')],
  },
  {
    id: 'gpu',
    layer: 'frigate',
    severity: 'tells',
    forSeconds: 300,
    clearSeconds: 60,
    name: 'Graphics card unreadable',
    nextSteps: [
      'Look whether the card is passed through to the container, and whether its driver fits.',
      'Intel: reading the load needs the capability CAP_PERFMON, or a telemetry setting that names the device.',
      'Switch the GPU statistics off in the telemetry settings when nobody needs them.',
    ],
    runbook:
      'Frigate cannot read the load of the graphics card. By itself that harms nothing; with slow or stuck ' +
      'detection it may be the first sign of a card that hangs, which only a reboot of the host cures.',
    look: (facts) => [lookRepeated(facts, 'gpu_error', 'Readings of the graphics card')],
  },
];

function lookSafeMode(facts: SeenFacts): LookedFinding {
  const { safeMode, stats, log, now, api } = facts;
  const at = stats ? facts.at : readAt(facts);
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  const cameras = stats?.cameras?.length ?? null;
  // A body of which nothing else can be read either is broken, and no sign of anything.
  const isEmpty = cameras === 0 && stats !== null && stats.uptimeSeconds !== null && stats.lastUpdated !== null;
  const bad = (detail: string) => ({ ...say('bad', detail), evidence: quoted(facts, ['config_invalid', 'safe_mode']) });
  if (safeMode === true) {
    return bad(
      `Frigate has run in safe mode${LASTING}, without cameras: its configuration is not valid and must be repaired.`,
    );
  }
  if (cameras !== null && cameras > 0) return say('ok', 'Frigate runs with its cameras.');
  if (log.state === 'read' && lastOf(facts, 'config_invalid', 'safe_mode') !== null) {
    return bad(`Frigate's configuration has not been valid${LASTING}: somebody must repair it, a restart does not.`);
  }
  if (safeMode === false) return say('ok', 'Frigate says that it is not in safe mode.');
  if (isEmpty) {
    return bad(
      `Frigate has run without a single camera${LASTING}, as it does in safe mode: look at its configuration.`,
    );
  }
  const silence = unread(facts);
  if (api.isAsked && silence) return { ...say('unknown', 'Whether Frigate runs in safe mode is not seen.'), at: now };
  return silence ?? { ...say('ok', 'The log speaks of no invalid configuration.'), proves: false };
}

function lookShm(facts: SeenFacts): LookedFinding {
  const { stats, api } = facts;
  const total = stats?.shm?.total ?? null;
  const min = stats?.shm?.min ?? null;
  const silence = unread(facts);
  const at = silence ? facts.at : readAt(facts);
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  const isSmall = total !== null && min !== null && total < min;
  // Figures that are there say more than what was warned of at the start; a crash says more than they do.
  const warnings = total !== null && min !== null ? ['bus_error'] : ['bus_error', 'shm_small'];
  const last = silence ? null : lastOf(facts, ...warnings);
  if (isSmall || last !== null) {
    const figures = isSmall ? `: ${total} MB, and ${min} MB are needed` : '';
    return {
      ...say(
        'bad',
        `The shared memory has been too small${LASTING}${figures}. Pictures are lost, and processes may crash.`,
      ),
      ...(isSmall ? { threshold: `under ${min} MB` } : {}),
      ...(last === null ? {} : { since: last }),
      evidence: last === null ? [] : quoted(facts, warnings),
    };
  }
  if (total !== null && min !== null) return say('ok', `The shared memory is large enough: ${total} MB.`);
  if (silence) return api.isAsked ? { ...silence, answer: 'unknown' } : silence;
  return { ...say('ok', 'The log speaks of no lack of shared memory.'), proves: false };
}

/** One error is none; two within so long, and for as long again, are a state. */
const REPEATED_SECONDS = 300;

function lookRepeated(facts: SeenFacts, pattern: string, subject: string): LookedFinding {
  const silence = unread(facts);
  if (silence) return silence;
  const { log, life } = facts;
  const at = readAt(facts);
  const from = inThisRun(log, at - REPEATED_SECONDS);
  // One error may be told in several lines at once.
  const times = timesOf(log, pattern).filter(([time]) => time >= from);
  const within = duration(REPEATED_SECONDS);
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  const [first] = times;
  if (first && times.length > 1) {
    return {
      ...say(
        'bad',
        `${subject} have failed ${times.length} times within ${within}${LASTING}; detection and recording go on.`,
      ),
      since: first[0],
      threshold: `over 1 within ${within}`,
      evidence: quoted(facts, [pattern]),
    };
  }
  const cleanSince = Math.max(lastOf(facts, pattern) ?? 0, log.startedAt ?? log.since ?? at);
  // A Frigate that does nothing writes no errors either.
  const isProven = at - cleanSince >= REPEATED_SECONDS && life.workedAfter !== null;
  return { ...say('ok', `The log shows no such errors within ${within}.`), ...(isProven ? {} : { proves: false }) };
}
