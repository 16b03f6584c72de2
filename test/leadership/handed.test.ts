import { describe, expect, it } from 'vitest';
import { MOST_BYTES, readWill, type Will, withoutSecrets, writeWill } from '../../src/leadership/handed.ts';
import { type Handed, handedOver } from '../../src/rules/handover.ts';
import type { State } from '../../src/rules/state.ts';
import { incident, order, state } from '../rules/builders.ts';

const handed = (changes: Partial<State> = {}): Handed => handedOver(state(changes), []);
const full = handed({
  sequence: 12,
  incidents: [incident(), incident({ id: 'b', member: 'twig', status: 'resolved', resolvedAt: 5, snoozedUntil: 7 })],
  starts: [
    { at: 5, by: 'warden', orderId: 'o', isVoid: true },
    { at: 6, by: 'other', orderId: null },
    { at: 7, by: 'warden', orderId: 'p', isUnmarked: true, seenStartAt: 9 },
  ],
  lastStart: { at: 6, by: 'other', orderId: null },
  breakers: { 'tree:rot': { failures: 2, openedAt: 5, rests: 1, trialOrderId: null } },
  pursuit: { order: order(100), stage: 'accepted', keys: ['rot'], proof: 'instance', instance: 'i' },
  cures: [{ order: order(50, { cause: null, by: 'person', incidentId: null }), at: 60 }],
  lastOutcome: { outcome: 'failed', at: 3, sentence: 'It was not carried out.' },
  maintenanceUntil: 900,
  chronicSince: 4,
  resetAt: 2,
  refusal: { at: 3, sentence: 'No.' },
  switchedOff: { in_place: 'It did not come back.' },
});
const will = (targets: Will['targets']): Will => ({ by: 'nuc-1', aheadSeconds: 2, targets });

describe('what is left', () => {
  it('comes back as it was', () => {
    const written = writeWill(will({ tree: full, shrub: handed() }));
    expect(written?.isWhole).toBe(true);
    expect(readWill(written?.text ?? '')).toEqual({ will: will({ tree: full, shrub: handed() }), problems: [] });
  });

  it.each<[what: string, pursuit: State['pursuit']]>([
    ['no instance was seen', { order: order(100), stage: 'ordered', keys: [], proof: 'instance', instance: null }],
    ['the mark is the proof', { order: order(100), stage: 'ordered', keys: [] }],
    ['there is none', null],
  ])('tells how an order is proven: %s', (_, pursuit) => {
    const written = writeWill(will({ tree: handed({ pursuit }) }));
    expect(readWill(written?.text ?? '').will?.targets.tree?.pursuit).toEqual(pursuit);
  });

  it('by a Warden that knew less of it is used as far as it goes', () => {
    const { switchedOff: _, ...older } = handed();
    const text = JSON.stringify({ version: 1, by: 'a', clock_ahead_seconds: 0, targets: { tree: older } });
    expect(readWill(text).will?.targets.tree).toEqual(handed());
  });

  it.each([null, ''])('may be nothing: %j', (text) => {
    expect(readWill(text)).toEqual({ will: null, problems: [] });
  });

  it.each<[what: string, text: string]>([
    ['no JSON', 'oops'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a newer form', JSON.stringify({ version: 2, by: 'a', clock_ahead_seconds: 0, targets: {} })],
    ['no author', JSON.stringify({ version: 1, clock_ahead_seconds: 0, targets: {} })],
    [
      'endless',
      JSON.stringify({ version: 1, by: 'a', clock_ahead_seconds: 0, targets: {}, more: 'x'.repeat(300_000) }),
    ],
  ])('that is %s is told in one sentence and not used', (_, text) => {
    expect(readWill(text)).toEqual({
      will: null,
      problems: ['What the Warden before this one left in the Lease cannot be read.'],
    });
  });

  it.each<[what: string, changes: object]>([
    ['a missing part', { breakers: undefined }],
    ['a time that is text', { maintenanceUntil: 'soon' }],
    ['a time that is no number of seconds', { maintenanceUntil: 1e15 }],
    ['an unknown stage', { pursuit: { ...full.pursuit, stage: 'dreamt' } }],
    ['an endless name', { incidents: [incident({ id: 'x'.repeat(1000) })] }],
    ['a start that is none', { starts: [{ at: 5 }] }],
  ])('with %s for one target is used for the others', (_, changes) => {
    const text = JSON.stringify({
      version: 1,
      by: 'a',
      clock_ahead_seconds: 0,
      targets: { tree: { ...full, ...changes }, shrub: full },
    });
    const { will: read, problems } = readWill(text);
    expect(Object.keys(read?.targets ?? {})).toEqual(['shrub']);
    expect(problems).toEqual(['What the Warden before this one left in the Lease of tree cannot be read.']);
  });

  it('drops what nobody asked for', () => {
    const text = JSON.stringify({
      version: 1,
      by: 'a',
      clock_ahead_seconds: 0,
      targets: { tree: { ...handed(), looks: 99, streaks: {} } },
    });
    expect(readWill(text).will?.targets.tree).toEqual(handed());
  });
});

describe('what anybody may read', () => {
  it('names no secret, and everything else by its own name', () => {
    const said = (text: string) => ({ at: 1, sentence: text });
    const having = (word: string) => {
      const about = order(100, { reason: `Rose asked for it: ${word}`, id: 'rose', signature: 'rose:rot' });
      return handed({
        incidents: [incident({ id: 'rose' })],
        breakers: { 'rose:rot': { failures: 1, openedAt: null, rests: 0, trialOrderId: 'rose' } },
        pursuit: { order: about, stage: 'ordered', keys: ['rot/rose'] },
        cures: [{ order: about, at: 5 }],
        lastOutcome: { outcome: 'failed', ...said(`No to ${word}.`) },
        refusal: said(`No to ${word}.`),
        switchedOff: { rose: `No to ${word}.` },
      });
    };
    expect(withoutSecrets(having('rose'), (text) => text.replaceAll('rose', '***'))).toEqual(having('***'));
    expect(withoutSecrets(handed(), () => '***')).toEqual(handed());
  });
});

describe('what does not fit', () => {
  const many = (count: number, changes: object) =>
    Array.from({ length: count }, (_, i) => incident({ id: `tree-1000000-${i}`, member: `twig${i}`, ...changes }));
  it.each<[what: string, incidents: readonly object[], kept: number]>([
    ['ends of incidents go first', [incident(), ...many(400, { status: 'resolved', resolvedAt: 5 })], 1],
    ['then those of single members', [incident(), ...many(400, {})], 1],
    ['then all', many(400, { member: null }), 0],
  ])('%s', (_, incidents, kept) => {
    const written = writeWill(will({ tree: { ...full, incidents: incidents as Handed['incidents'] } }));
    expect(written?.isWhole).toBe(false);
    expect(Buffer.byteLength(written?.text ?? '')).toBeLessThanOrEqual(MOST_BYTES);
    const read = readWill(written?.text ?? null).will?.targets.tree;
    expect(read?.incidents).toHaveLength(kept);
    expect(read).toMatchObject({ breakers: full.breakers, maintenanceUntil: 900, pursuit: full.pursuit });
  });

  it('is not written at all where even the least is too much', () => {
    const targets = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`tree${i}`, handed()]));
    expect(writeWill(will(targets))).toBeNull();
  });
});
