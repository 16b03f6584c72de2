import { describe, expect, it, onTestFinished } from 'vitest';
import { type Broker, startBroker } from '../../../demo/broker.ts';
import { openBroker } from '../../../src/cli/doctor/broker.ts';
import type { HttpDoor } from '../../../src/doors/ports.ts';
import { checkOptions, type Options } from '../../../src/options.ts';
import { eventually } from '../../eventually.ts';

const { signal: stop } = new AbortController();
const nobody: HttpDoor = {
  json: async () => ({ ok: false, kind: 'status', status: 400, reason: 'None.' }),
  text: () => Promise.reject(new Error('unused')),
  cookies: () => Promise.reject(new Error('unused')),
};

async function aBroker(): Promise<Broker> {
  const broker = await startBroker();
  onTestFinished(() => broker.close());
  return broker;
}

function optionsWith(mqtt: object): Options {
  const answer = checkOptions({ frigates: [{ name: 'a', url: 'http://a' }], mqtt }, 'the test');
  if (!answer.ok) throw new Error(answer.sentences.join(' '));
  return answer.options;
}

const open = (mqtt: object, more: { token?: string; http?: HttpDoor } = {}) =>
  openBroker({ options: optionsWith(mqtt), http: nobody, token: null, clientId: 'doctor-1', stop, ...more });

describe('the broker', () => {
  it('that lets us in is listened to, and hears nothing from us', async () => {
    const broker = await aBroker();
    const { evidence, mqtt, close } = await open({ host: '127.0.0.1', port: broker.port });
    expect(evidence).toEqual({ place: `127.0.0.1:${broker.port}`, isConnected: true, said: [] });
    expect(mqtt).not.toBeNull();
    await close();
    await eventually(() => broker.clients().length === 0);
    expect(broker.messages).toEqual([]);
  });

  it('leaves no will behind, however it ends', async () => {
    const broker = await aBroker();
    const { close } = await open({ host: '127.0.0.1', port: broker.port });
    broker.dropClients();
    await eventually(() => broker.clients().length === 0);
    await close();
    expect(broker.messages).toEqual([]);
  });

  it.each<[string, (broker: Broker) => Promise<void> | void, RegExp]>([
    [
      'a wrong login',
      (broker) => broker.requireLogin({ username: 'a', password: 'right-one' }),
      /bad user name or password\.$/,
    ],
    ['a refused connection', (broker) => broker.stop(), /the connection was refused\.$/],
  ])('that does not let us in says why: %s', async (_, spoil, why) => {
    const broker = await aBroker();
    await spoil(broker);
    const { evidence, mqtt } = await open({
      host: '127.0.0.1',
      port: broker.port,
      username: 'a',
      password: 'wrong-one',
    });
    expect(evidence).toMatchObject({ isConnected: false, said: [expect.stringMatching(why)] });
    expect(JSON.stringify(evidence)).not.toContain('wrong-one');
    expect(mqtt).toBeNull();
  });

  it('that refuses a topic is heard of', async () => {
    const broker = await aBroker();
    broker.denySubscriptions(['frigate/available']);
    const { mqtt, said, close } = await open({ host: '127.0.0.1', port: broker.port });
    mqtt?.subscribe(['frigate/available'], () => undefined);
    await eventually(() => said().length > 0);
    expect(said()).toEqual([expect.stringContaining('frigate/available')]);
    await close();
  });

  it('is none where nobody names one, and the Supervisor is asked only where there is one', async () => {
    expect((await open({})).evidence).toEqual({ place: null, isConnected: false, said: [] });
    expect((await open({}, { token: 't' })).evidence.said).toHaveLength(1);
  });

  it('may be the one that the Supervisor names', async () => {
    const { port } = await aBroker();
    const http: HttpDoor = {
      ...nobody,
      json: async () => ({ ok: true, value: { data: { host: '127.0.0.1', port } }, status: 200, serverTime: null }),
    };
    const { evidence, close } = await open({}, { token: 't', http });
    expect(evidence).toMatchObject({ place: `127.0.0.1:${port}`, isConnected: true });
    await close();
  });
});
