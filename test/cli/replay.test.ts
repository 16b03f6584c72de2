import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCaseAt } from '../../src/cli/assess.ts';
import { replayCommand, replayReport } from '../../src/cli/replay.ts';
import { openCaseFolder } from '../../src/doors/case-folder.ts';
import { openHistory } from '../../src/doors/store/history.ts';
import { replay } from '../../src/replay.ts';
import { openCase } from '../../src/targets/frigate/recorded/index.ts';
import { keptLog } from '../doors/hearing.ts';
import { scriptedLooks, scriptedTarget } from '../scripted-target.ts';
import { printed } from './printed.ts';
import { scratch, written } from './started.ts';
import { typed } from './typed.ts';

const QUEUE = fileURLToPath(new URL('../cases/orphaned-queue', import.meta.url));
const GOOD = { rot: 'ok', pale: 'ok' } as const;
const ROT = { ...GOOD, rot: 'bad' } as const;

describe('the report of a replay', () => {
  it('counts looks, incidents, restarts and refusals, and shows each change as it comes', () => {
    const [target, shown] = [scriptedTarget(), [] as number[]];
    const rows = [GOOD, GOOD, ROT, ROT, ROT, ROT, GOOD, GOOD, GOOD];
    const report = replayReport(target, replay(target, scriptedLooks(rows)), ({ at }) => shown.push(at));
    expect(report).toMatchObject({
      name: 'Tree',
      looks: 9,
      from: 1_000_000,
      to: 1_000_240,
      verdict: 'healthy',
      cause: null,
      incidents: [
        { type: 'opened', at: 1_000_120 },
        { type: 'resolved', at: 1_000_240 },
      ],
      restarts: [{ at: 1_000_120, remedy: 'water', reason: 'rot is bad' }],
      held_back: { unconfirmed: 2 },
    });
    expect(shown).toEqual(report?.changes.map(({ at }) => at));
  });

  it('is none of nothing', () => {
    expect(replayReport(scriptedTarget(), [], () => undefined)).toBeNull();
  });
});

describe('replay of a case folder', () => {
  it('prints what changed, in seconds from the start of the case', () => {
    const { out } = printed();
    expect(replayCommand(typed('replay', QUEUE))).toBeGreaterThanOrEqual(0);
    expect(out()).toMatch(/^ {4}60 s is unhealthy; cause: detector_queue, in the layer detector$/m);
    expect(out()).toMatch(/^ {2}RESTART \(rollout\) would be ordered: /m);
    expect(out()).toMatch(/^=== orphaned-queue: 11 looks over 150 s; /m);
  });

  it('prints only JSON where JSON is wanted', () => {
    const { out } = printed();
    replayCommand(typed('replay', QUEUE, '--json'));
    expect(JSON.parse(out())).toMatchObject({ looks: 11, restarts: [{ remedy: 'rollout' }] });
  });

  it('says in a sentence what cannot be replayed', () => {
    const { errors } = printed();
    expect(replayCommand(typed('replay', `${QUEUE}/none`))).toBe(2);
    expect(replayCommand(typed('replay', QUEUE, '--options', `${QUEUE}/none.json`))).toBe(2);
    expect(errors().trimEnd().split('\n')).toHaveLength(2);
  });
});

describe('replay of what was recorded', () => {
  /** The looks of a case, recorded as a Warden records them. */
  function recorded(): { folder: string; startsAt: number } {
    const folder = scratch();
    const files = openCaseFolder(QUEUE);
    if ('problem' in files) throw new Error(files.problem);
    const given = openCase(files);
    if ('problem' in given) throw new Error(given.problem);
    const history = openHistory({ folder, log: keptLog() });
    for (const { at, answers } of given.looks) history.record('frigate', at, answers);
    history.close();
    return { folder, startsAt: given.startsAt };
  }

  const options = (rules: object = {}) =>
    written(scratch(), {
      interval_seconds: 15,
      frigates: [{ name: 'Frigate', url: 'http://recorded:5000', namespace: 'frigate' }],
      kubernetes: { in_cluster: true },
      rules,
    });

  it('comes to the same as the case itself', () => {
    const { folder, startsAt } = recorded();
    const { out } = printed();
    replayCommand(typed('replay', '--data', folder, '--options', options(), '--json'));
    const [report] = JSON.parse(out());
    const opened = openCaseAt(QUEUE, null);
    if ('problem' in opened) throw new Error(opened.problem);
    const direct = replayReport(opened.target, opened.looks, () => undefined);
    expect(report.restarts).toEqual(JSON.parse(JSON.stringify(direct?.restarts)));
    expect(report.restarts[0].at - startsAt).toBeCloseTo(60, 3);
  });

  it('goes through other limits, and through a part of the time', () => {
    const { folder, startsAt } = recorded();
    const { out } = printed();
    replayCommand(typed('replay', '--data', folder, '--options', options({ confirm_failures: 6 }), '--json'));
    expect(JSON.parse(out())[0].restarts[0].at - startsAt).toBeCloseTo(75, 3);
    const span = ['--from', String(startsAt + 40), '--to', String(startsAt + 80)];
    const again = printed();
    replayCommand(typed('replay', '--data', folder, '--options', options(), ...span));
    expect(again.out()).toMatch(/^=== Frigate: 3 looks over 30 s; /m);
    expect(again.out()).toMatch(/^Frigate \d{4}-\d\d-\d\d \d\d:\d\d:\d\d is \w+/m);
  });

  it('says in a sentence that nothing was recorded', () => {
    const { errors } = printed();
    expect(replayCommand(typed('replay', '--data', scratch(), '--options', options()))).toBe(2);
    expect(errors()).toMatch(/ holds no recorded look of that time; give --data DIR\.\n$/);
    expect(replayCommand(typed('replay', '--data', scratch(), '--options', '/none/o.json'))).toBe(2);
  });
});
