/** Reads what was typed and starts that command. Nothing imports this file. */
import { type Arguments, readArguments } from './cli/arguments.ts';
import { COMMANDS, type CommandId, USAGE } from './cli/commands.ts';
import { VERSION } from './version.ts';

/** TABLE: each command is loaded only when it is wanted. */
const STARTS: Readonly<Record<CommandId, (given: Arguments) => Promise<number>>> = {
  run: async (given) => (await import('./cli/run.ts')).runCommand(given),
  check: async (given) => (await import('./cli/check.ts')).checkCommand(given),
  doctor: async (given) => (await import('./cli/doctor.ts')).doctorCommand(given),
  verify: async (given) => (await import('./cli/verify.ts')).verifyCommand(given),
  capture: async (given) => (await import('./cli/capture.ts')).captureCommand(given),
  assess: async (given) => (await import('./cli/assess.ts')).assessCommand(given),
  replay: async (given) => (await import('./cli/replay.ts')).replayCommand(given),
  manifests: async (given) => (await import('./cli/manifests.ts')).manifestsCommand(given),
};

const given = readArguments(process.argv.slice(2));
if ('problem' in given) {
  process.stderr.write(`${given.problem}\n`);
  process.exitCode = 2;
} else if (given.command === 'help') {
  process.stdout.write(given.about === null ? USAGE : COMMANDS[given.about].help);
} else if (given.command === 'version') {
  process.stdout.write(`${VERSION}\n`);
} else {
  process.exitCode = await STARTS[given.command](given);
}
