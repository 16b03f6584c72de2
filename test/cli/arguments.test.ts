import { describe, expect, it } from 'vitest';
import { type Arguments, readArguments } from '../../src/cli/arguments.ts';

const nothing: Omit<Arguments, 'command' | 'about'> = {
  place: null,
  optionsFile: null,
  folder: null,
  frigateUrl: null,
  everySeconds: null,
  forSeconds: null,
  from: null,
  to: null,
  only: null,
  isJson: false,
  isStrict: false,
};

describe('the command line', () => {
  const understood: [words: string, expected: Partial<Arguments>][] = [
    ['run', { command: 'run' }],
    ['run --options o.json --data d', { command: 'run', optionsFile: 'o.json', folder: 'd' }],
    ['run --frigate http://f:5000', { command: 'run', frigateUrl: 'http://f:5000' }],
    ['--data=d run', { command: 'run', folder: 'd' }],
    ['run --data=-d', { command: 'run', folder: '-d' }],
    ['check', { command: 'check' }],
    [
      'check --frigate http://f --json --strict',
      { command: 'check', frigateUrl: 'http://f', isJson: true, isStrict: true },
    ],
    ['check --data d --options o', { command: 'check', folder: 'd', optionsFile: 'o' }],
    ['verify --for 10m', { command: 'verify', forSeconds: 600 }],
    [
      'verify --for 90s --every 5 --frigate http://f',
      { command: 'verify', forSeconds: 90, everySeconds: 5, frigateUrl: 'http://f' },
    ],
    [
      'capture --frigate http://f --every 15 --for 5m case',
      { command: 'capture', frigateUrl: 'http://f', everySeconds: 15, forSeconds: 300, place: 'case' },
    ],
    ['assess case --json', { command: 'assess', place: 'case', isJson: true }],
    ['assess --options o case', { command: 'assess', place: 'case', optionsFile: 'o' }],
    ['replay case', { command: 'replay', place: 'case' }],
    [
      'replay --data d --from 2026-01-06 --to 2026-01-06T12:00',
      { command: 'replay', folder: 'd', from: 1_767_657_600, to: 1_767_700_800 },
    ],
    ['replay', { command: 'replay' }],
    ['doctor --options o --data d --json', { command: 'doctor', optionsFile: 'o', folder: 'd', isJson: true }],
    ['doctor --frigate http://f', { command: 'doctor', frigateUrl: 'http://f' }],
    ['manifests --only rights', { command: 'manifests', only: 'rights' }],
    ['manifests --only=deployment --options o', { command: 'manifests', only: 'deployment', optionsFile: 'o' }],
  ];
  it.each(understood)('understands "%s"', (words, expected) => {
    expect(readArguments(words.split(' '))).toEqual({ ...nothing, about: expected.command, ...expected });
  });

  const asked: [words: string, command: string, about: string | null][] = [
    ['--help', 'help', null],
    ['run --help', 'help', 'run'],
    ['assess --help', 'help', 'assess'],
    ['walk --help', 'help', null],
    ['--version', 'version', null],
  ];
  it.each(asked)('answers "%s" for itself', (words, command, about) => {
    expect(readArguments(words.split(' '))).toMatchObject({ command, about });
  });

  const COMMAND_LIST = 'run, check, doctor, verify, capture, assess, replay, manifests';
  const refused: [words: string, problem: string][] = [
    ['', 'No command was given; give one such as run. See --help.'],
    ['walk', `There is no command "walk"; there is ${COMMAND_LIST}. See --help.`],
    ['run fast', 'run takes no further words, but got "fast". See --help.'],
    ['assess', 'assess needs a folder; give one, such as assess case. See --help.'],
    ['capture --frigate http://f', 'capture needs a folder; give one, such as capture case. See --help.'],
    ['assess a b', 'assess takes no further folder, but got "b". See --help.'],
    ['assess a --frigate http://f', 'assess does not take --frigate. See --help.'],
    ['manifests --only', '--only has no value; give a part, such as --only rights. See --help.'],
    ['manifests --only role', '--only "role" is no part; give one of rights, policy, deployment. See --help.'],
    ['manifests --frigate http://f', 'manifests does not take --frigate. See --help.'],
    ['run --json', 'run does not take --json. See --help.'],
    ['check --every 5', 'check does not take --every. See --help.'],
    ['replay a --data d', 'Give a case folder, or --data with --from and --to, not both. See --help.'],
    ['replay a --from 2026-01-06', 'Give a case folder, or --data with --from and --to, not both. See --help.'],
    ['replay --from 2026-01-07 --to 2026-01-06', '--from must lie before --to. See --help.'],
    ['replay --from noon', '--from "noon" is no time; give a moment, such as --from 2026-01-06T04:00. See --help.'],
    ['verify --for ever', '--for "ever" is no time; give a time, such as --for 5m. See --help.'],
    ['verify --every 0', '--every "0" is no time; give a time, such as --every 15s. See --help.'],
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
    ['check --json=yes', '--json takes no value. See --help.'],
    ['http://me:hunter22@x', `There is no command like that; there is ${COMMAND_LIST}. See --help.`],
    ['run http://me:hunter22@x', 'run takes no further words, but got one. See --help.'],
    ['constructor', `There is no command "constructor"; there is ${COMMAND_LIST}. See --help.`],
  ];
  it.each(refused)('answers "%s" with a sentence', (words, problem) => {
    expect(readArguments(words === '' ? [] : words.split(' '))).toEqual({ problem });
  });
});
