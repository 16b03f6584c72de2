/** What the engine and people are given of a look at a Frigate. */
import type { Circumstance, Circumstances, Hazard, Member } from '../../rules/types.ts';
import { groundCannotSee, groundCircumstances, groundRemarks, noGround } from '../ground/index.ts';
import type { Looked, MemberReading, Readings } from '../target.ts';
import type { CameraFacts, FrigateFacts } from './facts.ts';
import { wordsFor } from './follow/switches.ts';
import { inPlaceHazards } from './in-place.ts';
import { own } from './own.ts';

export function look(facts: FrigateFacts, now: number): Looked {
  return {
    findings: facts.findings,
    // Nobody votes by what the log alone says: it can only speak against a camera.
    members: (facts.api.isAsked ? facts.cameras : []).map((camera): Member => {
      const { id, votes, worked } = camera;
      return { kind: 'camera', id, votes, worked, reachable: isReachable(camera, facts) };
    }),
    circumstances: circumstances(facts, now),
    readings: readings(facts),
    cannotSee: cannotSee(facts),
    remarks: facts.ground ? groundRemarks(facts.ground) : [],
    letters: facts.switches.letters,
    ...(facts.switches.isWaiting ? { lookAgainSeconds: WAITING_SECONDS } : {}),
  };
}

/** While what our restart has switched on waits to be switched off. */
const WAITING_SECONDS = 5;

/** Its frames prove it, or its address does; null: nobody looked, or nothing can be told from here. */
function isReachable({ id, stats, votes, leastFps }: CameraFacts, { reach }: FrigateFacts): boolean | null {
  // A camera that is switched off keeps its last figures for ever.
  if (votes !== 'disabled' && (stats?.cameraFps ?? 0) >= leastFps) return true;
  return own(reach.cameras, id) ?? null;
}

function circumstances(facts: FrigateFacts, now: number): Circumstances {
  const { run, ground, stats } = facts;
  const below = ground ? groundCircumstances(ground, now) : noGround(facts.limits.startupGraceSeconds);
  return {
    ...below,
    startedAt: startedAt(facts, below.startedAt),
    answeredAt: { known: true, value: run.answeredAt },
    hazards: [...below.hazards, ...switchHazards(facts), ...inPlaceHazards(facts.version)],
    seen: { ...below.seen, answer: stats ? { known: true, value: true } : unseen(facts.blindness) },
    healing: facts.healing,
    clockJumpedAt: null,
  };
}

/** What was off is off again soon after a restart of ours, where Frigate can be told so. */
function switchHazards({ switches }: FrigateFacts): readonly Hazard[] {
  const { off, areKept, why, mayLose } = switches;
  if (areKept || why === null || mayLose) return [];
  return off
    .filter(({ part }) => part === 'enabled')
    .map(({ camera }) => ({
      sentence:
        `A restart would switch the camera ${camera} on again, which somebody has switched off. ` +
        `It could not be switched off after that: ${why}`,
      against: null,
    }));
}

/**
 * The cluster knows best. Only where it cannot be asked does the uptime tell, and only of a Frigate that answers: the
 * run of a silent one may be over.
 */
function startedAt({ run, ground, stats }: FrigateFacts, below: Circumstance<number>): Circumstance<number> {
  if (below.known || ground?.pods.known) return below;
  if (run.startedAt !== null && stats) return { known: true, value: run.startedAt };
  return unseen("Neither the cluster nor Frigate's stats say since when it runs.");
}

function unseen(why: string): { known: false; asked: true; why: string } {
  return { known: false, asked: true, why };
}

function readings({ version, stats, cameras, detectors, detectionRate, lastAnswerAt, ground }: FrigateFacts): Readings {
  const none = { framesPerSecond: null, skippedRatio: null, inferenceMs: null };
  return {
    version,
    members: [
      ...cameras.map(({ id, stats: said, votes }): MemberReading => {
        // A camera that is switched off keeps its last figures for ever.
        const [arriving, skipped] =
          votes === 'disabled' ? [null, null] : [said?.cameraFps ?? null, said?.skippedFps ?? null];
        const skippedRatio = arriving !== null && arriving > 0 && skipped !== null ? skipped / arriving : null;
        return { ...none, kind: 'camera', id, framesPerSecond: arriving, skippedRatio };
      }),
      ...detectors
        .filter((detector) => !detector.isRetired)
        .map(
          ({ id, stats: said }): MemberReading => ({
            ...none,
            kind: 'detector',
            id,
            inferenceMs: said?.inferenceMs ?? null,
          }),
        ),
    ],
    detectionRate: stats ? detectionRate : null,
    lastAnswerAt,
    cluster: !ground ? 'not_configured' : ground.cluster.answers ? 'connected' : 'disconnected',
  };
}

function cannotSee({
  stats,
  api,
  blindness,
  findings,
  isConfigured,
  configFailure,
  ground,
  log,
  switches,
}: FrigateFacts): readonly string[] {
  // What is known of the address says more than what one question brought back.
  const doubt = stats ? undefined : findings.find(({ check, answer }) => check === 'api' && answer === 'unknown');
  const unread = `Frigate's configuration cannot be read${isConfigured ? ' again' : ''}`;
  return [
    ...(stats ? [] : [...new Set([doubt?.detail ?? blindness, ...(api.isAsked ? api.closed : [])])]),
    ...(stats && configFailure ? [`${unread}, so nobody knows which cameras are switched off: ${configFailure}`] : []),
    ...switches.lost.map((one) => `${wordsFor(one)} was off before the restart and could not be switched off again.`),
    ...(log.state !== 'read' && log.why && ground?.pod?.container?.start
      ? [`Frigate's log is not read: ${log.why}`]
      : []),
    ...(ground
      ? groundCannotSee(ground)
      : [
          'No cluster, or no namespace, is set for this Frigate, ' +
            'so pod and node are not seen and its workload cannot be restarted.',
        ]),
  ];
}
