/** Reads what was typed and starts that command. Nothing imports this file. */
import { readArguments, USAGE } from './cli/arguments.ts';
import { runCommand } from './cli/run.ts';
import { VERSION } from './version.ts';

const given = readArguments(process.argv.slice(2));
if ('problem' in given) {
  process.stderr.write(`${given.problem}\n`);
  process.exitCode = 2;
} else if (given.command === 'help') {
  process.stdout.write(USAGE);
} else if (given.command === 'version') {
  process.stdout.write(`${VERSION}\n`);
} else {
  process.exitCode = await runCommand(given);
}
