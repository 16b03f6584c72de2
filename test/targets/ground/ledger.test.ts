import { describe, expect, it } from 'vitest';
import type { KubernetesDoor, Reply } from '../../../src/doors/ports.ts';
import type { Circumstance } from '../../../src/rules/types.ts';
import { parseTimes, readLedger, reserve, withRestart } from '../../../src/targets/ground/ledger.ts';
import { readConfigMap } from '../../../src/targets/ground/objects.ts';
import type { LedgerFacts } from '../../../src/targets/ground/types.ts';
import { broken, CLOCK, cluster, configMap, NOW, no, ok, SETTINGS } from './objects.ts';

const DAY = 86_400;
const OWN = 'frigate-warden/restart-times';

describe('the times', () => {
  it.each<[string, string, readonly number[], readonly RegExp[]]>([
    ['nothing', '', [], []],
    ['one', '1767670000', [1_767_670_000], []],
    ['several, in order', '1767670000,1767660000', [1_767_660_000, 1_767_670_000], []],
    ['blanks, lines and stray commas', ' 1767660000 ,\n1767670000,,', [1_767_660_000, 1_767_670_000], []],
    ['one twice', '1767660000,1767660000', [1_767_660_000], []],
    ['a fraction', '1767660000.5', [1_767_660_000.5], []],
    ['a word', 'none,1767660000', [1_767_660_000], [/"none" in last_restart_times is no time/]],
    ['a date', '2026-01-06T04:00:00Z', [], [/"2026-01-06T04:00:00Z" in last_restart_times is no time/]],
    ['a negative number', '-5', [], [/no time/]],
    ['hexadecimal and exponents', '0x10,1e9', [], [/0x10/, /1e9/]],
    ['milliseconds', '1767660000000', [], [/more than a day ahead/]],
    ['a day ahead', String(NOW + DAY), [NOW + DAY], []],
    ['more than a day ahead', String(NOW + DAY + 1), [], [/more than a day ahead/]],
  ])('of %s', (_, text, times, sentences) => {
    const parsed = parseTimes(text, NOW);
    expect(parsed.times).toEqual(times);
    expect(parsed.dropped).toEqual(sentences.map((sentence) => expect.stringMatching(sentence)));
  });

  it('of a text full of rubbish are told in few and short words', () => {
    const { dropped } = parseTimes(`${'x'.repeat(500)},`.repeat(1000), NOW);
    expect(dropped).toHaveLength(5);
    expect(dropped[0]?.length).toBeLessThan(80);
  });
});

describe('reading the ConfigMap', () => {
  it.each<[string, unknown, Partial<LedgerFacts> | null]>([
    ['as a CronJob keeps it', configMap('1767660000'), { times: [1_767_660_000], text: '1767660000', own: [] }],
    ['without the key', configMap(undefined), { times: [], text: '' }],
    ['shipped without data', configMap('', { data: undefined }), { times: [], text: '' }],
    [
      'with our own times',
      configMap('5,7', { metadata: { annotations: { [OWN]: '7' } } }),
      { times: [5, 7], own: [7] },
    ],
    ['of another form', { data: [] }, null],
  ])('%s', (_, object, facts) => {
    const read = readLedger(object, NOW);
    if (facts === null) expect(read).toBeNull();
    else expect(read).toMatchObject(facts);
  });
});

describe('merging', () => {
  const merged = (times: string | undefined, part = {}) => {
    const read = readConfigMap(configMap(times, part));
    if (!read) throw new Error('The ConfigMap was not read.');
    return withRestart(read, NOW, NOW);
  };

  it.each([
    ['into nothing', undefined, `${NOW}`],
    ['behind what is there', `${NOW - 4000}`, `${NOW - 4000},${NOW}`],
    ['without what is a day old', `${NOW - DAY},${NOW - DAY + 1}`, `${NOW - DAY + 1},${NOW}`],
    ['without bad words', `x,${NOW - 5},99999999999`, `${NOW - 5},${NOW}`],
    ['only once', `${NOW}`, `${NOW}`],
    ['in order', `${NOW + 60}`, `${NOW},${NOW + 60}`],
  ])('puts the order %s', (_, before, after) => {
    expect(merged(before).data?.last_restart_times).toBe(after);
  });

  it('keeps the failures that another checker counts, and all that it does not know', () => {
    const part = {
      metadata: { labels: { app: 'frigate' }, annotations: { mine: 'x', [OWN]: `${NOW - 2 * DAY},${NOW - 60}` } },
      data: { note: 'by hand' },
      binaryData: { blob: 'AA==' },
    };
    expect(merged('', part)).toEqual({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: {
        name: 'frigate-health-state',
        namespace: 'cctv',
        uid: 'uid-configmap',
        resourceVersion: '99',
        labels: { app: 'frigate' },
        annotations: { mine: 'x', [OWN]: `${NOW - 60},${NOW}` },
      },
      data: { consecutive_failures: '1', note: 'by hand', last_restart_times: `${NOW}` },
      binaryData: { blob: 'AA==' },
    });
  });
});

describe('reserving', () => {
  const KNOWN = NOW - 4000;
  const known = (...times: readonly number[]): Circumstance<LedgerFacts> => ({
    known: true,
    value: { times, text: times.join(','), own: [], dropped: [] },
  });
  const unknown = (asked: boolean): Circumstance<LedgerFacts> => ({ known: false, asked, why: 'Hidden.' });
  type Script = Partial<Record<keyof KubernetesDoor, Reply<unknown>>>;

  async function reserving(script: Script, before = known(KNOWN)) {
    const { door, calls, sent } = cluster(script);
    const reservation = { at: NOW, known: before, settings: SETTINGS };
    const reserved = await reserve(reservation, door, { clock: CLOCK, signal: AbortSignal.timeout(60_000) });
    return { ...reserved, calls, sent };
  }

  it('reads again and writes with the resourceVersion that it read', async () => {
    const { answer, calls, sent } = await reserving({
      configMap: ok(configMap(`${KNOWN}`, { metadata: { resourceVersion: '123' } })),
      replaceConfigMap: ok({}),
    });
    expect(answer).toBe('reserved');
    expect(calls).toEqual(['configMap cctv frigate-health-state', 'replaceConfigMap cctv frigate-health-state']);
    expect(sent).toMatchObject([
      {
        metadata: { resourceVersion: '123', annotations: { [OWN]: `${NOW}` } },
        data: { last_restart_times: `${KNOWN},${NOW}`, consecutive_failures: '1' },
      },
    ]);
  });

  it('makes the ledger where there is none, with what was known of it', async () => {
    const { answer, calls, sent } = await reserving({ configMap: no(404), createConfigMap: ok({}) });
    expect(answer).toBe('reserved');
    expect(calls).toEqual(['configMap cctv frigate-health-state', 'createConfigMap cctv']);
    expect(sent).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'frigate-health-state', namespace: 'cctv', annotations: { [OWN]: `${NOW}` } },
        data: { last_restart_times: `${KNOWN},${NOW}` },
      },
    ]);
  });

  const read = ok(configMap(`${KNOWN}`));
  it.each<[string, Script, Circumstance<LedgerFacts>, string, RegExp]>([
    [
      'another restart came since the look',
      { configMap: ok(configMap(`${KNOWN},${NOW - 5}`)) },
      known(KNOWN),
      'conflict',
      /since the look/,
    ],
    [
      'an old restart came since the look',
      { configMap: ok(configMap(`${NOW - 2 * DAY},${KNOWN}`)) },
      known(KNOWN),
      'conflict',
      /since the look/,
    ],
    [
      'there are restarts and the look saw no ledger',
      { configMap: read },
      unknown(false),
      'conflict',
      /since the look/,
    ],
    [
      'the ledger lost an entry',
      { configMap: ok(configMap('')), replaceConfigMap: ok({}) },
      known(KNOWN),
      'reserved',
      /reserved/,
    ],
    [
      'the order is in it already',
      { configMap: ok(configMap(`${KNOWN},${NOW}`)), replaceConfigMap: ok({}) },
      known(KNOWN),
      'reserved',
      /reserved/,
    ],
    [
      'another writer was first',
      { configMap: read, replaceConfigMap: no(409) },
      known(KNOWN),
      'conflict',
      /same moment/,
    ],
    [
      'it was deleted in between',
      { configMap: read, replaceConfigMap: no(404) },
      known(KNOWN),
      'conflict',
      /same moment/,
    ],
    ['it was made in between', { configMap: no(404), createConfigMap: no(409) }, known(), 'conflict', /same moment/],
    [
      'its form is not known',
      { configMap: ok({ kind: 'ConfigMap', metadata: {} }) },
      known(),
      'conflict',
      /known form/,
    ],
    ['nobody may read it', { configMap: no(403) }, unknown(false), 'store_only', /No right to get the ledger/],
    ['nobody may read it any more', { configMap: no(403) }, known(), 'conflict', /The ledger was lost/],
    [
      'nobody may write it',
      { configMap: read, replaceConfigMap: no(403) },
      known(KNOWN),
      'store_only',
      /No right to update/,
    ],
    [
      'nobody may make it',
      { configMap: no(404), createConfigMap: no(403) },
      known(),
      'store_only',
      /No right to create/,
    ],
    [
      'it is immutable',
      { configMap: read, replaceConfigMap: no(422) },
      known(KNOWN),
      'refused',
      /could not be written/,
    ],
    ['the credentials have expired', { configMap: no(401) }, unknown(true), 'refused', /could not be written/],
    ['the read hangs', { configMap: broken('timeout') }, unknown(true), 'unanswered', /nothing was restarted/],
    [
      'the write hangs',
      { configMap: read, replaceConfigMap: broken('timeout') },
      known(KNOWN),
      'unanswered',
      /nothing was restarted/,
    ],
    [
      'the write is reset',
      { configMap: read, replaceConfigMap: broken('unreachable') },
      known(KNOWN),
      'unanswered',
      /update/,
    ],
    ['the server is broken', { configMap: read, replaceConfigMap: no(503) }, known(KNOWN), 'unanswered', /update/],
    ['making it hangs', { configMap: no(404), createConfigMap: broken('timeout') }, known(), 'unanswered', /create/],
  ])('when %s', async (_, script, before, answer, detail) => {
    const reserved = await reserving(script, before);
    expect(reserved.answer).toBe(answer);
    expect(reserved.detail).toMatch(detail);
  });
});
