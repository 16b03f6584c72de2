import { describe, expect, it } from 'vitest';
import { openDeliveries } from '../../src/publish/deliveries.ts';
import { keptLog } from '../doors/hearing.ts';
import { NOW } from './views.ts';
import { outboxStore, wire } from './wire.ts';

function opened() {
  const mqtt = wire();
  const store = outboxStore();
  const log = keptLog();
  const tests: number[] = [];
  const deliveries = openDeliveries({ mqtt, store, baseTopic: 'base', log }, () => tests.push(1));
  const deliver = () => deliveries.deliver(() => true);
  const ids = () => mqtt.sent.map(({ payload }) => JSON.parse(payload).event_id);
  return { mqtt, store, log, deliveries, deliver, ids, tests };
}

describe('the outbox', () => {
  it('is delivered in order, one message an event, not retained, with an acknowledgement', async () => {
    const { mqtt, store, deliver, ids } = opened();
    store.add('opened');
    store.add('restart_ordered');
    store.add('opened', { incidentId: 'frigate-2' });
    await deliver();
    expect(ids()).toEqual(['opened-0', 'restart_ordered-1', 'opened-2']);
    expect(mqtt.sent[0]).toMatchObject({ topic: 'base/frigate/event', retain: false, qos: 1 });
    expect(store.entries).toEqual([]);
  });

  it('keeps what was not acknowledged, and later tells a queue of one incident as one message', async () => {
    const { mqtt, store, deliver, ids } = opened();
    store.add('opened');
    store.add('opened', { incidentId: 'frigate-2' });
    mqtt.fail(0);
    await deliver();
    expect(store.entries).toHaveLength(2);
    store.add('cured');
    mqtt.fail(false);
    await deliver();
    expect(ids()).toEqual(['cured-2', 'opened-1']);
    expect(JSON.parse(mqtt.sent[0]?.payload ?? '').events).toEqual(['opened-0', 'cured-2']);
    expect(store.entries).toEqual([]);
  });

  it('that was held is told as one message an incident, and events without an incident each for itself', async () => {
    const { store, deliveries, deliver, ids } = opened();
    store.add('test', { incidentId: null });
    store.add('test', { incidentId: null });
    store.add('opened');
    store.add('resolved');
    deliveries.hold();
    await deliver();
    expect(ids()).toEqual(['test-0', 'test-1', 'resolved-3']);
  });

  it('stops where it is closed meanwhile', async () => {
    const { mqtt, store, deliveries } = opened();
    store.add('opened');
    store.add('cured');
    await deliveries.deliver(() => mqtt.sent.length < 1);
    expect(mqtt.sent).toHaveLength(1);
    expect(store.entries.map(({ id }) => id)).toEqual(['cured-1']);
  });

  it('is not told twice when the store cannot write it down, and is written down when it can', async () => {
    const { store, log, deliver, ids } = opened();
    store.add('opened', { at: NOW });
    const write = store.delivered;
    store.delivered = () => {
      throw new Error('disk full');
    };
    await deliver();
    await deliver();
    expect(ids()).toEqual(['opened-0']);
    expect(log.lines).toEqual(['error: What was delivered could not be written down and may be told again: disk full']);
    store.delivered = write;
    await deliver();
    expect(store.entries).toEqual([]);
    expect(ids()).toEqual(['opened-0']);
  });

  it('says when a test was delivered', async () => {
    const { store, deliver, tests } = opened();
    store.add('opened');
    await deliver();
    expect(tests).toHaveLength(0);
    store.add('test', { incidentId: null });
    await deliver();
    expect(tests).toHaveLength(1);
  });
});
