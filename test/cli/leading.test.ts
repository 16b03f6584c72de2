import { describe, expect, it } from 'vitest';
import { leaseOf, openCandidate, storeOf } from '../../src/cli/leading.ts';
import type { LeaseDoor, OutboxEntry, StoreDoor } from '../../src/doors/ports.ts';
import type { Watched } from '../../src/loop.ts';
import { checkOptions } from '../../src/options.ts';
import { recordingLog } from '../doors/kubernetes/rude-server.ts';
import { eventually } from '../eventually.ts';
import { incident, state } from '../rules/builders.ts';
import { scriptedTarget } from '../scripted-target.ts';

const cluster = { server: 'https://cluster', token: 'token' };
const outside = { name: 'Barn', url: 'http://barn:5000' };
const inside = (namespace: string) => ({ name: `In ${namespace}`, url: `http://${namespace}:5000`, namespace });

describe('the Lease', () => {
  it.each<[what: string, options: object, place: object | null]>([
    ['no cluster', { frigates: [outside] }, null],
    ['a cluster, and no Frigate in it', { frigates: [outside], kubernetes: cluster }, null],
    [
      'the first that is in it',
      { frigates: [outside, inside('a'), inside('b')], kubernetes: cluster },
      { namespace: 'a', name: 'frigate-warden' },
    ],
    [
      'another name',
      { frigates: [inside('a')], kubernetes: { ...cluster, lease: 'test' } },
      { namespace: 'a', name: 'test' },
    ],
  ])('of %s', (_, options, place) => {
    const answer = checkOptions(options, 'the test');
    if (!answer.ok) throw new Error(answer.sentences.join(' '));
    expect(leaseOf(answer.options)).toEqual(place);
  });
});

describe('a candidate', () => {
  const entry = (id: string, type: string, target = 'tree'): OutboxEntry => ({
    id: `${id}-${type}`,
    target,
    incidentId: id,
    at: 1,
    payload: JSON.stringify({ event_type: type }),
  });

  it('leaves what was told of each target, and hears of what is told later', async () => {
    const written: string[] = [];
    const lease = { metadata: { name: 'l', resourceVersion: '1' }, spec: {} };
    const ok = (value: unknown) => ({ ok: true, value, status: 200, serverTime: null }) as const;
    const door: LeaseDoor = {
      lease: async () => ok(lease),
      createLease: async () => ok(lease),
      replaceLease: async (_namespace, _name, body) => {
        const words = (body as { metadata: { annotations?: Record<string, string> } }).metadata.annotations;
        written.push(words?.['frigate-warden/handover'] ?? '');
        return ok(body);
      },
    };
    let outbox: OutboxEntry[] = [entry('b', 'opened'), entry('a', 'opened', 'shrub')];
    const store: StoreDoor = {
      load: () => null,
      save() {},
      outbox: () => outbox,
      delivered: (ids) => {
        outbox = outbox.filter(({ id }) => !ids.includes(id));
      },
      lastTime: () => null,
      close() {},
    };
    const watched = {
      target: scriptedTarget(),
      state: state({
        incidents: ['a', 'b', 'c'].map((id) => incident({ id })),
        refusal: { at: 1, sentence: 'No to hunter2.' },
      }),
      unsaved: [entry('c', 'opened')],
    } as unknown as Watched;
    const stop = new AbortController();
    let now = 0;
    const candidate = openCandidate({
      place: { namespace: 'f', name: 'l' },
      door,
      installation: { identity: 'nuc-1', installation: 'nuc' },
      targets: ['tree'],
      watched: () => [watched],
      store,
      redact: (text) => text.replaceAll('hunter2', '***'),
      clock: { now: () => now, jumpedAt: () => null },
      steady: () => now,
      wait: (_seconds, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) resolve();
          signal.addEventListener('abort', () => resolve());
        }),
      deadline: (_seconds, signal) => signal,
      log: recordingLog(),
      stop: stop.signal,
    });
    await candidate.election.asked;
    expect(written).toEqual(['']);
    expect(await candidate.election.whyNotLeading(stop.signal)).toBeNull();
    const left = () => JSON.parse(written.at(-1) ?? '').targets.tree.incidents.map((one: { id: string }) => one.id);
    expect(left()).toEqual(['a']);
    expect(written.at(-1)).toContain('"No to ***."');
    now = 5;
    const shared = storeOf(store, candidate);
    shared.delivered(['b-opened']);
    await eventually(() => left().length === 2);
    expect(left()).toEqual(['a', 'b']);
    stop.abort();
    await candidate.election.ended;
    expect(storeOf(store, null)).toBe(store);
  });
});
