/** One look at a Frigate: everybody who can say something about it, asked at once. */
import type { Doors, Mail, MailboxDoor } from '../../../doors/ports.ts';
import { type GroundLook, observeGround } from '../../ground/observe.ts';
import type { GroundAnswers } from '../../ground/types.ts';
import type { LookContext } from '../../target.ts';
import { mailPrefix } from '../follow/mail.ts';
import { type FrigateMemory, newFrigateMemory } from '../memory.ts';
import type { FrigateSettings } from '../settings.ts';
import { type FrigateAnswers, keepMail } from './answers.ts';
import { askLog } from './asking-log.ts';
import { askParts, NO_PARTS } from './asking-parts.ts';
import { inLane } from './lane.ts';
import type { Session } from './session.ts';
import { askApi, type PodSource, waysOf } from './vantages.ts';

/** What outlives a look and is never written down. */
export interface Standing {
  settings: FrigateSettings;
  session: Session;
}

/** Questions of one look that are open at the same time, whoever is asked. */
const MOST_OPEN = 8;

export async function observe(
  { settings, session }: Standing,
  doors: Doors,
  memory: FrigateMemory | null,
  context: LookContext,
): Promise<FrigateAnswers> {
  const open = inLane(doors, MOST_OPEN);
  const below = lookBelow(settings, open, memory, context);
  const { pods } = below;
  const ways = waysOf({ settings, session, doors: open, pods, context });
  const api = askApi(ways, { clock: context.clock, isAtOnce: memory?.isWayDown ?? false });
  const parts = api.then(({ way, stats }) =>
    way ? askParts({ settings, way, stats, doors: open, memory, context }) : NO_PARTS,
  );
  const log = askLog({ settings, kubernetes: open.kubernetes, memory, pods, context });
  const [said, more, read, ground] = await Promise.all([api, parts, log, below.answers]);
  const { way: _way, ...answered } = said;
  return {
    ...answered,
    ...more,
    log: read,
    mail: doors.mailbox && keepMail(readMail(doors.mailbox, settings.id, memory, context.signal)),
    ground,
  };
}

/** What a look that is broken off took out of the box would be lost with it. */
function readMail(box: MailboxDoor, reader: string, memory: FrigateMemory | null, signal: AbortSignal): Mail {
  if (signal.aborted) return { connectedSince: null, letters: [], dropped: 0 };
  return box.empty(reader, mailPrefix(memory ?? newFrigateMemory()));
}

interface Below {
  answers: Promise<GroundAnswers | null>;
  pods: PodSource;
}

function lookBelow(
  { ground }: FrigateSettings,
  { kubernetes }: Doors,
  memory: FrigateMemory | null,
  context: LookContext,
): Below {
  const remembered = memory?.pod ?? null;
  let seen: GroundLook['pod'];
  const look = async () => {
    // The stats go first: the cluster has more to say than there is room for at once.
    await Promise.resolve();
    if (!ground || !kubernetes) return null;
    const { answers, pod } = await observeGround(ground, kubernetes, memory?.ground ?? null, context);
    seen = pod;
    return answers;
  };
  const answers = look();
  // What could not be seen now stands as it is remembered.
  const latest = () => (seen === undefined ? remembered : seen);
  const fresh = () => answers.then(latest);
  return { answers, pods: { fresh, known: async () => latest() ?? fresh() } };
}
