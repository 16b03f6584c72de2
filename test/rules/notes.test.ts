/** Each kind of news in its own form: who it is about, how bad, and why. */
import { describe, expect, it } from 'vitest';
import { note, noteEvent, noteIncident, noteOrder, refusal } from '../../src/rules/notes.ts';
import { cause, incident, order } from './builders.ts';

const ref = { check: 'rot', layer: 'trunk', member: null };
const about = order(100);
const nothing = { incidentId: null, cause: null, severity: null, guard: null, order: null };

describe('a note', () => {
  it.each([
    [
      'about nothing in particular names nothing',
      () => note('test', 'This is a test.'),
      { ...nothing, type: 'test', sentence: 'This is a test.' },
    ],
    [
      'about an outcome carries its order, and the incident and cause of that order',
      () => noteEvent({ type: 'cured', sentence: 'It is good again.', order: about }),
      { ...nothing, type: 'cured', sentence: 'It is good again.', incidentId: 'tree-0-1', cause: ref, order: about },
    ],
    [
      'about an incident carries its cause and severity',
      () => noteIncident({ type: 'opened', sentence: 'It rots.', incident: incident({ severity: 'degraded' }) }),
      { ...nothing, type: 'opened', sentence: 'It rots.', incidentId: 'tree-0-1', cause: ref, severity: 'degraded' },
    ],
    [
      'about an order says its reason',
      () => noteOrder(about),
      {
        ...nothing,
        type: 'restart_ordered',
        sentence: 'rot is bad',
        incidentId: 'tree-0-1',
        cause: ref,
        order: about,
      },
    ],
    [
      'about a refusal names the guard, and of the cause only what names it',
      () => refusal({ guard: 'budget', sentence: 'The budget is used up.', until: 9 }, 'tree-0-1', cause('rot')),
      {
        ...nothing,
        type: 'refused',
        sentence: 'The budget is used up.',
        incidentId: 'tree-0-1',
        cause: ref,
        severity: 'unhealthy',
        guard: 'budget',
      },
    ],
    [
      'about a refusal without a cause names none',
      () => refusal({ guard: 'budget', sentence: 'The budget is used up.', until: 9 }, null, null),
      { ...nothing, type: 'refused', sentence: 'The budget is used up.', guard: 'budget' },
    ],
    [
      'about a refusal without a veto still is a sentence',
      () => refusal(undefined, null, null),
      { ...nothing, type: 'refused', sentence: 'It was refused.' },
    ],
  ])('%s', (_words, tell, expected) => {
    expect(tell()).toEqual(expected);
  });
});
