/** Recorded answers that hold until the next number, as each look would have got them. Pure. */
import type { Reply } from '../../../doors/ports.ts';
import { type FrigateAnswers, keepSegments, keepStreams, type Segment } from '../observe/answers.ts';
import { type CaseFiles, readRecordings } from './files.ts';

/** A kind of file that holds until its next number. */
export interface Held<T> {
  number: number;
  value: T;
}

/** Reads each file of a kind when it is first wanted, and keeps the last: looks come in order. */
export function heldIn<T>(
  files: CaseFiles,
  kind: string,
  read: (reply: Reply<unknown>) => T | null,
): (number: number) => Held<T> | null {
  const names = files.numbered(kind, '.json');
  const numbers = [...names.keys()];
  let last: { number: number; value: T | null } | null = null;
  return (wanted) => {
    const number = numbers.findLast((one) => one <= wanted);
    if (number === undefined) return null;
    if (last?.number !== number) last = { number, value: read(files.json(names.get(number) ?? '')) };
    return last.value === null ? null : { number, value: last.value };
  };
}

type Streams = Exclude<FrigateAnswers['streams'], null>;

export function streamsIn(files: CaseFiles): (number: number) => FrigateAnswers['streams'] {
  const held = heldIn(files, 'go2rtc', keepStreams);
  return (number) => {
    const found = held(number);
    return found && (found.number === number ? found.value : repeated(found.value));
  };
}

/** An answer that only goes on holding: nobody has counted bytes again. */
function repeated(streams: Streams): Streams {
  if (!streams.ok) return streams;
  const value = Object.entries(streams.value).map(([id, stream]) => [id, { ...stream, bytes: null }] as const);
  return { ...streams, value: Object.fromEntries(value) };
}

type Recordings = FrigateAnswers['recordings'];

interface Moment {
  number: number;
  /** Of the look, in Frigate's clock. */
  theirs: number;
  everySeconds: number;
}

/** A list whose newest segment ended so shortly before its own look was still being written. */
const FRESH_SECONDS = 60;

export function recordingsIn(files: CaseFiles): (moment: Moment) => Recordings {
  const held = heldIn(files, 'recordings', (reply) => (reply.ok ? readRecordings(reply.value) : null));
  return ({ number, theirs, everySeconds }) => {
    const found = held(number);
    if (!found) return {};
    const after = (number - found.number) * everySeconds;
    return Object.fromEntries(
      Object.entries(found.value).map(([camera, value]) => {
        const reply = keepSegments({ ok: true, value, status: 200, serverTime: null });
        return [camera, reply.ok ? { ...reply, value: goingOn(reply.value, { after, theirs }) } : reply];
      }),
    );
  };
}

/** What still recorded when it was looked at goes on recording for as long as that look holds; what had stopped has. */
function goingOn(
  segments: readonly Segment[],
  { after, theirs }: { after: number; theirs: number },
): readonly Segment[] {
  const newest = Math.max(...segments.map(({ end }) => end));
  if (after === 0 || theirs - after - newest > FRESH_SECONDS) return segments;
  return segments.map(({ start, end }) => ({ start: start + after, end: end + after }));
}
