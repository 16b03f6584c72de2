import { describe, expect, it } from 'vitest';
import {
  type CaseFile,
  type Looking,
  newLines,
  newLooking,
  numbered,
  wordsFor,
  writtenBy,
} from '../../src/cli/captured.ts';
import type { Catch } from '../../src/cli/taps.ts';
import type { Failure } from '../../src/doors/ports.ts';
import type { FrigateAnswers } from '../../src/targets/frigate/observe/answers.ts';
import { configMap, answers as groundAnswers, list, no, node, ok } from '../targets/ground/objects.ts';

const NOW = 1_767_672_000;

function answers(changes: Partial<FrigateAnswers> = {}): FrigateAnswers {
  return {
    at: NOW,
    version: null,
    stats: ok({ cameras: {}, service: { version: '0.17.2' } }),
    vantage: 'direct',
    vantages: { direct: 'ok' },
    log: null,
    recordings: {},
    streams: null,
    reach: {},
    mail: null,
    config: null,
    ground: null,
    ...changes,
  };
}

const caught = (bodies: Record<string, unknown> = {}, logs: readonly string[] = []): Catch => ({
  bodies: new Map(Object.entries(bodies)),
  logs,
});

function written(given: { answers?: FrigateAnswers; caught?: Catch; before?: Looking; number?: number } = {}) {
  const look = { number: 3, answers: answers(), caught: caught(), before: newLooking(), ...given };
  const { files, ...rest } = writtenBy(look);
  const byName = Object.fromEntries(
    files.map((file: CaseFile) => [file.name, 'json' in file ? file.json : 'text' in file ? file.text : file.lines]),
  );
  return { files: byName, ...rest };
}

const refused: Failure = { ok: false, kind: 'refused', reason: 'Frigate refuses connections.' };

describe('one look as files', () => {
  it('is the body as Frigate gave it, without command lines, and the version once', () => {
    const body = { cameras: {}, gpu_usages: { a: 1 }, cpu_usages: { 1: { cmdline: 'x', cpu: '1' } } };
    const { files, looking, isSeen } = written({ caught: caught({ '/api/stats': body }) });
    expect(files).toEqual({
      'stats-003.json': { cameras: {}, gpu_usages: { a: 1 }, cpu_usages: { 1: { cpu: '1' } } },
      'version.txt': '0.17.2\n',
      'vantages-003.json': { direct: 'ok' },
    });
    expect(isSeen).toBe(true);
    expect(Object.keys(written({ before: looking }).files)).toEqual(['stats-003.json']);
  });

  it('keeps what was seldom asked until it is asked again', () => {
    const first = written({
      answers: answers({ ground: groundAnswers({ nodes: ok(list(node())), autoscalers: no(403) }) }),
    });
    const kept = {
      nodes: { items: [{ metadata: { name: 'worker-1' } }] },
      horizontalPodAutoscalers: { error: 'http 403' },
    };
    expect(first.files['kubernetes-003.json']).toMatchObject(kept);
    const second = written({ answers: answers({ ground: groundAnswers() }), before: first.looking });
    expect(second.files).not.toHaveProperty('kubernetes-003.json');
    const moved = written({ answers: answers({ ground: groundAnswers({ node: no(500) }) }), before: second.looking });
    expect(moved.files['kubernetes-003.json']).toMatchObject({ ...kept, node: { error: 'http 500' } });
  });

  it('is a failure in the words that are read again', () => {
    const stats: Failure = { ok: false, kind: 'status', status: 502, reason: 'x', body: '<html>' };
    const failed = written({ answers: answers({ stats, vantage: null, vantages: { direct: stats } }) });
    expect(failed.files).toEqual({
      'stats-003.error.json': { error: 'http 502', body: '<html>' },
      'vantages-003.json': { direct: 'http 502' },
    });
    expect(failed.isSeen).toBe(true);
    expect(written({ answers: answers({ stats: refused, vantages: { direct: refused } }) }).isSeen).toBe(false);
  });

  it('holds the configuration once, and what was asked of go2rtc and the recordings each time', () => {
    const bodies = {
      '/api/config': { cameras: { yard: {} } },
      '/api/go2rtc/streams': { yard: { producers: [] } },
      '/api/front%20door/recordings': [{ start_time: 1, end_time: 2 }],
      '/api/yard/recordings': [],
    };
    const first = written({ caught: caught(bodies) });
    expect(first.files).toMatchObject({
      'frigate-config.json': { cameras: { yard: {} } },
      'go2rtc-003.json': { yard: { producers: [] } },
      'recordings-003.json': { 'front door': [{ start_time: 1, end_time: 2 }], yard: [] },
    });
    const next = written({ caught: caught(bodies), before: first.looking });
    expect(Object.keys(next.files)).toEqual(['stats-003.json', 'go2rtc-003.json', 'recordings-003.json']);
  });

  it('holds the ways and the addresses of cameras when they change, each camera as it was last', () => {
    const first = written({ answers: answers({ reach: { yard: 'ok', door: refused } }) });
    expect(first.files['vantages-003.json']).toEqual({ direct: 'ok', cameras: { yard: 'ok', door: 'refused' } });
    const same = written({ answers: answers({ reach: { yard: 'ok' } }), before: first.looking });
    expect(same.files['vantages-003.json']).toBeUndefined();
    const back = written({ answers: answers({ reach: { door: 'ok' } }), before: same.looking });
    expect(back.files['vantages-003.json']).toEqual({ direct: 'ok', cameras: { yard: 'ok', door: 'ok' } });
  });

  it('holds the cluster when it changes, its restarts once, and says what was refused', () => {
    const ground = groundAnswers({ configMap: ok(configMap('1767671000, 1767671500')), node: no(403) });
    const first = written({ answers: answers({ ground }) });
    expect(first.files['kubernetes-003.json']).toMatchObject({
      deployment: { metadata: { name: 'frigate' } },
      pods: { items: [{ metadata: { uid: 'uid-pod' } }] },
      node: { error: 'http 403' },
      configMap: { data: { last_restart_times: '1767671000, 1767671500' } },
    });
    expect(JSON.stringify(first.files)).not.toContain('managedFields');
    expect(first.files['history.json']).toEqual({ restarts: [1_767_671_000, 1_767_671_500], worked: [] });
    const same = written({ answers: answers({ ground }), before: first.looking });
    expect(Object.keys(same.files)).toEqual(['stats-003.json']);
    const moved = written({ answers: answers({ ground: groundAnswers() }), before: first.looking });
    expect(moved.files).toHaveProperty('kubernetes-003.json');
  });

  it('has a name that sorts, and grows where it must', () => {
    expect([numbered('stats', 7), numbered('stats', 1234, '.error.json')]).toEqual([
      'stats-007.json',
      'stats-1234.error.json',
    ]);
    expect(wordsFor({ ok: false, kind: 'too_large', status: 200, reason: 'x' })).toBe('too large');
  });
});

describe('the lines of a log', () => {
  const line = (second: number, text: string) => `2026-01-06T04:00:0${second}.500000000Z ${text}\n`;

  it('are written once, also those that bear the same stamp', () => {
    const first = newLines([line(1, 'a') + line(2, 'b') + line(2, 'c')], null);
    expect(first.lines).toBe(line(1, 'a') + line(2, 'b') + line(2, 'c'));
    const next = newLines([line(2, 'b') + line(2, 'c') + line(2, 'd') + line(3, 'e')], first.position);
    expect(next.lines).toBe(line(2, 'd') + line(3, 'e'));
    expect(newLines([line(2, 'd') + line(3, 'e')], next.position).lines).toBe('');
  });

  it('of the run before come first, and a torn last line is left for the next look', () => {
    expect(newLines([line(5, 'new'), line(1, 'old')], null).lines).toBe(line(1, 'old') + line(5, 'new'));
    const torn = newLines([`${line(1, 'a')}2026-01-06T04:00:02.500000000Z half`], null);
    expect(torn.lines).toBe(line(1, 'a'));
    expect(newLines([line(1, 'a') + line(2, 'half a line')], torn.position).lines).toBe(line(2, 'half a line'));
  });

  it('are none where nothing came', () => {
    expect(newLines([], null)).toEqual({ lines: '', position: null });
    expect(newLines([''], null)).toEqual({ lines: '', position: null });
  });
});
