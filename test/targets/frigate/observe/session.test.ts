import { describe, expect, it } from 'vitest';
import type { Failure, HttpDoor, HttpRequest, Reply } from '../../../../src/doors/ports.ts';
import { newSession, openVisit, type Session } from '../../../../src/targets/frigate/observe/session.ts';
import { failure, START } from '../watching.ts';

const LOGIN = { username: 'warden', password: 'pa55 word/"§' };
const TLS = { verify: false, fingerprint: 'AB:CD' };
const ok = <T>(value: T): Reply<T> => ({ ok: true, value, status: 200, serverTime: null });
const WANTED = failure('status', { status: 401, reason: 'https://frigate:8971/api/stats answered 401.' });

/** A Frigate that lets in whoever brings the cookie of its last login. */
function gate(session: Session, options: { login?: typeof LOGIN | null; says?: () => Reply<readonly string[]> } = {}) {
  const logins: HttpRequest[] = [];
  const brought: (string | undefined)[] = [];
  let [now, valid] = [START, 'none'];
  const issue = (): Reply<readonly string[]> => {
    valid = `frigate_token=t${logins.length}`;
    return ok([`${valid}; Path=/; HttpOnly; Max-Age=86400`]);
  };
  const http: HttpDoor = {
    json: async () => WANTED,
    text: async () => WANTED,
    cookies: async (request) => {
      logins.push(request);
      return (options.says ?? issue)();
    },
  };
  const { login = LOGIN } = options;
  const { signal } = new AbortController();
  const context = { clock: { now: () => now, jumpedAt: () => null }, signal };
  const settings = { url: 'https://frigate:8971/', login, tls: TLS, timeoutSeconds: 7 };
  const look = () => {
    const visit = openVisit({ settings, session, http, context });
    return () =>
      visit<string>(async (headers) => {
        brought.push(headers.Cookie);
        return headers.Cookie?.includes(valid) ? ok('stats') : WANTED;
      });
  };
  return {
    look,
    logins,
    brought,
    signal,
    pass: (seconds: number) => {
      now += seconds;
    },
    expire: () => {
      valid = 'another';
    },
  };
}

describe('a session', () => {
  it('logs in where Frigate wants it, and asks again with the cookie', async () => {
    const { look, logins, brought, signal } = gate(newSession());
    expect(await look()()).toMatchObject({ ok: true, value: 'stats' });
    expect(logins).toEqual([
      {
        url: 'https://frigate:8971/api/login',
        method: 'POST',
        body: { user: LOGIN.username, password: LOGIN.password },
        timeoutSeconds: 7,
        signal,
        tls: TLS,
      },
    ]);
    expect(brought).toEqual([undefined, 'frigate_token=t1']);
  });

  it('keeps its cookie from look to look, and renews it when it holds no more', async () => {
    const { look, logins, brought, expire } = gate(newSession());
    await look()();
    await look()();
    expect(logins).toHaveLength(1);
    expire();
    expect(await look()()).toMatchObject({ ok: true });
    expect(logins).toHaveLength(2);
    expect(brought).toEqual([
      undefined,
      'frigate_token=t1',
      'frigate_token=t1',
      'frigate_token=t1',
      'frigate_token=t2',
    ]);
  });

  it('logs in once for all the questions of a look', async () => {
    const { look, logins } = gate(newSession());
    const ask = look();
    const replies = await Promise.all([ask(), ask(), ask(), ask()]);
    expect(replies.every((reply) => reply.ok)).toBe(true);
    expect(logins).toHaveLength(1);
  });

  it('does not log in twice in a look, even if its cookie ends in the middle of it', async () => {
    const { look, logins, expire } = gate(newSession());
    const ask = look();
    await ask();
    expire();
    expect(await ask()).toMatchObject({ status: 401, reason: expect.stringContaining('refuses its own cookie') });
    expect(logins).toHaveLength(1);
  });

  it('never logs in where nobody wants it, or where the options have no login', async () => {
    const without = gate(newSession(), { login: null });
    expect(await without.look()()).toEqual(WANTED);
    expect(without.logins).toEqual([]);
    const open = gate({ ...newSession(), cookie: 'none' });
    expect(await open.look()()).toMatchObject({ ok: true });
    expect(open.logins).toEqual([]);
  });

  it('leaves every other failure as it is', async () => {
    const visit = openVisit({
      settings: { url: 'http://f', login: LOGIN, tls: TLS, timeoutSeconds: 1 },
      session: newSession(),
      http: { json: async () => WANTED, text: async () => WANTED, cookies: async () => ok(['a=b']) },
      context: { clock: { now: () => START, jumpedAt: () => null }, signal: new AbortController().signal },
    });
    for (const reply of [failure('refused'), failure('status', { status: 403 }), failure('timeout')]) {
      expect(await visit(async () => reply)).toEqual(reply);
    }
  });

  it.each<[string, readonly string[], string | null]>([
    ['the usual one', ['frigate_token=abc.def-1; Path=/; HttpOnly'], 'frigate_token=abc.def-1'],
    ['one of another name', ['my_nvr=x=y==; Secure'], 'my_nvr=x=y=='],
    ['several', ['a=1; Path=/', 'b=2'], 'a=1; b=2'],
    ['one beside one that is taken away', ['old=; Max-Age=0', 'gone=""; Max-Age=0', 'new=2'], 'new=2'],
    ['none', [], null],
    ['what would break a header', ['a=1\r\nX-Evil: 1', 'no pair', '=x'], null],
  ])('takes the cookies that Frigate gives: %s', async (_, lines, cookie) => {
    const session = newSession();
    await gate(session, { says: () => ok(lines) }).look()();
    expect(session.cookie).toBe(cookie);
  });
});

/** TABLE: what the login brought, what is said of it, and when it is tried again. */
const REFUSALS: readonly [string, Reply<readonly string[]>, RegExp, number][] = [
  [
    'a wrong password',
    failure('status', { status: 401 }),
    /refuses the login \(HTTP 401\): the user name or the pass/,
    300,
  ],
  ['a user who may not', failure('status', { status: 403 }), /refuses the login \(HTTP 403\)/, 300],
  ['a limit of logins', failure('status', { status: 429 }), /limits how often one may log in \(HTTP 429\)/, 60],
  ['a Frigate without login behind one', failure('status', { status: 404 }), /knows no login \(HTTP 404\)/, 0],
  ['a login that hangs', failure('timeout', { reason: 'No answer.' }), /logging in did not work: No answer\./, 0],
  ['a login without a cookie', ok([]), /gives no cookie/, 0],
];

describe('a login that does not succeed', () => {
  it.each(REFUSALS)('is one sentence and still a 401: %s', async (_, says, sentence, rest) => {
    const session = newSession();
    const { look, logins, pass } = gate(session, { says: () => says });
    const reply = (await look()()) as Failure;
    expect(reply).toMatchObject({ ok: false, kind: 'status', status: 401 });
    expect(reply.reason).toMatch(sentence);
    expect(JSON.stringify([reply, session])).not.toContain('pa55');
    if (rest > 0) {
      pass(rest - 1);
      expect(await look()()).toEqual(reply);
      expect(logins).toHaveLength(1);
    }
    pass(1);
    await look()();
    expect(logins).toHaveLength(2);
  });

  it('is no answer at all when the look was broken off', async () => {
    const { look } = gate(newSession(), { says: () => failure('aborted', { body: 'x' }) });
    expect(await look()()).toEqual(failure('aborted'));
  });
});
