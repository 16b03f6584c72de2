/** `check`: one look at every Frigate of the options, or at one address. Nothing is restarted, nothing is kept. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Remembered } from '../assess.ts';
import { openStore, StoreError } from '../doors/store/index.ts';
import { newState } from '../rules/state.ts';
import type { FrigateAnswers } from '../targets/frigate/observe/answers.ts';
import type { Arguments } from './arguments.ts';
import { refuse } from './assess.ts';
import { atOnce, type Checkup, checkup } from './checkup.ts';
import { exitCodeOf, UNUSABLE } from './report.ts';
import { deadline, untilStopped, type Visit, visit } from './visit.ts';

export async function checkCommand(given: Arguments): Promise<number> {
  const { isJson, isStrict, folder } = given;
  const seen = await visit(given, (visiting) =>
    untilStopped(async (stop) => {
      const memories = remembered(folder, visiting);
      if ('problems' in memories) return memories;
      const { targets, doors, clock } = visiting;
      return Promise.all(
        targets.map(async (target) => {
          const judged = atOnce(target);
          const memory = memories.get(target.id) ?? null;
          const answers = (await target.observe(doors, memory, { clock, signal: deadline(stop) })) as FrigateAnswers;
          const before: Remembered = { state: newState(judged.policy), memory };
          return checkup(judged, before, { answers, now: clock.now() });
        }),
      );
    }),
  );
  if ('problems' in seen) return refuse(seen.problems);
  process.stdout.write(isJson ? `${JSON.stringify(reportsOf(seen))}\n` : seen.map(({ text }) => text).join('\n'));
  return Math.max(...seen.map((one) => codeOf(one, isStrict)));
}

/** One Frigate is one object; several are a list. */
function reportsOf(seen: readonly Checkup[]): unknown {
  const [first, ...others] = seen.map(({ report }) => report);
  return others.length === 0 ? first : [first, ...others];
}

function codeOf({ report, isReached }: Checkup, isStrict: boolean): number {
  return isReached ? exitCodeOf(report.verdict, isStrict) : UNUSABLE;
}

/** What a Warden has remembered in this folder, by target; without a folder, or with an empty one, nothing. */
function remembered(
  folder: string | null,
  { targets, log }: Visit,
): ReadonlyMap<string, unknown> | { problems: readonly string[] } {
  if (folder === null || !existsSync(join(folder, 'state.db'))) return new Map();
  try {
    const store = openStore({ folder, log });
    try {
      return new Map(targets.map(({ id }) => [id, store.load(id)?.memory ?? null]));
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof StoreError) return { problems: [error.message] };
    throw error;
  }
}
