/** The store of the simulated Warden: it outlives every crash, and keeps nothing but JSON text. */
import type { OutboxEntry, StoreDoor, TurnRecord } from '../../src/doors/ports.ts';

export interface KeptStore extends StoreDoor {
  /** The text of the last state, or null. */
  stateText(): string | null;
}

export interface StoreEvents {
  isFull(): boolean;
  /** Something does not fit together, as a sentence. */
  misfit(sentence: string): void;
  saved(record: TurnRecord, fresh: readonly OutboxEntry[]): void;
}

export function newStore(events: StoreEvents): KeptStore {
  let row: { at: number; state: string; memory: string } | null = null;
  let lastTime: number | null = null;
  const everSaved = new Set<string>();
  let waiting: string[] = [];
  const entries = () => waiting.map((text) => JSON.parse(text) as OutboxEntry);
  return {
    load: () => row && { state: JSON.parse(row.state), memory: JSON.parse(row.memory) },
    save: (record) => {
      if (events.isFull()) throw new Error('The state cannot be written: database or disk is full.');
      for (const place of ['state', 'memory'] as const) {
        const odd = notJson(record[place], place);
        if (odd !== null) events.misfit(`${odd} does not survive JSON.`);
      }
      row = { at: record.at, state: JSON.stringify(record.state), memory: JSON.stringify(record.memory) };
      lastTime = Math.max(lastTime ?? record.at, record.at);
      const fresh: OutboxEntry[] = [];
      for (const entry of record.outbox) {
        if (everSaved.has(entry.id)) events.misfit(`The announcement ${entry.id} was saved twice.`);
        else fresh.push(entry);
        everSaved.add(entry.id);
        waiting.push(JSON.stringify(entry));
      }
      events.saved(record, fresh);
    },
    outbox: entries,
    delivered: (ids) => {
      if (events.isFull()) throw new Error('What was delivered cannot be written: database or disk is full.');
      waiting = waiting.filter((text) => !ids.includes((JSON.parse(text) as OutboxEntry).id));
    },
    lastTime: () => lastTime,
    close: () => {},
    stateText: () => row?.state ?? null,
  };
}

/** Path of the first value that JSON would drop or change; null: there is none. */
function notJson(value: unknown, path: string): string | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : path;
  if (typeof value !== 'object') return path;
  for (const [key, part] of Object.entries(value)) {
    const odd = notJson(part, `${path}.${key}`);
    if (odd !== null) return odd;
  }
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype ? null : path;
}
