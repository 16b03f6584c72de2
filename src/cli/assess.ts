/** `assess`: a case folder through the production engine, on a simulated clock. Nobody is asked. */
import { basename, resolve } from 'node:path';
import { openCaseFolder } from '../doors/case-folder.ts';
import { checkOptions, type Options } from '../options.ts';
import { type Assessment, assessmentOf, type ReplayedLook, replay } from '../replay.ts';
import { memoryOf, openCase, type RecordedCase } from '../targets/frigate/recorded/index.ts';
import { targetsOf } from '../targets/index.ts';
import type { AnyTarget } from '../targets/target.ts';
import type { Arguments } from './arguments.ts';
import { optionsOf } from './options-file.ts';
import { type AssessReport, assessReport, assessText, exitCodeOf, UNUSABLE } from './report.ts';

/** A case folder with the target that it is judged as. */
export interface OpenedCase {
  recorded: RecordedCase;
  target: AnyTarget;
  looks: Iterable<ReplayedLook>;
}

/** `options`: whose limits count; null: the product's own. `problem` is one sentence. */
export function openCaseAt(path: string, options: Options | null): OpenedCase | { problem: string } {
  const folder = openCaseFolder(path);
  if ('problem' in folder) return folder;
  const recorded = openCase(folder);
  if ('problem' in recorded) return { problem: `${path}: ${recorded.problem}` };
  const judged = judgedBy(options, recorded);
  const [target] = targetsOf(judged);
  const [frigate] = judged.frigates;
  if (!target || !frigate) throw new Error('Options without a Frigate were accepted.');
  const memory = memoryOf(recorded.worked, { url: frigate.url ?? null, service: null });
  return { recorded, target, looks: replay(target, recorded.looks, memory) };
}

/** Any address: nobody is asked. */
const RECORDED_URL = 'http://recorded:5000';

/**
 * The first Frigate of the options as the one that was recorded: its rules and remedies count, its address and its
 * place in the cluster are the recording's. Looks are as far apart as they were.
 */
function judgedBy(options: Options | null, { everySeconds, workload }: RecordedCase): Options {
  const given = options ?? productOptions();
  const [first, ...others] = given.frigates;
  if (!first) throw new Error('Options without a Frigate were accepted.');
  const { service: _service, container: _container, ...rest } = first;
  const { namespace, kind, name } = workload;
  return {
    ...given,
    interval_seconds: everySeconds,
    kubernetes: { ...given.kubernetes, in_cluster: true },
    frigates: [{ ...rest, url: RECORDED_URL, namespace, workload: `${kind}/${name}` }, ...others],
  };
}

function productOptions(): Options {
  const answer = checkOptions({ frigates: [{ name: 'Frigate', url: RECORDED_URL }] }, 'the defaults');
  if (!answer.ok) throw new Error(answer.sentences.join(' '));
  return answer.options;
}

interface Assessed {
  report: AssessReport;
  assessment: Assessment;
  notes: readonly string[];
  /** What a person can do about the cause. */
  steps: readonly string[];
}

/** Everything at once, for programs: the report and what stands behind it. `each` sees every look. */
export function assessFolder(
  path: string,
  options: Options | null = null,
  each?: (look: ReplayedLook) => void,
): Assessed | { problem: string } {
  const opened = openCaseAt(path, options);
  if ('problem' in opened) return opened;
  const assessment = assessmentOf(opened.looks, each);
  const report = assessReport(assessment, opened.recorded);
  if (!report) return { problem: `${path}: there is no look in it.` };
  const steps = opened.target.checks.find(({ id }) => id === report.cause?.check)?.nextSteps ?? [];
  return { report, assessment, notes: opened.recorded.notes, steps };
}

export function assessCommand({ place, optionsFile, isJson, isStrict }: Arguments): number {
  const answer = optionsFile === null ? null : optionsOf({ optionsFile, frigateUrl: null });
  if (answer && !answer.ok) return refuse(answer.sentences);
  const path = place ?? '.';
  const assessed = assessFolder(path, answer?.options ?? null);
  if ('problem' in assessed) return refuse([assessed.problem]);
  const { report, assessment, notes, steps } = assessed;
  for (const note of notes) process.stderr.write(`${note}\n`);
  const text = assessText(report, { name: basename(resolve(path)), looks: assessment.looks, steps });
  process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : text);
  return exitCodeOf(report.verdict, isStrict);
}

export function refuse(sentences: readonly string[]): number {
  for (const sentence of sentences) process.stderr.write(`${sentence}\n`);
  return UNUSABLE;
}
