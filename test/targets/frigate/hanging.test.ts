import { describe, expect, it } from 'vitest';
import { type Hang, hanging } from './hanging.ts';
import { assess, last, orderedAfter, type Seen, watch } from './watching.ts';

const BEGINS = 90;
/** Every way in which looks, watchdog and stats can stand to each other, in steps of 3 s. */
const PHASES = Array.from({ length: 10 }, (_, k) => k * 3);

const story = (hang: Partial<Hang>, every: number, phase: number) => {
  const looks = hanging({ begins: BEGINS + phase, ends: Number.POSITIVE_INFINITY, until: 330, ...hang }, every, phase);
  const seen = watch(looks, { every });
  const decisions = assess(seen);
  const ordered = orderedAfter(seen, decisions);
  const causes = decisions.flatMap(({ cause }) => (cause ? [`${cause.check}/${cause.member ?? ''}`] : []));
  const after = ordered === null ? null : ordered - BEGINS - phase;
  return { after, first: causes[0], last: causes.at(-1), seen, decisions };
};
const over = (hang: (phase: number) => Partial<Hang>, every: number) =>
  PHASES.map((phase) => story(hang(phase), every, phase));
const badOf = (seen: Seen) => seen.looked.findings.filter(({ answer }) => answer === 'bad').map(({ check }) => check);

describe.each([15, 30])('A detector that hangs, seen every %i s,', (every) => {
  it('leaves an orphaned queue that is named and cured within 150 s of the hang, and never as anything else', () => {
    for (const { after, first, last: end } of over(() => ({ isOrphaning: true }), every)) {
      expect(after).toBeGreaterThanOrEqual(60);
      expect(after).toBeLessThanOrEqual(150);
      expect([first, end]).toEqual(['detector_queue/', 'detector_queue/']);
    }
  });

  it('is cured within 150 s when each new process hangs too, and is named stuck', () => {
    for (const { after, last: end } of over(() => ({}), every)) {
      expect(after).toBeLessThanOrEqual(150);
      expect(end).toBe('detector_stuck/coral');
    }
  });

  it('is cured and named the same where the log is silent, by its processes alone', () => {
    for (const { after, last: end, decisions } of over(() => ({ isQuiet: true }), every)) {
      expect(after).toBeLessThanOrEqual(150);
      expect(end).toBe('detector_stuck/coral');
      expect(last(decisions).verdict).toBe('unhealthy');
    }
  });

  it.each([12, 22, 35])('for %i s, and heals, leads to no order, however slowly its successor loads', (seconds) => {
    for (const loadSeconds of [3, 25]) {
      for (const { after, seen } of over((phase) => ({ ends: BEGINS + phase + seconds, loadSeconds }), every)) {
        expect(after).toBeNull();
        expect(badOf(last(seen))).toEqual([]);
      }
    }
  });

  it('is named alone while another detector works, and is cured', () => {
    for (const { after, last: end, seen } of over(() => ({ hasOther: true }), every)) {
      expect(after).toBeLessThanOrEqual(180);
      expect(end).toBe('detector_stuck/coral');
      expect(seen.flatMap(badOf)).not.toContain('detector_queue');
    }
  });
});
