import { RequestContext } from '@kubernetes/client-node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openConnections } from '../../../src/doors/kubernetes/connections.ts';
import type { Credentials } from '../../../src/doors/kubernetes/material.ts';

const credentials = (token: string): Credentials => ({
  cluster: { name: 'cluster', server: 'https://192.0.2.10:6443', skipTLSVerify: false },
  user: { name: 'warden', token },
  secrets: [token],
});

function start() {
  const connections = openConnections();
  onTestFinished(() => connections.close());
  const apply = async (with_: Credentials) => {
    const context = new RequestContext('https://192.0.2.10:6443/api', 'GET');
    await connections.apply(context, with_);
    return context;
  };
  return { connections, apply };
}

describe('connections', () => {
  it('are the same for the same credentials, also for calls that begin together', async () => {
    const { apply } = start();
    const one = credentials('one');
    const contexts = await Promise.all([apply(one), apply(one)]);
    contexts.push(await apply(one));
    expect(new Set(contexts.map((context) => context.getDispatcher())).size).toBe(1);
    expect(contexts.map((context) => context.getHeaders().Authorization)).toEqual(Array(3).fill('Bearer one'));
  });

  it('are others for other credentials, and the old ones close', async () => {
    const { apply } = start();
    const before = await apply(credentials('one'));
    const after = await apply(credentials('two'));
    expect(after.getDispatcher()).not.toBe(before.getDispatcher());
    expect(after.getHeaders().Authorization).toBe('Bearer two');
    expect(before.getDispatcher()).toMatchObject({ closed: true });
    expect(after.getDispatcher()).toMatchObject({ closed: false });
  });

  it('that were left once are not left again by a call that was on the old ones', async () => {
    const { connections, apply } = start();
    const one = credentials('one');
    const before = await apply(one);
    connections.leave(before);
    const after = await apply(one);
    connections.leave(before);
    expect(after.getDispatcher()).not.toBe(before.getDispatcher());
    expect((await apply(one)).getDispatcher()).toBe(after.getDispatcher());
  });

  it('have no login where there is none but a certificate', async () => {
    const { apply } = start();
    const { cluster } = credentials('');
    const context = await apply({ cluster, user: { name: 'warden' }, secrets: [] });
    expect(context.getHeaders()).not.toHaveProperty('Authorization');
    expect(context.getDispatcher()).toBeDefined();
  });
});
