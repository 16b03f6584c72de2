import { expect, it } from 'vitest';
import { groundRows } from '../../../../src/targets/frigate/checks/ground.ts';
import { groundChecks } from '../../../../src/targets/ground/index.ts';
import type { GroundFacts } from '../../../../src/targets/ground/types.ts';
import { camera, last, stats, watch } from '../watching.ts';

const { facts } = last(watch([{ stats: stats({ a: camera(5, 5, 0, 0) }) }]));

it('Without a cluster nobody asks what the ground is like.', () => {
  expect(groundRows.map((row) => row.id)).toEqual(groundChecks.map((row) => row.id));
  for (const row of groundRows)
    expect(row.look(facts)).toEqual([expect.objectContaining({ answer: 'not_observed', member: null })]);
});

it('With a cluster the rows of the ground answer for themselves.', () => {
  const ground = { at: { cluster: 5 }, cluster: { answers: false, sentence: 'It is silent.' } } as GroundFacts;
  const [finding] = groundRows.find((row) => row.id === 'cluster_api')?.look({ ...facts, ground }) ?? [];
  expect(finding).toMatchObject({ answer: 'bad', detail: 'It is silent.', at: 5 });
});
