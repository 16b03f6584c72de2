/** Arguments as they are read from what was typed. */
import { type Arguments, readArguments } from '../../src/cli/arguments.ts';

export function typed(...words: readonly string[]): Arguments {
  const given = readArguments(words);
  if ('problem' in given) throw new Error(given.problem);
  return given;
}
