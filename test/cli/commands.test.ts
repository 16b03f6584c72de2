import { describe, expect, it } from 'vitest';
import { COMMANDS, type CommandId, USAGE } from '../../src/cli/commands.ts';

describe('the help', () => {
  const ids = Object.keys(COMMANDS) as CommandId[];

  it('names every command, and what the exit codes mean', () => {
    for (const id of ids) expect(USAGE).toMatch(new RegExp(`^  ${id} +\\w`, 'm'));
    expect(USAGE).toMatch(/^Exit codes: 0 /m);
    for (const flag of ['--help', '--version']) expect(USAGE).toContain(flag);
  });

  const theirs: [flag: string, commands: string][] = [
    ['--options', 'all'],
    ['--frigate', 'run, check, doctor, verify, capture'],
    ['--data', 'run, check, doctor, replay'],
    ['--every', 'verify, capture'],
    ['--for', 'verify, capture'],
    ['--from', 'replay'],
    ['--to', 'replay'],
    ['--json', 'check, doctor, verify, capture, assess, replay, manifests'],
    ['--only', 'manifests'],
    ['--strict', 'check, verify, assess, replay'],
  ];
  it.each(theirs)('says that %s belongs to %s', (flag, commands) => {
    expect(USAGE).toMatch(new RegExp(`^  ${flag}\\b.*  ${commands}$`, 'm'));
  });

  it.each(ids)('of %s describes every flag that it takes, and no other', (id) => {
    const { help, flags } = COMMANDS[id];
    const described = [...help.matchAll(/^ {4}(--\w+(?:, --\w+)*)/gm)].flatMap((match) => match[1]?.split(', ') ?? []);
    expect(described.toSorted()).toEqual(flags.map((flag) => `--${flag}`).toSorted());
    expect(help).toMatch(/^Exit codes: /m);
  });
});
