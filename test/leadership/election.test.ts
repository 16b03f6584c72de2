import { describe, expect, it, onTestFinished } from 'vitest';
import { type SimulatedKubernetes, startKubernetes } from '../../demo/kubernetes/index.ts';
import { openKubernetes } from '../../src/doors/kubernetes/index.ts';
import { type Election, type ElectionOptions, openElection } from '../../src/leadership/election.ts';
import { type Handed, handedOver } from '../../src/rules/handover.ts';
import { recordingLog } from '../doors/kubernetes/rude-server.ts';
import { eventually } from '../eventually.ts';
import { incident, state } from '../rules/builders.ts';

const BEGIN = Date.parse('2026-01-06T04:00:00Z') / 1000;
const PLACE = { namespace: 'frigate', name: 'frigate-warden' };
const LEASE = /\/leases/;
const never = new AbortController().signal;

interface Warden extends Election {
  /** Of its own also where it bears another one's name. */
  process: string;
  lines: string[];
  role(): string;
  /** Its process stands still: no wait of its ends. */
  freeze(on: boolean): void;
  stop(): void;
  left: { incidents: string[] };
}

/** One time for all, which passes only when the test says so, and a simulated API over real HTTP. */
async function scene({ isShipped = true } = {}) {
  let seconds = 0;
  const cluster = await startKubernetes({ now: () => BEGIN + seconds });
  onTestFinished(() => cluster.close());
  if (isShipped) cluster.writeLease(PLACE.namespace, PLACE.name);
  const waits = new Set<{ until: number; who: string; over(): void }>();
  const stopped = new Set<string>();
  const frozen = new Set<string>();
  const wardens: Warden[] = [];

  const isIdle = () =>
    wardens.every(
      ({ process: who }) => stopped.has(who) || frozen.has(who) || [...waits].some((one) => one.who === who),
    );
  const pass = async (total: number) => {
    for (let left = total; left > 0; left -= 1) {
      seconds += Math.min(1, left);
      for (const one of waits) if (one.until <= seconds && !frozen.has(one.who)) one.over();
      await eventually(isIdle, { what: 'all to wait' });
    }
  };
  const waitOf = (who: string) => (forSeconds: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const one = {
        until: seconds + forSeconds,
        who,
        over: () => {
          waits.delete(one);
          resolve();
        },
      };
      waits.add(one);
      if (signal.aborted) one.over();
      signal.addEventListener('abort', one.over, { once: true });
    });

  const join = async (name: string, changes: Partial<ElectionOptions> & { ahead?: number } = {}) => {
    const { ahead = 0, ...options } = changes;
    const process = `${name}-${wardens.length}`;
    const log = recordingLog();
    const door = openKubernetes(
      { from: 'settings', server: cluster.url, token: cluster.token },
      { log: recordingLog(), timeoutSeconds: 0.3 },
    );
    const stop = new AbortController();
    const left = { incidents: [] as string[] };
    const handover = (): Record<string, Handed> => ({
      tree: handedOver(state({ incidents: left.incidents.map((id) => incident({ id })) }), []),
    });
    const election = openElection({
      door,
      place: PLACE,
      identity: name,
      installation: name,
      targets: ['tree'],
      handover,
      clock: { now: () => BEGIN + ahead + seconds },
      steady: () => 5000 + seconds,
      wait: waitOf(process),
      deadline: (_seconds, signal) => signal,
      log,
      stop: stop.signal,
      ...options,
    });
    const warden: Warden = {
      ...election,
      process,
      lines: log.lines,
      left,
      role: () => election.presence().role,
      freeze: (on) => void (on ? frozen.add(process) : frozen.delete(process)),
      stop: () => {
        stopped.add(process);
        stop.abort();
      },
    };
    wardens.push(warden);
    onTestFinished(async () => {
      stop.abort();
      await election.ended;
      await door.close();
    });
    await election.asked;
    await eventually(isIdle, { what: 'all to wait' });
    return warden;
  };
  const spec = () => cluster.lease(PLACE.namespace, PLACE.name)?.spec;
  return { cluster, join, pass, spec };
}

const leaseCalls = ({ calls }: SimulatedKubernetes, method: string) =>
  calls.filter((call) => call.method === method && LEASE.test(call.path));

describe('one Warden', () => {
  it('takes an empty Lease, and renews it every ten seconds', async () => {
    const { cluster, join, pass, spec } = await scene();
    const a = await join('a');
    expect(a.role()).toBe('leading');
    expect(spec()).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 30, leaseTransitions: 1 });
    const first = spec();
    await pass(31);
    expect(spec()).toMatchObject({ acquireTime: first?.acquireTime, leaseTransitions: 1 });
    expect(spec()?.renewTime).not.toBe(first?.renewTime);
    expect(leaseCalls(cluster, 'PUT').map(({ at, status }) => [at - BEGIN, status])).toEqual([
      [0, 200],
      [10, 200],
      [20, 200],
      [30, 200],
    ]);
    expect(leaseCalls(cluster, 'GET')).toHaveLength(1);
    expect(a.lines).toEqual(['info This Warden leads: it holds the lease.']);
  });

  it('makes a Lease where none was shipped', async () => {
    const { cluster, join, spec } = await scene({ isShipped: false });
    expect((await join('a')).role()).toBe('leading');
    expect(spec()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 });
    expect(leaseCalls(cluster, 'POST')).toHaveLength(1);
  });

  it('has its own Lease back at once after a restart', async () => {
    const { join, spec, pass } = await scene();
    const before = await join('a');
    await pass(12);
    before.stop();
    const acquired = spec()?.acquireTime;
    const again = await join('a');
    expect(again.role()).toBe('leading');
    expect(spec()).toMatchObject({ acquireTime: acquired, leaseTransitions: 1 });
    expect(again.inherit('tree')).toBeNull();
  });

  it('makes it anew where somebody deleted it', async () => {
    const { cluster, join, pass, spec } = await scene();
    const a = await join('a');
    cluster.deleteLease(PLACE.namespace, PLACE.name);
    await pass(15);
    expect(a.role()).toBe('leading');
    expect(spec()).toMatchObject({ holderIdentity: 'a' });
  });

  it.each([
    [
      'read',
      { method: 'GET' },
      /Cannot read lease frigate\/frigate-warden: the account lacks the verb "get" on leases.coord/,
    ],
    ['write', { method: 'PUT' }, /Cannot write lease .* lacks the verb "update"/],
  ])('acts alone where it may not %s it, says so once, and takes it when it may', async (_, match, sentence) => {
    const { cluster, join, pass } = await scene();
    const end = cluster.faults.forbid({ ...match, path: LEASE });
    const a = await join('a');
    await pass(200);
    expect(a.role()).toBe('alone');
    expect(await a.whyNotLeading(never)).toBeNull();
    expect(a.lines).toEqual([
      expect.stringMatching(/^warn Cannot/),
      expect.stringMatching(/^warn No Lease can be used, so this Warden acts alone\. /),
    ]);
    expect(a.lines[1]).toMatch(sentence);
    end();
    await pass(61);
    expect(a.role()).toBe('leading');
  });

  it('does not act alone because an API server that has just started refuses it for a moment', async () => {
    const { cluster, join, pass, spec } = await scene();
    const [a, b] = [await join('a'), await join('b')];
    await pass(9);
    const end = cluster.faults.forbid({ path: LEASE });
    await pass(3);
    expect([a.role(), b.role()]).toEqual(['unknown', 'following']);
    expect(await a.whyNotLeading(never)).toMatch(/403/);
    end();
    await pass(3);
    expect([a.role(), b.role()]).toEqual(['leading', 'following']);
    await pass(60);
    expect([a.role(), b.role()]).toEqual(['leading', 'following']);
    expect(spec()).toMatchObject({ holderIdentity: 'a' });
  });

  it('acts alone where there is none and it may not make one', async () => {
    const { cluster, join, pass } = await scene({ isShipped: false });
    cluster.faults.forbid({ method: 'POST' });
    const a = await join('a');
    await pass(31);
    expect([a.role(), a.lines[1]]).toEqual(['alone', expect.stringMatching(/Cannot create lease/)]);
  });

  it('does not lead while the API is silent, and leads again when it answers', async () => {
    const { cluster, join, pass } = await scene();
    const a = await join('a');
    const end = cluster.faults.hang();
    await pass(19);
    expect(a.role()).toBe('leading');
    await pass(2);
    expect(a.role()).toBe('unknown');
    expect(await a.whyNotLeading(never)).toMatch(
      /^The lease could not be renewed for 20 s\. Cannot write lease|read lease/,
    );
    end();
    await pass(5);
    expect(a.role()).toBe('leading');
    expect(a.lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'info This Warden',
      'warn The lease',
      'info This Warden',
    ]);
  });

  it('knows nothing where the API is silent from the start', async () => {
    const { cluster, join, pass } = await scene();
    const end = cluster.faults.refuse();
    const a = await join('a');
    expect(a.role()).toBe('unknown');
    end();
    await pass(3);
    expect(a.role()).toBe('leading');
  });

  it('is not put off by an answer that was lost on its way', async () => {
    const { cluster, join, pass } = await scene();
    const a = await join('a');
    const end = cluster.faults.swallow({ method: 'PUT' });
    await pass(11);
    end();
    await pass(5);
    expect(a.role()).toBe('leading');
    expect(cluster.lease(PLACE.namespace, PLACE.name)?.spec.leaseTransitions).toBe(1);
  });

  it('keeps it when somebody else wrote on it', async () => {
    const { cluster, join, pass } = await scene();
    const a = await join('a');
    cluster.writeLease(PLACE.namespace, PLACE.name, { labels: { team: 'cctv' } });
    await pass(11);
    expect(a.role()).toBe('leading');
    expect(cluster.lease(PLACE.namespace, PLACE.name)?.metadata.labels).toEqual({ team: 'cctv' });
  });

  it('is not misled by what is no Lease', async () => {
    const { cluster, join, pass } = await scene();
    cluster.faults.failNext({ status: 200, text: '{"kind":"Lease"}', path: LEASE });
    const a = await join('a');
    expect(a.role()).toBe('unknown');
    await pass(3);
    expect(a.role()).toBe('leading');
  });
});

describe('two Wardens', () => {
  it('have one leader, however long they run, and whatever their clocks say', async () => {
    const { join, pass, spec } = await scene();
    const a = await join('a', { ahead: 3600 });
    const b = await join('b', { ahead: -3600 });
    for (let i = 0; i < 12; i += 1) {
      await pass(10);
      expect([a.role(), b.role()]).toEqual(['leading', 'following']);
    }
    expect(spec()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 1 });
    expect(b.lines).toEqual(['info Another Warden leads (a): it holds the lease.']);
    expect(await b.whyNotLeading(never)).toBe('Another Warden leads (a): it holds the lease.');
  });

  it('that begin at the same moment have one winner', async () => {
    const { cluster, join, pass } = await scene();
    const both = await Promise.all([join('a'), join('b')]);
    expect(both.map((one) => one.role()).sort()).toEqual(['following', 'leading']);
    expect(leaseCalls(cluster, 'PUT').filter(({ status }) => status === 200)).toHaveLength(1);
    await pass(20);
    expect(both.map((one) => one.role()).sort()).toEqual(['following', 'leading']);
  });

  it('that both make it have one winner', async () => {
    const { join } = await scene({ isShipped: false });
    const both = await Promise.all([join('a'), join('b')]);
    expect(both.map((one) => one.role()).sort()).toEqual(['following', 'leading']);
  });

  it.each([0, 3600, -3600])(
    'the second takes over 30 s after the last word of a dead one, its clock %i s ahead',
    async (ahead) => {
      const { join, pass, spec } = await scene();
      const a = await join('a');
      const b = await join('b', { ahead });
      await pass(12);
      a.stop();
      await pass(26);
      expect(b.role()).toBe('following');
      await pass(8);
      expect(b.role()).toBe('leading');
      expect(spec()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 2 });
    },
  );

  it('the second takes over within seconds when the first one goes in order', async () => {
    const { join, pass, spec } = await scene();
    const a = await join('a');
    const b = await join('b');
    a.stop();
    await a.release(never);
    expect(spec()).toMatchObject({ holderIdentity: '', leaseTransitions: 1 });
    await pass(5);
    expect(b.role()).toBe('leading');
  });

  it('a follower that goes releases nothing', async () => {
    const { join, spec } = await scene();
    await join('a');
    const b = await join('b');
    b.stop();
    await b.release(never);
    expect(spec()).toMatchObject({ holderIdentity: 'a' });
  });

  it('one that goes without knowing that another took over does not take its Lease away', async () => {
    const { cluster, join, spec } = await scene();
    const a = await join('a');
    cluster.faults.failNext({ status: 500, method: 'PUT', path: LEASE });
    expect(await a.whyNotLeading(never)).toMatch(/500/);
    const taken = { holderIdentity: 'b', renewTime: '2026-01-06T04:00:00.000001Z', leaseTransitions: 2 };
    cluster.writeLease(PLACE.namespace, PLACE.name, { spec: taken });
    a.stop();
    await a.release(never);
    expect(spec()).toMatchObject(taken);
  });

  it('a first one that was frozen leads no more when it wakes, nor before it has looked', async () => {
    const { join, pass } = await scene();
    const a = await join('a');
    const b = await join('b');
    a.freeze(true);
    await pass(40);
    expect([a.role(), b.role()]).toEqual(['unknown', 'leading']);
    expect(await a.whyNotLeading(never)).toMatch(/could not be renewed/);
    a.freeze(false);
    await pass(3);
    expect([a.role(), b.role()]).toEqual(['following', 'leading']);
  });

  it('an act is asked of the cluster first: who lost the Lease a moment ago does not act', async () => {
    const { cluster, join } = await scene();
    const a = await join('a');
    expect(await a.whyNotLeading(never)).toBeNull();
    const spec = { holderIdentity: 'b', renewTime: '2026-01-06T04:00:00.000001Z', leaseTransitions: 2 };
    cluster.writeLease(PLACE.namespace, PLACE.name, { spec });
    expect(a.role()).toBe('leading');
    expect(await a.whyNotLeading(never)).toBe('Another Warden leads (b): it holds the lease.');
    expect(a.role()).toBe('following');
  });

  it('an act that was asked of a cluster before it stood still is asked again', async () => {
    const { cluster, join, pass } = await scene();
    const a = await join('a');
    await pass(9);
    const end = cluster.faults.swallow({ method: 'PUT' });
    const asked = a.whyNotLeading(never);
    expect(await asked).toMatch(/did not answer/);
    end();
    expect(await a.whyNotLeading(never)).toBeNull();
  });

  it('an act that the cluster does not answer for is not done', async () => {
    const { cluster, join } = await scene();
    const a = await join('a');
    cluster.faults.failNext({ status: 500, path: LEASE });
    expect(await a.whyNotLeading(never)).toMatch(/500 InternalError/);
    expect(await a.whyNotLeading(never)).toBeNull();
  });

  it('nobody takes over while nobody hears of it, and the first goes on afterwards', async () => {
    const { cluster, join, pass } = await scene();
    const a = await join('a');
    const b = await join('b');
    const end = cluster.faults.refuse();
    await pass(100);
    expect([a.role(), b.role()]).toEqual(['unknown', 'following']);
    end();
    await pass(10);
    expect([a.role(), b.role()].sort()).toEqual(['following', 'leading']);
  });

  it('of which one is a copy of the other have one leader', async () => {
    const { join, pass } = await scene();
    const a = await join('a');
    await pass(5);
    const copy = await join('a', { ahead: 0.25 });
    await pass(11);
    expect([a.role(), copy.role()]).toEqual(['following', 'leading']);
    await pass(60);
    expect([a.role(), copy.role()]).toEqual(['following', 'leading']);
  });
});

describe('the last words', () => {
  it('are written soon after the news, many of them together', async () => {
    const { cluster, join, pass } = await scene();
    const a = await join('a');
    await pass(3);
    a.left.incidents = ['one'];
    a.changed();
    a.changed();
    await eventually(() =>
      cluster.lease(PLACE.namespace, PLACE.name)?.metadata.annotations?.['frigate-warden/handover']?.includes('"one"'),
    );
    const before = leaseCalls(cluster, 'PUT').length;
    a.left.incidents = ['two'];
    for (let i = 0; i < 5; i += 1) {
      a.changed();
      // A whole call is time enough for one of ours.
      await fetch(`${cluster.url}/version`);
    }
    expect(leaseCalls(cluster, 'PUT')).toHaveLength(before);
    await pass(2);
    expect(leaseCalls(cluster, 'PUT')).toHaveLength(before + 1);
  });

  it('go to the one that takes over, once, and stay until it has taken them', async () => {
    const { cluster, join, pass } = await scene();
    const a = await join('a', { ahead: 7200 });
    const b = await join('b');
    a.left.incidents = ['told'];
    await pass(10);
    a.stop();
    await pass(45);
    expect(b.role()).toBe('leading');
    const words = () => cluster.lease(PLACE.namespace, PLACE.name)?.metadata.annotations?.['frigate-warden/handover'];
    expect(words()).toContain('"by":"a"');
    const left = b.inherit('tree');
    expect(left?.handed?.incidents).toMatchObject([{ id: 'told' }]);
    expect(Math.abs((left?.aheadSeconds ?? 0) - 7200)).toBeLessThanOrEqual(2);
    expect(b.inherit('tree')).toBeNull();
    await pass(11);
    expect(words()).toContain('"by":"b"');
  });

  it('that a leader had not taken over when it lost the Lease are not its any more', async () => {
    const { cluster, join, pass } = await scene();
    const z = await join('z');
    z.left.incidents = ['told'];
    await pass(10);
    z.stop();
    await pass(1);
    const a = await join('a');
    await pass(45);
    expect(a.role()).toBe('leading');
    const taken = { holderIdentity: 'b', renewTime: '2026-01-06T04:00:00.000001Z', leaseTransitions: 9 };
    cluster.writeLease(PLACE.namespace, PLACE.name, { spec: taken });
    await a.whyNotLeading(never);
    expect([a.role(), a.inherit('tree')]).toEqual(['following', null]);
  });

  it('of a released Lease go to one that comes later', async () => {
    const { join } = await scene();
    const a = await join('a');
    a.left.incidents = ['told'];
    a.stop();
    await a.release(never);
    const b = await join('b');
    expect(b.inherit('tree')?.handed?.incidents).toMatchObject([{ id: 'told' }]);
  });

  it('of our own life before are not believed before our own store', async () => {
    const { join, pass } = await scene();
    const a = await join('a');
    await pass(11);
    a.stop();
    const again = await join('a-after-a-reboot', { installation: 'a' });
    await pass(40);
    expect(again.role()).toBe('leading');
    // It has seen another name hold the Lease meanwhile, and cannot know that it was itself.
    expect(again.inherit('tree')).not.toBeNull();
  });

  it('that cannot be read are said, and what was found as a follower is told anew', async () => {
    const { cluster, join, pass } = await scene();
    const spec = { holderIdentity: 'x', renewTime: '2026-01-06T04:00:00.000001Z' };
    cluster.writeLease(PLACE.namespace, PLACE.name, { spec, annotations: { 'frigate-warden/handover': '{' } });
    const b = await join('b');
    await pass(36);
    expect(b.role()).toBe('leading');
    expect(b.inherit('tree')).toEqual({ handed: null, aheadSeconds: 0 });
    expect(b.lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringMatching(/cannot be read\. The ledger/),
    ]);
  });

  it('are taken by a follower whose right was taken away when the leader is gone', async () => {
    const { cluster, join, pass } = await scene();
    const a = await join('a');
    a.left.incidents = ['told'];
    const b = await join('b');
    await pass(11);
    cluster.faults.forbid({ method: 'PUT', path: LEASE });
    a.stop();
    await pass(75);
    expect(b.role()).toBe('alone');
    expect(b.inherit('tree')?.handed?.incidents).toMatchObject([{ id: 'told' }]);
  });
});
