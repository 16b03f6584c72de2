import { describe, expect, it } from 'vitest';
import { readDemoArguments } from '../../demo/arguments.ts';

const NAMES = ['climb', 'queue'];
const TERMINAL = { isTerminal: true, noColour: false };
const read = (...words: readonly string[]) => readDemoArguments(words, NAMES, TERMINAL);

describe('what was typed', () => {
  it('is nothing: all stories in colour at the usual speed', () => {
    expect(read()).toEqual({ show: 'stories', speed: 45, stories: NAMES, isPlain: false });
  });

  it.each([
    ['a speed', ['--speed', '60'], { speed: 60 }],
    ['half a second a second is too slow, one is not', ['--speed', '1'], { speed: 1 }],
    ['one story', ['--once', 'queue'], { stories: ['queue'] }],
    ['the list', ['--list'], { show: 'list' }],
    ['plain', ['--plain'], { isPlain: true }],
    ['the help before all else', ['--help', '--list'], { show: 'help' }],
  ])('may be %s', (_, words, expected) => {
    expect(read(...words)).toMatchObject(expected);
  });

  it.each([
    ['no terminal', { isTerminal: false, noColour: false }],
    ['NO_COLOR', { isTerminal: true, noColour: true }],
  ])('is plain by itself with %s', (_, surroundings) => {
    expect(readDemoArguments([], NAMES, surroundings)).toMatchObject({ isPlain: true });
  });

  it.each([
    ['a speed of none', ['--speed', '0'], '--speed 0 must be a number from 1 to 300.'],
    ['a speed that no look can follow', ['--speed', '301'], '--speed 301 must be a number from 1 to 300.'],
    ['a word for a speed', ['--speed', 'fast'], '--speed fast must be a number from 1 to 300.'],
    ['a story that is none', ['--once', 'x'], '--once x: there is no such story; there is climb, queue.'],
  ])('is refused with one sentence: %s', (_, words, problem) => {
    expect(read(...words)).toEqual({ problem });
  });

  it('is refused where it is no option', () => {
    expect(read('--loud')).toEqual({ problem: expect.stringMatching(/--loud.*See --help\.$/) });
    expect(read('climb')).toEqual({ problem: expect.stringMatching(/climb.*See --help\.$/) });
  });
});
