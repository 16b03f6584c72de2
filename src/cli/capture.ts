/** `capture`: looks as the product looks, and writes what came into a case folder, without secrets. */
import { type CaseWriter, createCaseFolder } from '../doors/case-folder.ts';
import { wait } from '../doors/clock.ts';
import type { FrigateAnswers } from '../targets/frigate/observe/answers.ts';
import type { AnyTarget } from '../targets/target.ts';
import type { Arguments } from './arguments.ts';
import { refuse } from './assess.ts';
import { type CaseFile, type Looking, newLooking, writtenBy } from './captured.ts';
import { redaction } from './redaction.ts';
import { plural, UNUSABLE } from './report.ts';
import { openTaps } from './taps.ts';
import { deadline, untilStopped, type Visit, visit } from './visit.ts';

const EVERY_SECONDS = 15;
const FOR_SECONDS = 300;

interface Captured {
  looks: number;
  /** Looks at which somebody answered. */
  seen: number;
  /** Why it ended before its time, a sentence. */
  broken: string | null;
}

export async function captureCommand(given: Arguments): Promise<number> {
  const place = given.place ?? '.';
  const captured = await visit(given, (visiting) =>
    untilStopped(async (stop): Promise<Captured | { problems: readonly string[] }> => {
      const [target, ...others] = visiting.targets;
      if (!target) throw new Error('Options without a Frigate were accepted.');
      for (const { name } of others) say(`${name} is not captured: only the first Frigate of the options is.`);
      const folder = createCaseFolder(place);
      if ('problem' in folder) return { problems: [folder.problem] };
      return capture({ target, folder, visiting, stop, given });
    }),
  );
  if ('problems' in captured) return refuse(captured.problems);
  const { looks, seen, broken } = captured;
  if (given.isJson) process.stdout.write(`${JSON.stringify({ folder: place, looks, seen })}\n`);
  if (broken !== null) {
    say(broken);
    return 1;
  }
  say(`${plural(looks, 'look')} in ${place}, of which ${seen} brought something.`);
  return seen > 0 ? 0 : UNUSABLE;
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

interface Capture {
  target: AnyTarget;
  folder: CaseWriter;
  visiting: Visit;
  stop: AbortSignal;
  given: Pick<Arguments, 'everySeconds' | 'forSeconds'>;
}

/** Look k is made at the start + (k - 1) × every; one that comes too late for its time is left out, never moved. */
async function capture({ target, folder, visiting, stop, given }: Capture): Promise<Captured> {
  const every = given.everySeconds ?? EVERY_SECONDS;
  const last = Math.floor((given.forSeconds ?? FOR_SECONDS) / every) + 1;
  const { clock, doors, secrets } = visiting;
  const taps = openTaps(doors);
  const redact = redaction(secrets);
  const startsAt = clock.now();
  const captured: Captured = { looks: 0, seen: 0, broken: null };
  const start = { start: new Date(startsAt * 1000).toISOString(), every_seconds: every };
  captured.broken = folder.write('case.json', `${JSON.stringify(start)}\n`);
  let looking: Looking = newLooking();
  let memory: unknown = null;
  for (let number = 1; number <= last && captured.broken === null; number += 1) {
    const dueAt = startsAt + (number - 1) * every;
    if (clock.now() - dueAt >= every) continue;
    await wait(Math.max(0, dueAt - clock.now()), stop);
    const signal = deadline(stop);
    const answers = (await target.observe(taps.doors, memory, { clock, signal })) as FrigateAnswers;
    if (stop.aborted) break;
    memory = target.digest(memory, answers, clock.now()).memory;
    const written = writtenBy({ number, answers, caught: taps.empty(), before: looking });
    looking = written.looking;
    captured.broken = write(folder, written.files, redact);
    captured.looks += 1;
    captured.seen += written.isSeen ? 1 : 0;
    say(`look ${number} of ${last}: ${written.says}`);
  }
  return captured;
}

/** Null, or why a file is not there. */
function write(folder: CaseWriter, files: readonly CaseFile[], redact: ReturnType<typeof redaction>): string | null {
  for (const file of files) {
    const problem =
      'lines' in file
        ? folder.append(file.name, redact.text(file.lines))
        : folder.write(
            file.name,
            'text' in file ? redact.text(file.text) : `${JSON.stringify(redact.json(file.json))}\n`,
          );
    if (problem !== null) return problem;
  }
  return null;
}
