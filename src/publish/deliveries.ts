/** The outbox on its way to the broker: in order, one at a time, marked delivered only after the broker's answer. */
import type { Log, MqttDoor, OutboxEntry, StoreDoor } from '../doors/ports.ts';
import { eventTopic } from './discovery.ts';
import { mergeForIncident, type Parcel } from './events.ts';

export interface DeliveriesOptions {
  mqtt: MqttDoor;
  store: Pick<StoreDoor, 'outbox' | 'delivered'>;
  baseTopic: string;
  log: Log;
}

export interface Deliveries {
  /** What waits now could not be told when it happened: of one incident it will be told as one message. */
  hold(): void;
  /** Goes on for as long as `isOpen` and the broker answers. Never to be called while it is under way. */
  deliver(isOpen: () => boolean): Promise<void>;
}

export function openDeliveries({ mqtt, store, baseTopic, log }: DeliveriesOptions, onTest: () => void): Deliveries {
  const held = new Set<string>();
  /** Acknowledged by the broker, but the store could not write it down: they must not be sent again. */
  const unmarked = new Set<string>();
  let canMark = true;

  function mark(ids: readonly string[]): void {
    try {
      store.delivered(ids);
    } catch (error) {
      for (const id of ids) unmarked.add(id);
      const reason = error instanceof Error ? error.message : String(error);
      if (canMark) log.error(`What was delivered could not be written down and may be told again: ${reason}`);
      canMark = false;
      return;
    }
    canMark = true;
    for (const id of ids) {
      unmarked.delete(id);
      held.delete(id);
    }
  }

  const waiting = () => store.outbox().filter(({ id }) => !unmarked.has(id));

  return {
    hold() {
      for (const { id } of waiting()) held.add(id);
    },
    async deliver(isOpen) {
      if (unmarked.size > 0) mark([...unmarked]);
      for (let entries = waiting(); entries.length > 0 && isOpen(); entries = waiting()) {
        const [parcel] = mergeForIncident(nextOf(entries, held));
        if (!parcel) return;
        const topic = eventTopic(baseTopic, parcel.target);
        if (!(await mqtt.publish(topic, parcel.payload, { retain: false, qos: 1 }))) {
          for (const { id } of waiting()) held.add(id);
          return;
        }
        mark(parcel.ids);
        if (isTest(parcel)) onTest();
      }
    },
  };
}

/** The oldest entry, with all others of its incident if any of them was held back. */
function nextOf(entries: readonly OutboxEntry[], held: ReadonlySet<string>): readonly OutboxEntry[] {
  const [first] = entries;
  if (!first) return [];
  if (first.incidentId === null) return [first];
  const incident = entries.filter(
    ({ target, incidentId }) => target === first.target && incidentId === first.incidentId,
  );
  return incident.some(({ id }) => held.has(id)) ? incident : [first];
}

function isTest({ payload }: Parcel): boolean {
  return payload.includes('"event_type":"test"');
}
