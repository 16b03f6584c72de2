/** TABLE: can Frigate write what it records, and can it use its database? Told by the log alone. */
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { SeenFacts } from '../facts.ts';
import { countSince, inThisRun, lastAt, membersOf } from '../log/query.ts';
import { own } from '../own.ts';
import { lastOf, quoted, readAt, unread } from './logged.ts';
import { duration, LASTING } from './wording.ts';

export const storageChecks: readonly CheckRow<SeenFacts>[] = [
  {
    id: 'database',
    layer: 'storage',
    severity: 'unhealthy',
    forSeconds: 0,
    clearSeconds: 60,
    evident: true,
    forbids: 'all',
    name: 'Database in trouble',
    nextSteps: [
      'Make sure that only one Frigate uses this database: two pods overlap when the strategy is not Recreate.',
      'Keep the database on a local disk: on NFS or SMB its locks do not work.',
      'When it says "malformed": stop Frigate, make a copy of frigate.db, and repair it with ' +
        'sqlite3 frigate.db ".recover", or move it away and let Frigate begin a new one.',
    ],
    runbook:
      'The log says that the database is locked or malformed, or cannot be opened or written. Locked means ' +
      'network storage, two instances on one file, or a disk that hardly answers. One that cannot be opened or ' +
      'written ("readonly database", "unable to open", "disk I/O error") means rights, a read-only volume or ' +
      'a disk that fails. Malformed means that the file is damaged, mostly after a full ' +
      'disk. Killing Frigate in the middle of a write can damage it for good, so no automatic restart is ' +
      'ordered, whatever else is wrong. It counts as good again when none of this came back for 15 minutes, ' +
      'or when Frigate, started anew since, has run for 15 minutes without finding the damage again.',
    look: (facts) => [lookDatabase(facts)],
  },
  {
    id: 'storage_full',
    layer: 'storage',
    severity: 'unhealthy',
    forSeconds: 60,
    clearSeconds: 60,
    evident: true,
    forbids: 'own',
    name: 'Storage full',
    nextSteps: [
      'Look at the free space, and at the free inodes, of the volume that holds the recordings: df -h and df -i.',
      'Look whether something else fills that volume, e.g. a backup, snapshots of the file system, or a trash folder.',
      'Lower the days that recordings are kept, or make the volume larger.',
      'When /tmp/cache or /dev/shm is full, make that one larger: recordings pass through it.',
    ],
    runbook:
      'Frigate could not write for lack of space, or could not free as much as it needs. A disk that is nearly ' +
      'full is no fault: Frigate deletes the oldest recordings when less than an hour fits, and says so as a ' +
      'routine. It is told by "No space left on device" and "Could not clear" in the log. A storage that is ' +
      'read-only or fails ("Read-only file system", "[Errno 5]") counts too, and is called by its name. A ' +
      'restart makes no room and mends no disk, so none is ordered.',
    look: (facts) => [lookFull(facts)],
  },
  {
    id: 'storage_slow',
    layer: 'storage',
    severity: 'tells',
    forSeconds: 60,
    clearSeconds: 60,
    name: 'Storage too slow',
    nextSteps: [
      'Look how quickly the volume of the recordings writes just now; on a network share look at the network too.',
      'Look whether a backup, a scrub or a rebuild of the array runs.',
      'Record fewer cameras without a break, or at a lower bit rate.',
    ],
    runbook:
      'Finished segments wait in the cache for longer than Frigate keeps them, and the oldest are thrown away: ' +
      'footage is lost. Told by "Unable to keep up with recording segments in cache", many times or from every ' +
      'camera at once. That is the disk or the way to it. "Too many unprocessed recording segments" is another ' +
      'matter: there the detection is behind. A restart does not make a disk quicker.',
    look: (facts) => [lookSlow(facts)],
  },
];

function lookFull(facts: SeenFacts): LookedFinding {
  const silence = unread(facts);
  if (silence) return silence;
  const { limits, log } = facts;
  const at = readAt(facts);
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  const [room, refused] = [lastOf(facts, 'no_space', 'could_not_clear'), lastOf(facts, 'not_writable')];
  const last = room === null && refused === null ? null : Math.max(room ?? 0, refused ?? 0);
  const isRefused = (refused ?? 0) > (room ?? 0);
  const cleanSeconds = at - Math.max(last ?? log.since ?? at, log.startedAt ?? 0);
  if (last !== null && cleanSeconds < limits.storageFullSeconds) {
    return {
      ...say(
        'bad',
        isRefused
          ? `The storage cannot be written${LASTING}, read-only or broken: somebody must mend it, a restart does not.`
          : `There has been no room to write recordings${LASTING}: somebody must make some, a restart does not.`,
      ),
      threshold: `a line within ${duration(limits.storageFullSeconds)}`,
      evidence: quoted(facts, ['no_space', 'could_not_clear', 'not_writable']),
    };
  }
  const isProven = cleanSeconds >= limits.storageFullSeconds && isRecording(facts);
  return { ...say('ok', 'The log speaks of no lack of space.'), ...(isProven ? {} : { proves: false }) };
}

/** A segment so young was written just now. */
const FRESH_SECONDS = 120;

/** At least one camera was just seen to write a segment. */
function isRecording({ recordings, now }: SeenFacts): boolean {
  return Object.values(recordings.cameras).some(
    ({ askedAt, ageSeconds }) => askedAt !== null && ageSeconds !== null && ageSeconds + now - askedAt <= FRESH_SECONDS,
  );
}

function lookDatabase(facts: SeenFacts): LookedFinding {
  const silence = unread(facts);
  if (silence) return silence;
  const { limits, log } = facts;
  const at = readAt(facts);
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  // Damage outlives the run that found it: only a later one that does not find it again says that it was mended.
  const damagedAt = lastAt(log, 'database_malformed');
  const runSince = log.startedAt ?? log.since ?? at;
  const isMended = damagedAt === null || (damagedAt < runSince && at - runSince >= limits.databaseLockedSeconds);
  if (!isMended) {
    return {
      ...say(
        'bad',
        `Frigate's database has been damaged${LASTING}: somebody must repair it, and nothing is restarted until then.`,
      ),
      evidence: quoted(facts, ['database_malformed'], 0),
    };
  }
  const troubles = ['database_locked', 'database_refused'] as const;
  const lockedAt = lastOf(facts, ...troubles);
  if (lockedAt !== null && at - lockedAt < limits.databaseLockedSeconds) {
    const isRefused = lockedAt === lastOf(facts, 'database_refused');
    const what = isRefused ? 'could not be opened or written' : 'has been locked';
    return {
      ...say('bad', `Frigate's database ${what}${LASTING}: a restart could damage it, so none is ordered.`),
      threshold: `a line within ${duration(limits.databaseLockedSeconds)}`,
      evidence: quoted(facts, troubles),
    };
  }
  const isProven = at - Math.max(lockedAt ?? 0, runSince) >= limits.databaseLockedSeconds;
  return { ...say('ok', 'The log speaks of no trouble with the database.'), ...(isProven ? {} : { proves: false }) };
}

/** A disk that stalls makes all cameras fall behind in the same round of the recorder. */
const ROUND_SECONDS = 120;

function lookSlow(facts: SeenFacts): LookedFinding {
  const silence = unread(facts);
  if (silence) return silence;
  const { log, limits, aftermathUntil } = facts;
  const at = readAt(facts);
  const say = (answer: LookedFinding['answer'], detail: string) => ({ member: null, answer, detail, at });
  // What was held up while Frigate stood still is thrown away when it goes on.
  const countedFrom = inThisRun(log, aftermathUntil ?? 0);
  const within = duration(limits.backlogSeconds);
  const round = duration(ROUND_SECONDS);
  const threshold = `over ${limits.backlogCount} within ${within}, or from every camera within ${round}`;
  const count = countSince(log, 'keep_up', Math.max(countedFrom, at - limits.backlogSeconds));
  const isEvery = isFromEvery(facts, Math.max(countedFrom, at - ROUND_SECONDS));
  if (count > limits.backlogCount || isEvery) {
    const lost = isEvery ? 'recordings of every camera were' : `${count} times within ${within} recordings were`;
    return {
      ...say('bad', `The storage has been too slow${LASTING}: ${lost} thrown away.`),
      threshold,
      evidence: quoted(facts, ['keep_up']),
    };
  }
  const cleanSince = Math.max(lastOf(facts, 'keep_up') ?? 0, log.startedAt ?? log.since ?? at);
  const isProven = at - cleanSince >= limits.backlogSeconds;
  const detail =
    count === 0 ? 'The log speaks of no slow storage.' : `Recordings were thrown away ${count} times within ${within}.`;
  return { ...say('ok', detail), threshold, ...(isProven ? {} : { proves: false }) };
}

/** At least two cameras, or the only one twice. Where nobody knows the cameras, those that the log names. */
function isFromEvery({ log, cameras, recordings }: SeenFacts, from: number): boolean {
  const named = membersOf(log, 'keep_up', from);
  const recording = cameras
    .filter(({ id, isEnabled }) => isEnabled !== false && own(recordings.cameras, id)?.isWriting !== false)
    .map(({ id }) => id);
  const expected = recording.length > 0 ? recording : named;
  if (!expected.every((id) => named.includes(id))) return false;
  const [only] = expected;
  if (expected.length > 1) return true;
  return recording.length === 1 && only !== undefined && countSince(log, 'keep_up', from, only) > 1;
}
