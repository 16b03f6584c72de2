import { describe, expect, it } from 'vitest';
import { layerHeight, layerStates, layersBelow, runOf } from '../../src/rules/layers.ts';
import type { Streak } from '../../src/rules/state.ts';
import { streakKey } from '../../src/rules/streak.ts';
import type { Circumstance, Finding, LayerRule } from '../../src/rules/types.ts';
import { checks, finding, layers, limits } from './builders.ts';

/** Two ways down to one ground, and one that stands on both. */
const diamond: readonly LayerRule[] = [
  { id: 'top', standsOn: ['left', 'right'] },
  { id: 'left', standsOn: ['ground'] },
  { id: 'right', standsOn: ['rock', 'ground'] },
  { id: 'rock', standsOn: [] },
  { id: 'ground', standsOn: [] },
];

describe('What lies below a layer', () => {
  it.each<[string, readonly LayerRule[], readonly string[], string]>([
    ['soil', layers, [], 'the ground stands on nothing'],
    ['trunk', layers, ['soil'], 'one below'],
    ['crown', layers, ['leaf', 'trunk', 'soil'], 'however far down'],
    ['branch', layers, ['wind'], 'another house is not below'],
    ['left', diamond, ['ground'], 'one way down'],
    ['right', diamond, ['rock', 'ground'], 'two grounds'],
    ['top', diamond, ['left', 'right', 'rock', 'ground'], 'what is reached on two ways is named once'],
    ['moon', layers, [], 'a layer that nobody knows stands on nothing'],
  ])('Below %s: %3$s.', (layer, house, wanted) => {
    const below = layersBelow(layer, house);
    expect(below.toSorted()).toEqual(wanted.toSorted());
    expect(layerHeight(layer, house)).toBe(wanted.length);
  });

  it('A house that stands on itself still has an answer.', () => {
    const ring: readonly LayerRule[] = [
      { id: 'hen', standsOn: ['egg'] },
      { id: 'egg', standsOn: ['hen'] },
    ];
    expect(layersBelow('hen', ring).toSorted()).toEqual(['egg', 'hen']);
  });
});

const BAD: Streak = { bad: 2, good: 0, badSince: 0, goodSince: 0, at: 60, seenAt: 60, latched: true, detail: '' };
const ANSWERS: Record<string, Finding['answer']> = {
  ok: 'ok',
  bad: 'bad',
  blind: 'unknown',
  lately_bad: 'unknown',
  once_bad: 'unknown',
  unasked: 'not_observed',
  clearing: 'ok',
  gone_blind: 'unknown',
  no_more_asked: 'not_observed',
  confirmed: 'bad',
  unheard: 'bad',
};
const LATCHED = ['confirmed', 'clearing', 'gone_blind', 'no_more_asked'];

/** Rows as "check[/member] how it is", by commas. */
function statesOf(rows: string): Record<string, string> {
  const findings: Finding[] = [];
  const streaks: Record<string, Streak> = {};
  for (const row of rows.split(', ').filter((text) => text !== '')) {
    const [place = '', how = ''] = row.split(' ');
    const [check = '', member = null] = place.split('/');
    findings.push(finding(check, ANSWERS[how] ?? 'unknown', 60, { member }));
    if (how === 'unheard' || how === 'blind') continue;
    const seenAt = how === 'once_bad' ? BAD.seenAt - 1000 : BAD.seenAt;
    streaks[streakKey(check, member)] = { ...BAD, seenAt, latched: LATCHED.includes(how) };
  }
  return layerStates(layers, checks, findings, { streaks, now: BAD.seenAt, limits });
}

describe('The state of a layer', () => {
  it.each([
    ['', 'leaf', 'not_observed', 'nobody asked'],
    ['pale unasked', 'leaf', 'not_observed', 'none of its rows can be asked'],
    ['pale blind', 'leaf', 'unknown', 'all that were asked are unknown'],
    ['pale lately_bad, wilted ok', 'leaf', 'pending', 'what was bad a moment ago still looks bad'],
    ['pale once_bad', 'leaf', 'unknown', 'what was bad long ago says nothing'],
    ['pale blind, wilted unasked', 'leaf', 'unknown', 'what is not asked does not count'],
    ['pale ok', 'leaf', 'good', 'a row is ok'],
    ['pale ok, wilted blind', 'leaf', 'good', 'a row is ok and none bad'],
    ['pale blind, wilted ok', 'leaf', 'good', 'in any order'],
    ['pale unheard', 'leaf', 'pending', 'bad, and never counted before'],
    ['pale bad', 'leaf', 'pending', 'bad, but not yet confirmed'],
    ['pale ok, wilted bad', 'leaf', 'pending', 'one ok does not outweigh a bad one'],
    ['pale confirmed', 'leaf', 'bad', 'confirmed bad'],
    ['pale ok, wilted confirmed', 'leaf', 'bad', 'one confirmed row is enough'],
    ['pale bad, wilted confirmed', 'leaf', 'bad', 'confirmed outweighs not yet confirmed'],
    ['pale clearing', 'leaf', 'bad', 'ok, but not yet cleared'],
    ['pale gone_blind', 'leaf', 'bad', 'a lost view does not clear it'],
    ['pale no_more_asked', 'leaf', 'not_observed', 'what is not asked any more is no ground'],
    ['pale no_more_asked, wilted ok', 'leaf', 'good', 'nor does it spoil the others'],
    ['rustle confirmed', 'leaf', 'not_observed', 'a row that only tells is no ground'],
    ['rustle confirmed, pale ok', 'leaf', 'good', 'and does not spoil it'],
    ['storm/oak confirmed', 'wind', 'not_observed', 'a member with an incident of its own is no ground'],
    ['storm/oak bad', 'wind', 'not_observed', 'not while it is unconfirmed either'],
    ['pale/oak confirmed, pale/elm ok', 'leaf', 'bad', 'one member of a row is enough'],
    ['pale confirmed', 'trunk', 'not_observed', 'a row speaks for its own layer only'],
    ['dry ok, rot bad', 'soil', 'good', 'a layer above does not spoil it'],
  ])('%j makes %s %s: %s.', (rows, layer, wanted) => {
    expect(statesOf(rows)[layer]).toBe(wanted);
  });

  it('Every layer has a state.', () => {
    expect(Object.keys(statesOf('rot ok'))).toEqual(layers.map((layer) => layer.id));
  });

  it('A finding whose check nobody knows belongs to no layer.', () => {
    expect(Object.values(statesOf('mystery bad'))).toEqual(layers.map(() => 'not_observed'));
  });
});

it.each([
  [90, 'bad'],
  [91, 'unknown'],
])('What was confirmed and last seen %i s ago makes its layer %s', (age, wanted) => {
  const streaks = { rot: { ...BAD, seenAt: 1000 - age } };
  const states = layerStates(layers, checks, [finding('rot', 'unknown', 1000)], { streaks, now: 1000, limits });
  expect(states.trunk).toBe(wanted);
});

describe('the run that a check is about', () => {
  const started = { known: true, value: 500 } as const;
  it.each<[string, { layer: string; evident?: true }, Circumstance<number>, number | null]>([
    ['the present one of what lies inside', { layer: 'leaf' }, started, 500],
    ['none of the ground', { layer: 'soil' }, started, null],
    ['none of what the target has said itself', { layer: 'leaf', evident: true }, started, null],
    ['none that nobody knows', { layer: 'leaf' }, { known: false, asked: true, why: 'It is dark.' }, null],
  ])('is %s', (_, rule, startedAt, expected) => {
    expect(runOf(layers, startedAt)(rule)).toBe(expected);
  });
});
