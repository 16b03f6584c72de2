/** From a call to a fact: seen, hidden for want of a right, or not to be seen just now. */
import type { Failure } from '../../doors/ports.ts';
import type { Circumstance } from '../../rules/types.ts';
import { type PodObject, readPods, readReplicaSets, readWorkload, type WorkloadObject } from './objects.ts';
import { ownPods } from './pods.ts';
import type { Asked, GroundAnswers, GroundMemory, GroundSettings } from './types.ts';

/** A right that was lost leaves us blind for a day; after that it was taken away on purpose. */
const LOST_RIGHT_SECONDS = 86_400;
/** A Date header holds whole seconds, and an answer takes its time. */
const SKEW_SECONDS = 2;

interface Sighting<T> {
  /** The verb and resource that a role would name, e.g. "get nodes". */
  right: string;
  /** What it is, to begin a sentence, e.g. "Node worker-1". */
  what: string;
  read(value: unknown): T | null;
  /** What it means that the object does not exist; without it, that it cannot be seen. */
  absent?: T;
}

/** What one call showed. `seenAt` is when the part was last seen, undefined if never. */
export function sightOf<T>(asked: Asked, sighting: Sighting<T>, seenAt: number | undefined): Circumstance<T> {
  const { reply, at } = asked;
  const { right, what, read, absent } = sighting;
  if (reply.ok) {
    const value = read(reply.value);
    return value === null ? hidden(true, `${what} came in an unknown form.`) : { known: true, value };
  }
  if (reply.status === 404) {
    return absent === undefined ? hidden(true, `${what} does not exist.`) : { known: true, value: absent };
  }
  if (reply.status === 403) {
    const lost = seenAt !== undefined && at - seenAt < LOST_RIGHT_SECONDS;
    return lost
      ? hidden(true, `The right to ${right} was lost: ${reply.reason}`)
      : hidden(false, `No right to ${right}: ${reply.reason}`);
  }
  return hidden(true, `${what} cannot be read: ${reply.reason}`);
}

export function hidden(asked: boolean, why: string): { known: false; asked: boolean; why: string } {
  return { known: false, asked, why };
}

/** Our clock minus the cluster's. It stays as it was while it fits, so that times do not waver from look to look. */
export function skewOf(before: number, answers: GroundAnswers): number {
  const measured = callsOf(answers).flatMap(({ at, reply }) =>
    reply.ok && reply.serverTime !== null ? [at - reply.serverTime] : [],
  );
  if (measured.length === 0) return before;
  // The quickest answer tells it best.
  const skew = Math.min(...measured);
  if (Math.abs(skew - before) < SKEW_SECONDS) return before;
  return Math.abs(skew) < SKEW_SECONDS ? 0 : skew;
}

/** Does the API server answer at all? One refused right is an answer; a refused token shows nothing of the cluster. */
export function clusterSight(answers: GroundAnswers): { answers: boolean | null; sentence: string } {
  const calls = callsOf(answers);
  if (calls.some(({ reply }) => isAnswer(reply))) return { answers: true, sentence: 'The API server answers.' };
  const failures = calls.flatMap(({ reply }) => (reply.ok ? [] : [reply]));
  const failure = failures.find(({ kind }) => kind !== 'aborted');
  if (!failure) return { answers: null, sentence: 'The look was broken off before the API server answered.' };
  const sentence =
    failure.status === 401
      ? `The API server does not accept the credentials: ${failure.reason}`
      : `The API server does not answer: ${failure.reason}`;
  return { answers: false, sentence };
}

function isAnswer(reply: Asked['reply']): boolean {
  if (reply.ok) return true;
  const { kind, status } = reply as Failure;
  if (kind === 'too_large') return true;
  return status !== undefined && status >= 400 && status < 500 && status !== 401 && status !== 429;
}

function callsOf({
  workload,
  pods,
  replicaSets,
  node,
  configMap,
  nodes,
  autoscalers,
}: GroundAnswers): readonly Asked[] {
  const seldom = [nodes ?? null, autoscalers ?? null];
  return [workload, configMap, pods, replicaSets, node, ...seldom].filter((asked) => asked !== null);
}

type Settings = Pick<GroundSettings, 'workload'>;
type SeenAt = GroundMemory['seenAt'];

/** The workload's object as it was answered. */
export function workloadSight({ workload }: Settings, asked: Asked, seenAt: SeenAt): Circumstance<WorkloadObject> {
  const { kind, namespace, name } = workload;
  const what = `The ${kind} ${name} in the namespace ${namespace}`;
  return sightOf(asked, { right: `get ${kind}s`, what, read: readWorkload }, seenAt.workload);
}

/** The workload's own pods as they were answered, newest first. */
export function podsSight(
  settings: Settings,
  workload: Circumstance<WorkloadObject>,
  answers: Pick<GroundAnswers, 'pods' | 'replicaSets'>,
  seenAt: SeenAt,
): Circumstance<readonly PodObject[]> {
  if (!workload.known) return hidden(workload.asked, workload.why);
  if (!answers.pods) return hidden(true, 'The workload has no selector that names its pods.');
  const { kind, namespace } = settings.workload;
  const where = `in the namespace ${namespace}`;
  const pods = sightOf(
    answers.pods,
    { right: 'list pods', what: `The list of pods ${where}`, read: readPods },
    seenAt.pods,
  );
  if (!pods.known || pods.value.length === 0 || kind !== 'deployment') {
    return pods.known ? { known: true, value: ownPods(workload.value, null, pods.value) } : pods;
  }
  if (!answers.replicaSets) return hidden(true, 'To which replica set the pods belong was not asked.');
  const sets = sightOf(
    answers.replicaSets,
    { right: 'list replicasets', what: `The list of replica sets ${where}`, read: readReplicaSets },
    seenAt.replicaSets,
  );
  return sets.known ? { known: true, value: ownPods(workload.value, sets.value, pods.value) } : sets;
}
