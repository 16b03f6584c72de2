import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { assessCommand, assessFolder } from '../../src/cli/assess.ts';
import { checkOptions, type Options } from '../../src/options.ts';
import { printed } from './printed.ts';
import { scratch, startCommand } from './started.ts';
import { typed } from './typed.ts';

const QUEUE = fileURLToPath(new URL('../cases/orphaned-queue', import.meta.url));
const SWITCHED = fileURLToPath(new URL('../cases/camera-disabled-at-runtime', import.meta.url));

function options(changes: object): Options {
  const answer = checkOptions({ frigates: [{ name: 'Frigate', url: 'http://f:5000' }], ...changes }, 'the test');
  if (!answer.ok) throw new Error(answer.sentences.join(' '));
  return answer.options;
}

function judged(given: Options | null) {
  const assessed = assessFolder(QUEUE, given);
  if ('problem' in assessed) throw new Error(assessed.problem);
  return assessed.report;
}

const restart = (given: Options | null) => judged(given).restart;

describe('a case folder', () => {
  it('is judged with the limits and remedies of the product, on a well cluster, where no options are given', () => {
    expect(restart(null)).toMatchObject({ would: true, remedy: 'rollout', at_second: 60 });
  });

  it('is judged by the options that are given, whatever cluster they name', () => {
    expect(restart(options({ rules: { confirm_failures: 6 } }))).toMatchObject({ would: true, at_second: 75 });
    expect(restart(options({ automatic_restarts: false }))).toMatchObject({ would: false });
    expect(restart(options({ remedies: [] }))).toMatchObject({
      would: false,
      held_back_by: expect.arrayContaining(['futile']),
    });
  });

  it('is asked of nobody: the address of the options is not even resolved', () => {
    const place = { namespace: 'nowhere', service: 'frigate', container: 'other', workload: 'statefulset/other' };
    const frigates = [{ name: 'Frigate', url: 'http://nowhere.invalid', ...place }];
    expect(judged(options({ frigates, kubernetes: { in_cluster: true } }))).toEqual(judged(null));
  });
});

describe('assess', () => {
  it('prints only JSON, with the exit code of the verdict', () => {
    const { out, errors } = printed();
    expect(assessCommand(typed('assess', SWITCHED, '--json'))).toBe(0);
    expect(out().trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(out())).toMatchObject({
      version: '0.17.2-3d4dd3a',
      verdict: 'healthy',
      cause: null,
      restart: { would: false, remedy: null, at_second: null, held_back_by: [] },
    });
    expect(errors()).toBe('');
  });

  it('prints a text that is easy to read', () => {
    const { out } = printed();
    assessCommand(typed('assess', SWITCHED));
    expect(out()).toMatch(/^=== camera-disabled-at-runtime: 5 looks, Frigate 0\.17\.2-3d4dd3a ===\nVerdict: HEALTHY\n/);
  });

  it('says on standard error what of the folder was of no use', () => {
    const folder = join(scratch(), 'case');
    cpSync(SWITCHED, folder, { recursive: true });
    writeFileSync(join(folder, 'case.json'), 'x');
    const { out, errors } = printed();
    assessCommand(typed('assess', folder, '--json'));
    expect(errors()).toBe('case.json is not JSON.\n');
    expect(JSON.parse(out())).toHaveProperty('verdict');
  });

  it('answers with one sentence and 2 where nothing can be judged', () => {
    const folder = scratch();
    mkdirSync(join(folder, 'empty'));
    const { out, errors } = printed();
    expect(assessCommand(typed('assess', join(folder, 'empty'), '--json'))).toBe(2);
    expect(assessCommand(typed('assess', join(folder, 'none')))).toBe(2);
    expect(assessCommand(typed('assess', SWITCHED, '--options', join(folder, 'none.json')))).toBe(2);
    expect(out()).toBe('');
    expect(errors().trimEnd().split('\n')).toEqual([
      expect.stringMatching(/: There is nothing to judge: no stats-001\.json/),
      expect.stringMatching(/ does not exist; give the folder of a case\.$/),
      expect.stringMatching(/ does not exist; name the options file with --options/),
    ]);
  });

  it('starts from the command line', async () => {
    const started = startCommand(['assess', SWITCHED, '--json']);
    expect(await started.ended).toMatchObject({ code: 0 });
    expect(JSON.parse(started.out())).toMatchObject({ verdict: 'healthy' });
    const help = startCommand(['assess', '--help']);
    expect(await help.ended).toMatchObject({ code: 0 });
    expect(help.out()).toMatch(/^frigate-warden assess DIR\n/);
  });
});
