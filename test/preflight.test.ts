import { describe, expect, it } from 'vitest';
import { isBlind, preflightOf } from '../src/preflight.ts';
import type { Circumstances, Hazard } from '../src/rules/types.ts';
import { circumstances } from './rules/builders.ts';

const ROLLOUT = { id: 'rollout' };
const IN_PLACE = { id: 'in_place' };
const STICK: Hazard = { sentence: 'No node has the stick.', against: ['rollout', 'delete_pod'] };
const CAMERA: Hazard = { sentence: 'A camera is off.', against: null };
const said = (hazards: readonly Hazard[], remedies: readonly { id: string }[], remarks?: readonly string[]) =>
  preflightOf({ looked: { circumstances: circumstances({ hazards }), ...(remarks ? { remarks } : {}) }, remedies });

describe('what is said before anybody needs a restart', () => {
  it.each<
    [what: string, hazards: readonly Hazard[], remedies: readonly { id: string }[], sentences: readonly string[]]
  >([
    ['nothing', [], [ROLLOUT], []],
    [
      'the only remedy would be refused',
      [STICK],
      [ROLLOUT],
      ['A restart would be refused just now: No node has the stick.'],
    ],
    [
      'one of two remedies would be refused',
      [STICK],
      [ROLLOUT, IN_PLACE],
      ['The remedy rollout would be refused just now: No node has the stick.'],
    ],
    ['a remedy that nobody wants would be refused', [STICK], [IN_PLACE], []],
    [
      'all remedies would be refused',
      [CAMERA],
      [ROLLOUT, IN_PLACE],
      ['A restart would be refused just now: A camera is off.'],
    ],
    [
      'each for its own reason',
      [STICK, { ...CAMERA, against: ['in_place'] }],
      [ROLLOUT, IN_PLACE],
      [
        'A restart would be refused just now: No node has the stick.',
        'A restart would be refused just now: A camera is off.',
      ],
    ],
    ['nothing is ever restarted', [STICK, CAMERA], [], []],
  ])('%s', (_, hazards, remedies, sentences) => {
    expect(said(hazards, remedies)).toEqual(sentences);
  });

  it('is also what is oddly set up, whether or not anything is restarted', () => {
    expect(said([], [], ['Two pods share one database.'])).toEqual(['Two pods share one database.']);
  });

  it('stands while something cannot be seen that should be', () => {
    const seen = (fact: Circumstances['seen'][string]) =>
      isBlind({ circumstances: circumstances({ seen: { node: fact } }) });
    expect(seen({ known: true, value: true })).toBe(false);
    expect(seen({ known: false, asked: false, why: 'No right.' })).toBe(false);
    expect(seen({ known: false, asked: true, why: 'No answer.' })).toBe(true);
  });
});
