import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openKubernetes } from '../../../src/doors/kubernetes/index.ts';
import type { KubernetesDoor, LogQuery, ProxyRoad } from '../../../src/doors/ports.ts';
import { eventually } from '../../eventually.ts';
import { recordingLog, rudeHttp, rudeNet, statusBody, TOKEN } from './rude-server.ts';

const MEGABYTE = 1024 * 1024;
const LOG: LogQuery = {
  namespace: 'frigate',
  pod: 'frigate-0',
  container: 'frigate',
  sinceTime: '2026-01-06T04:06:54Z',
  tailLines: null,
  previous: false,
  limitBytes: 4 * MEGABYTE,
};
const ROAD: ProxyRoad = { kind: 'pods', namespace: 'frigate', name: 'frigate-0', port: 5000, path: '/api/stats?a=1' };
const never = () => new AbortController().signal;

function open(server: string, timeoutSeconds = 5): KubernetesDoor & { lines: string[] } {
  const log = recordingLog();
  const door = openKubernetes({ from: 'settings', server, token: TOKEN }, { log, timeoutSeconds });
  onTestFinished(() => door.close());
  return { ...door, lines: log.lines };
}

const serve = async (listener: RequestListener, path = '') => open((await rudeHttp(listener)) + path);

describe('a log', () => {
  const text = '2026-01-06T04:06:54.123456789Z [2026-01-06 04:06:54] frigate.watchdog INFO : ä\n';

  it('comes as it is, with the stamps of the kubelet', async () => {
    const seen: unknown[] = [];
    const door = await serve(({ method, url, headers }, response) => {
      seen.push(method, url, headers.authorization, headers.accept);
      response.writeHead(200, { Date: 'Tue, 06 Jan 2026 04:06:54 GMT' }).end(text);
    });
    expect(await door.log(LOG, never())).toEqual({ ok: true, value: text, status: 200, serverTime: 1_767_672_414 });
    expect(seen).toEqual([
      'GET',
      '/api/v1/namespaces/frigate/pods/frigate-0/log?timestamps=true&limitBytes=4194304&container=frigate' +
        '&sinceTime=2026-01-06T04%3A06%3A54Z',
      `Bearer ${TOKEN}`,
      // The API answers 406 to those who want plain text only.
      'application/json, */*;q=0.8',
    ]);
  });

  it('of nothing is an empty text', async () => {
    const door = await serve((_request, response) => void response.end());
    expect(await door.log(LOG, never())).toMatchObject({ ok: true, value: '' });
  });

  it('below a path of a proxy in front is asked for there', async () => {
    const paths: unknown[] = [];
    const door = await serve(({ url }, response) => {
      paths.push(url?.split('?')[0]);
      response.end();
    }, '/k8s/clusters/c-1/');
    await door.log(LOG, never());
    await door.node('a', never());
    expect(paths).toEqual([
      '/k8s/clusters/c-1/api/v1/namespaces/frigate/pods/frigate-0/log',
      '/k8s/clusters/c-1/api/v1/nodes/a',
    ]);
  });

  it.each([
    [8, true],
    [9, false],
  ])('of %i MB: read is %s', async (size, ok) => {
    let living = 0;
    const door = await serve(({ socket }, response) => {
      living += 1;
      socket.on('close', () => {
        living -= 1;
      });
      response.end(Buffer.alloc(size * MEGABYTE, 'x'));
    });
    const reply = await door.log(LOG, never());
    expect(reply).toMatchObject(
      ok ? { ok } : { kind: 'too_large', reason: expect.stringContaining('the answer is larger than 8 MB') },
    );
    if (!ok) await eventually(() => living === 0);
  });

  it('that is not there yet says why', async () => {
    const message = 'container "frigate" in pod "frigate-0" is waiting to start: ContainerCreating';
    const door = await serve(
      (_request, response) => void response.writeHead(400).end(statusBody(400, 'BadRequest', message)),
    );
    expect(await door.log(LOG, never())).toMatchObject({ kind: 'status', status: 400, body: `BadRequest: ${message}` });
  });

  it('of a lost node costs the deadline, and the API is not called down', async () => {
    const door = open(await rudeNet(() => undefined), 0.2);
    expect(await door.log(LOG, never())).toMatchObject({
      kind: 'timeout',
      reason: expect.stringMatching(
        /^Cannot read the log of pod frigate\/frigate-0: .* did not answer within 0\.2 s\.$/,
      ),
    });
    expect(door.lines).toEqual([]);
    await door.node('a', never());
    expect(door.lines).toHaveLength(1);
  });

  it('that stops in its middle costs the deadline', async () => {
    const door = open(await rudeHttp((_request, response) => void response.write(text)), 0.3);
    expect(await door.log(LOG, never())).toMatchObject({ ok: false, kind: 'timeout' });
  });

  it('that is cut in its middle is no log', async () => {
    const door = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '1000' });
      response.write(text, () => response.destroy());
    });
    expect(await door.log(LOG, never())).toMatchObject({ ok: false, kind: 'unreachable' });
  });

  it('ends with the turn', async () => {
    const turn = new AbortController();
    const door = await serve(() => turn.abort());
    expect(await door.log(LOG, turn.signal)).toMatchObject({ kind: 'aborted' });
  });

  it('of a pod whose name leads elsewhere is not asked for', async () => {
    const seen: unknown[] = [];
    const door = await serve((request) => void seen.push(request.url));
    for (const reply of [
      await door.log({ ...LOG, pod: '../secrets' }, never()),
      await door.proxy({ ...ROAD, path: '/../../../secrets' }, never()),
      await door.exec({ namespace: 'frigate', pod: 'a', container: 'a&b' }, ['true'], never()),
    ]) {
      expect(reply).toMatchObject({ ok: false, kind: 'form' });
    }
    expect(seen).toEqual([]);
  });
});

describe('a proxy', () => {
  it.each([
    ['pods', 'frigate-0'],
    ['services', 'frigate'],
  ] as const)('to %s brings what is behind it, query and all', async (kind, name) => {
    const seen: unknown[] = [];
    const door = await serve(({ method, url }, response) => {
      seen.push(method, url);
      response.end('{"cameras":{}}');
    });
    expect(await door.proxy({ ...ROAD, kind, name }, never())).toMatchObject({ ok: true, value: '{"cameras":{}}' });
    expect(seen).toEqual(['GET', `/api/v1/namespaces/frigate/${kind}/${name}:5000/proxy/api/stats?a=1`]);
  });

  it('follows no redirect of what is behind', async () => {
    let requests = 0;
    const door = await serve((_request, response) => {
      requests += 1;
      response.writeHead(302, { Location: '/api/v1/namespaces/kube-system/secrets' }).end();
    });
    expect(await door.proxy(ROAD, never())).toMatchObject({ kind: 'status', status: 302 });
    expect(requests).toBe(1);
  });

  it('tells what is behind from the API itself', async () => {
    const answers: [number, string][] = [
      [401, '{"message":"Unauthorized"}'],
      [401, statusBody(401, 'Unauthorized', 'Unauthorized')],
      [
        503,
        statusBody(503, 'ServiceUnavailable', 'error trying to reach service: dial tcp: connect: connection refused'),
      ],
    ];
    const door = await serve((_request, response) => {
      const [status, body] = answers.shift() ?? [200, ''];
      response.writeHead(status).end(body);
    });
    const replies = [await door.proxy(ROAD, never()), await door.proxy(ROAD, never()), await door.proxy(ROAD, never())];
    expect(replies.map((reply) => (reply.ok ? 'ok' : [reply.kind, reply.status]))).toEqual([
      ['status', 401],
      ['unreachable', undefined],
      ['refused', undefined],
    ]);
    expect(door.lines).toEqual([]);
  });

  it('to a Frigate that is sick leaves the API well: a page of its nginx is not one of the API', async () => {
    const door = await serve(({ url }, response) => {
      if (url?.includes('proxy')) response.writeHead(502).end('<html>502 Bad Gateway</html>');
      else response.end('{}');
    });
    await door.proxy(ROAD, never());
    expect(door.lines).toEqual([]);
  });

  it('over a connection that is refused calls the API down', async () => {
    const door = open('http://127.0.0.1:1');
    expect(await door.proxy(ROAD, never())).toMatchObject({ ok: false });
    expect(door.lines).toHaveLength(1);
  });

  it('asks for nothing packed, and hides the token in what comes back', async () => {
    const door = await serve(({ headers }, response) => {
      response.writeHead(500).end(`${headers['accept-encoding']} ${headers.authorization}`);
    });
    expect(await door.proxy(ROAD, never())).toMatchObject({ body: 'undefined Bearer ***' });
  });

  it('keeps its connections', async () => {
    const sockets = new Set<unknown>();
    const door = await serve(({ socket }, response) => {
      sockets.add(socket);
      response.end('1');
    });
    for (let count = 0; count < 50; count += 1) await door.proxy(ROAD, never());
    expect(sockets.size).toBeLessThanOrEqual(2);
  });
});

describe('an object', () => {
  it('is still unpacked', async () => {
    const door = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('{"kind":"Node"}'));
    });
    expect(await door.node('a', never())).toMatchObject({ ok: true, value: { kind: 'Node' } });
  });
});
