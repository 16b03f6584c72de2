import { describe, expect, it } from 'vitest';
import { readArguments, USAGE } from '../../src/cli/arguments.ts';

const nothing = { optionsFile: null, folder: null, frigateUrl: null };

describe('the command line', () => {
  const understood: [words: string, expected: object][] = [
    ['run', { command: 'run', ...nothing }],
    ['run --options o.json --data d', { command: 'run', optionsFile: 'o.json', folder: 'd', frigateUrl: null }],
    ['run --frigate http://f:5000', { command: 'run', ...nothing, frigateUrl: 'http://f:5000' }],
    ['--data=d run', { command: 'run', ...nothing, folder: 'd' }],
    ['--help', { command: 'help', ...nothing }],
    ['run --help', { command: 'help', ...nothing }],
    ['--version', { command: 'version', ...nothing }],
    ['run --data=-d', { command: 'run', ...nothing, folder: '-d' }],
  ];
  it.each(understood)('understands "%s"', (words, expected) => {
    expect(readArguments(words.split(' '))).toEqual(expected);
  });

  const refused: [words: string, problem: string][] = [
    ['', 'No command was given; give one such as run. See --help.'],
    ['walk', 'There is no command "walk"; there is run. See --help.'],
    ['run fast', 'run takes no further words, but got "fast". See --help.'],
    [
      'run --options o --frigate http://f',
      'Give --options or --frigate, not both: --frigate needs no options file. See --help.',
    ],
    ['run --fast', 'There is no flag --fast. See --help.'],
    ['run -x', 'There is no flag -x. See --help.'],
    ['run --fast --token=hunter22', 'There is no flag --fast. See --help.'],
    ['run --token=hunter22', 'There is no flag --token. See --help.'],
    ['run --http://me:hunter22@x', 'There is no flag like that. See --help.'],
    ['run --constructor', 'There is no flag --constructor. See --help.'],
    ['run --options', '--options has no value; give a file, such as --options options.json. See --help.'],
    ['run --options=', '--options has no value; give a file, such as --options options.json. See --help.'],
    ['run --data --options o', '--data has no value; give a folder, such as --data data. See --help.'],
    [
      'run --frigate',
      '--frigate has no value; give an address, such as --frigate http://frigate.local:5000. See --help.',
    ],
    ['run --data a --data b', '--data is given twice; give it once. See --help.'],
    ['--help=me', '--help takes no value. See --help.'],
    ['http://me:hunter22@x', 'There is no command like that; there is run. See --help.'],
    ['run http://me:hunter22@x', 'run takes no further words, but got one. See --help.'],
  ];
  it.each(refused)('answers "%s" with a sentence', (words, problem) => {
    expect(readArguments(words === '' ? [] : words.split(' '))).toEqual({ problem });
  });

  it('describes every flag that it takes', () => {
    for (const flag of ['--options', '--data', '--frigate', '--help', '--version']) expect(USAGE).toContain(flag);
  });
});
