/** An MQTT door without a broker: keeps what is published, and fails when told to. */
import type { MqttDoor, OutboxEntry, StoreDoor } from '../../src/doors/ports.ts';
import { eventJson } from '../../src/publish/events.ts';
import type { Announcement } from '../../src/rules/types.ts';
import { announcement, NOW, slowView } from './views.ts';

export interface Wire extends MqttDoor {
  sent: { topic: string; payload: string; retain: boolean; qos: number }[];
  /** Topics since the last call, in order. */
  news(): string[];
  /** From now on nothing is acknowledged; false: all is. */
  fail(after: number | false): void;
  /** Called while a message is on its way. */
  during: ((topic: string) => void) | null;
}

export function wire(): Wire {
  let left = Number.POSITIVE_INFINITY;
  let told = 0;
  const self: Wire = {
    sent: [],
    during: null,
    news() {
      const topics = self.sent.slice(told).map(({ topic }) => topic);
      told = self.sent.length;
      return topics;
    },
    fail(after) {
      left = after === false ? Number.POSITIVE_INFINITY : after;
    },
    async publish(topic, payload, how) {
      self.during?.(topic);
      left -= 1;
      if (left < 0) return false;
      self.sent.push({ topic, payload, ...how });
      return true;
    },
    subscribe: () => undefined,
    onConnect: () => undefined,
    connected: () => true,
    close: () => Promise.resolve(),
  };
  return self;
}

export interface Outbox extends Pick<StoreDoor, 'outbox' | 'delivered'> {
  entries: OutboxEntry[];
  add(type: Announcement['type'], changes?: Partial<Announcement>): OutboxEntry;
}

export function outboxStore(): Outbox {
  const self: Outbox = {
    entries: [],
    add(type, changes = {}) {
      const entry = entryOf(type, { id: `${type}-${self.entries.length}`, ...changes });
      self.entries.push(entry);
      return entry;
    },
    outbox: () => [...self.entries],
    delivered(ids) {
      self.entries = self.entries.filter(({ id }) => !ids.includes(id));
    },
  };
  return self;
}

export function entryOf(type: Announcement['type'], changes: Partial<Announcement> = {}): OutboxEntry {
  const told = announcement(type, { at: NOW, ...changes });
  const payload = JSON.stringify(eventJson(told, slowView()));
  return { id: told.id, target: 'frigate', incidentId: told.incidentId, at: told.at, payload };
}
