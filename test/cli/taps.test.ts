import { describe, expect, it } from 'vitest';
import { openTaps } from '../../src/cli/taps.ts';
import type { Doors, Failure, HttpDoor, KubernetesDoor, Reply } from '../../src/doors/ports.ts';

const refused: Failure = { ok: false, kind: 'refused', reason: 'No.' };
const { signal } = new AbortController();
const ok = <T>(value: T): Reply<T> => ({ ok: true, value, status: 200, serverTime: null });

function doors(http: Partial<HttpDoor>, kubernetes: Partial<KubernetesDoor> | null = null): Doors {
  return { http: http as HttpDoor, kubernetes: kubernetes as KubernetesDoor | null, tcp: null, mailbox: null };
}

const request = (url: string) => ({ url, timeoutSeconds: 1, signal });

describe('tapped doors', () => {
  it('answer as the doors do, and keep what came by its path', async () => {
    const replies: Record<string, Reply<unknown>> = {
      'http://f/in/api/stats': ok({ a: 1 }),
      'http://f/api/config': refused,
    };
    const taps = openTaps(
      doors({
        json: async ({ url }) => replies[url] ?? refused,
        text: async () => ok('0.17.2'),
        cookies: async () => ok(['s=1']),
      }),
    );
    expect(await taps.doors.http.json(request('http://f/in/api/stats'))).toEqual(ok({ a: 1 }));
    expect(await taps.doors.http.json(request('http://f/api/config'))).toBe(refused);
    await taps.doors.http.text(request('http://f/api/version?x=1'));
    expect(await taps.doors.http.cookies(request('http://f/api/login'))).toEqual(ok(['s=1']));
    // A cookie is never kept.
    expect([...taps.empty().bodies]).toEqual([
      ['/api/stats', { a: 1 }],
      ['/api/version', '0.17.2'],
    ]);
    expect([...taps.empty().bodies]).toEqual([]);
  });

  it('keep the first whole answer to a question, by whatever way it came', async () => {
    const road = { kind: 'pods', namespace: 'cctv', name: 'frigate-0', port: 5000 } as const;
    const bodies = ['<html>', '{"a": 2}'];
    const taps = openTaps(doors({ json: async () => refused }, { proxy: async () => ok(bodies.shift() ?? '') }));
    await taps.doors.http.json(request('http://f/api/stats'));
    await taps.doors.kubernetes?.proxy({ ...road, path: '/api/version' }, signal);
    await taps.doors.kubernetes?.proxy({ ...road, path: '/api/yard/recordings?after=1' }, signal);
    expect([...taps.empty().bodies]).toEqual([
      ['/api/version', '<html>'],
      ['/api/yard/recordings', { a: 2 }],
    ]);
  });

  it('keep the text of the log', async () => {
    const taps = openTaps(doors({}, { log: async ({ previous }) => (previous ? refused : ok('line\n')) }));
    const query = { namespace: 'n', pod: 'p', container: null, sinceTime: null, tailLines: 1, limitBytes: 9 };
    await taps.doors.kubernetes?.log({ ...query, previous: false }, signal);
    await taps.doors.kubernetes?.log({ ...query, previous: true }, signal);
    expect(taps.empty().logs).toEqual(['line\n']);
  });

  it('have no cluster where there is none', () => {
    expect(openTaps(doors({})).doors.kubernetes).toBeNull();
  });
});
