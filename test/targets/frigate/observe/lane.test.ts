import { describe, expect, it } from 'vitest';
import type { Doors, KubernetesDoor } from '../../../../src/doors/ports.ts';
import { inLane, openLane } from '../../../../src/targets/frigate/observe/lane.ts';
import { failure } from '../watching.ts';

/** Questions that are answered one by one, in the order in which they were asked. */
function desk() {
  const open: { name: string; answer: () => void }[] = [];
  const asked: string[] = [];
  const ask = (name: string) => () =>
    new Promise<string>((resolve) => {
      asked.push(name);
      open.push({ name, answer: () => resolve(name) });
    });
  const answerFirst = async () => {
    open.shift()?.answer();
    for (let k = 0; k < 10; k += 1) await Promise.resolve();
  };
  return { open, asked, ask, answerFirst };
}

describe('a lane', () => {
  it('lets in so many at once, and the others in their order as places become free', async () => {
    const { open, asked, ask, answerFirst } = desk();
    const lane = openLane(2);
    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => lane(ask(name))));
    expect(asked).toEqual(['a', 'b']);
    await answerFirst();
    expect(asked).toEqual(['a', 'b', 'c']);
    while (open.length > 0) {
      expect(open.length).toBeLessThanOrEqual(2);
      await answerFirst();
    }
    expect(await all).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('lets nobody in between when a place is handed on', async () => {
    const { open, ask, answerFirst } = desk();
    const lane = openLane(1);
    const first = lane(ask('a')).then(() => lane(ask('late')));
    void lane(ask('b'));
    await answerFirst();
    expect(open.map(({ name }) => name)).toEqual(['b']);
    await answerFirst();
    expect(open.map(({ name }) => name)).toEqual(['late']);
    await answerFirst();
    expect(await first).toBe('late');
  });

  it('frees the place of a question that was broken', async () => {
    const lane = openLane(1);
    const broken = lane(() => Promise.reject(new Error('broken')));
    await expect(broken).rejects.toThrow('broken');
    expect(await lane(async () => 'next')).toBe('next');
  });
});

describe('the doors of one look', () => {
  it('have one lane for all that a look asks, and leave alone what a remedy does', async () => {
    let [open, most] = [0, 0];
    const slow = async () => {
      open += 1;
      most = Math.max(most, open);
      for (let k = 0; k < 5; k += 1) await Promise.resolve();
      open -= 1;
      return failure('refused');
    };
    const kubernetes: KubernetesDoor = {
      workload: slow,
      pods: slow,
      replicaSets: slow,
      node: slow,
      nodes: slow,
      autoscalers: slow,
      configMap: slow,
      log: slow,
      proxy: slow,
      exec: slow,
      allowed: slow,
      replaceConfigMap: slow,
      createConfigMap: slow,
      restart: slow,
      deletePod: slow,
      close: async () => undefined,
    };
    const doors: Doors = {
      http: { json: slow, text: slow, cookies: slow },
      kubernetes,
      tcp: { reach: slow },
      mailbox: null,
    };
    const { signal } = new AbortController();
    const request = { url: 'http://frigate:5000/', timeoutSeconds: 1, signal };
    const name = { kind: 'deployment', namespace: 'cctv', name: 'frigate' } as const;
    const { http, kubernetes: k } = inLane(doors, 3);
    const query = {
      namespace: 'cctv',
      pod: 'f',
      container: null,
      sinceTime: null,
      tailLines: 1,
      previous: false,
      limitBytes: 1,
    };
    const reading = () => [
      http.json(request),
      http.text(request),
      http.cookies(request),
      k?.workload(name, signal),
      k?.pods('cctv', 'app=f', signal),
      k?.replicaSets('cctv', 'app=f', signal),
      k?.node('a', signal),
      k?.nodes(signal),
      k?.autoscalers('cctv', signal),
      k?.configMap('cctv', 'l', signal),
      k?.log(query, signal),
      k?.proxy({ kind: 'pods', namespace: 'cctv', name: 'f', port: 1, path: '/' }, signal),
      k?.exec({ namespace: 'cctv', pod: 'f', container: 'f' }, [], signal),
    ];
    await Promise.all(reading());
    expect(most).toBe(3);
    const patch = { workload: name, restartedAt: '', uid: '', resourceVersion: '' };
    await Promise.all([
      ...reading(),
      k?.restart(patch, signal),
      k?.replaceConfigMap('a', 'b', {}, signal),
      k?.createConfigMap('a', {}, signal),
    ]);
    expect(most).toBe(6);
  });

  it('are missing where they were missing', () => {
    const none = {
      http: {
        json: async () => failure('refused'),
        text: async () => failure('refused'),
        cookies: async () => failure('refused'),
      },
      kubernetes: null,
      tcp: null,
      mailbox: null,
    };
    expect(inLane(none, 1)).toMatchObject({ kubernetes: null, tcp: null, mailbox: null });
  });
});
