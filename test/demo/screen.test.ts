import { describe, expect, it } from 'vitest';
import { openScreen } from '../../demo/screen.ts';

function play(isMoving: boolean): string {
  let text = '';
  const screen = openScreen((piece) => {
    text += piece;
  }, isMoving);
  screen.say(['first', 'second']);
  screen.hum('1 look');
  screen.hum('2 looks');
  screen.say(['third']);
  screen.say(['fourth']);
  return text;
}

describe('the screen', () => {
  it('writes a quiet line once, at its end, where lines cannot move', () => {
    expect(play(false)).toBe('first\nsecond\n2 looks\nthird\nfourth\n');
  });

  it('lets the quiet line move on in its place on a terminal', () => {
    expect(play(true)).toBe('first\nsecond\n\r\u001B[2K1 look\r\u001B[2K2 looks\nthird\nfourth\n');
  });
});
