/** What doctor's probes are judged by: gathered once, by the product's own looks and a few questions more. */
import { wait } from '../../doors/clock.ts';
import type { AccessQuestion, Doors, Reply } from '../../doors/ports.ts';
import { type FrigateOptions, idOf, type Options } from '../../options.ts';
import type { FrigateFacts } from '../../targets/frigate/facts.ts';
import { mailPrefix } from '../../targets/frigate/follow/mail.ts';
import { type FrigateMemory, newFrigateMemory } from '../../targets/frigate/memory.ts';
import type { FrigateAnswers } from '../../targets/frigate/observe/answers.ts';
import { type Right, rightsOf } from '../../targets/frigate/rights.ts';
import { wantedOf } from '../../targets/index.ts';
import type { AnyTarget, Looked } from '../../targets/target.ts';
import { leaseOf } from '../leading.ts';
import { deadline, type Visit } from '../visit.ts';
import type { BrokerEvidence } from './broker.ts';
import type { FolderEvidence } from './folder.ts';

/** One verb of a right, and whether the account has it. */
export interface AskedRight {
  right: Right;
  question: AccessQuestion;
  reply: Reply<boolean>;
}

/** What was seen of one Frigate. */
export interface FrigateEvidence {
  frigate: FrigateOptions;
  remedies: readonly string[];
  /** Of a look that asks every way. */
  answers: FrigateAnswers;
  facts: FrigateFacts;
  looked: Looked;
  /** Of the look after it, which asks what is asked only of a Frigate that is known: go2rtc, cameras, its mail. */
  later: FrigateAnswers;
  laterFacts: FrigateFacts;
  /** Null: no cluster, or no namespace, is set. */
  rights: readonly AskedRight[] | null;
}

export interface Evidence {
  /** How the options are named. */
  source: string;
  options: Options;
  lint: readonly string[];
  folder: FolderEvidence;
  /** The answer to what every account may ask, and by how much our clock is ahead; null: no cluster is set. */
  api: { reply: Reply<boolean>; skewSeconds: number | null } | null;
  /** Whether the account may read the secrets beside Frigate, which it never needs. */
  secrets: Reply<boolean> | null;
  /** The Lease by which one of several Wardens acts; null: no cluster is set. */
  lease: { name: string; reply: Reply<unknown> } | null;
  broker: BrokerEvidence;
  frigates: readonly FrigateEvidence[];
}

type Rest = Pick<Evidence, 'source' | 'lint' | 'folder' | 'broker'>;

/** A retained letter comes within milliseconds of its subscription. */
const MAIL_SECONDS = 1;

export async function gather(visit: Visit, rest: Rest, stop: AbortSignal): Promise<Evidence> {
  const { options, doors, clock } = visit;
  const [wanted] = wantedOf(options);
  const namespace = wanted?.workload.namespace ?? null;
  const ask = (question: AccessQuestion) => doors.kubernetes?.allowed(question, deadline(stop)) ?? null;
  const place = leaseOf(options);
  const [reply, secrets, lease, frigates] = await Promise.all([
    ask({ verb: 'list', group: '', resource: 'pods', namespace, name: null })?.then((one) => ({
      reply: one,
      at: clock.now(),
    })),
    namespace === null ? null : ask({ verb: 'get', group: '', resource: 'secrets', namespace, name: null }),
    place && visit.lease ? visit.lease.lease(place.namespace, place.name, deadline(stop)) : null,
    Promise.all(visit.targets.map((target) => gatherFrigate(visit, target, stop))),
  ]);
  return {
    ...rest,
    options,
    api: reply ? { reply: reply.reply, skewSeconds: skewIn(reply) } : null,
    secrets,
    lease: place && lease && { name: place.name, reply: lease },
    frigates,
  };
}

/** A Date header has whole seconds: on the average it is half a second old. */
function skewIn({ reply, at }: { reply: Reply<boolean>; at: number }): number | null {
  return reply.ok && reply.serverTime !== null ? at - reply.serverTime - 0.5 : null;
}

async function gatherFrigate(visit: Visit, target: AnyTarget, stop: AbortSignal): Promise<FrigateEvidence> {
  const { options, doors, clock } = visit;
  const frigate = options.frigates.find((one) => idOf(one) === target.id);
  if (!frigate) throw new Error('A target without options.');
  const look = async (memory: FrigateMemory) => {
    const answers = (await target.observe(doors, memory, { clock, signal: deadline(stop) })) as FrigateAnswers;
    const { memory: next, facts } = target.digest(memory, answers, clock.now());
    return { answers, memory: next as FrigateMemory, facts: facts as FrigateFacts };
  };
  // A way that is known to be down is not waited for: all of them are asked at once.
  const [first, rights] = await Promise.all([
    look({ ...newFrigateMemory(), isWayDown: true }),
    askRights(options, frigate, doors, stop),
  ]);
  await collectMail(target.id, first.memory, doors, stop);
  const second = await look({ ...first.memory, isWayDown: false });
  return {
    frigate,
    remedies: options.remedies,
    answers: first.answers,
    facts: first.facts,
    looked: target.look(first.facts, clock.now()),
    later: second.answers,
    laterFacts: second.facts,
    rights,
  };
}

/** The prefix is known only now. */
async function collectMail(
  reader: string,
  memory: FrigateMemory,
  { mailbox }: Doors,
  stop: AbortSignal,
): Promise<void> {
  const mail = mailbox?.empty(reader, mailPrefix(memory));
  if (mail && mail.connectedSince !== null) await wait(MAIL_SECONDS, stop);
}

async function askRights(
  options: Options,
  { namespace, workload }: FrigateOptions,
  { kubernetes }: Doors,
  stop: AbortSignal,
): Promise<readonly AskedRight[] | null> {
  const wanted = wantedOf(options).find(
    ({ workload: one }) => one.namespace === namespace && `${one.kind}/${one.name}` === workload,
  );
  if (!kubernetes || !wanted) return null;
  const signal = deadline(stop);
  const questions = rightsOf(wanted).flatMap((right) =>
    right.verbs.map((verb) => ({ right, question: questionOf(right, verb) })),
  );
  return Promise.all(questions.map(async (one) => ({ ...one, reply: await kubernetes.allowed(one.question, signal) })));
}

function questionOf({ group, resource, namespace, names }: Right, verb: string): AccessQuestion {
  return { verb, group, resource, namespace, name: names?.[0] ?? null };
}
