/** One entity of one device with its value now, and the state that is made of all of them. Pure. */
import type { Attributes, Row, StateValue } from './row.ts';
import { clip, redact } from './words.ts';

export interface Cell {
  row: Row;
  /** The row's key, with the detector where there is one. */
  key: string;
  member?: string;
  value?: StateValue;
  attributes?: Attributes | undefined;
  options?: readonly string[] | undefined;
}

/** Longer states are rejected by Home Assistant. */
const STATE_LENGTH = 255;

/**
 * Home Assistant records no attributes of an entity that are over 16 KB together. No row has more than two lists, and
 * its texts beside them are short.
 */
const TEXT_LENGTH = 500;
const LIST_BYTES = 5000;

export function stateOf(cells: readonly Cell[]): Readonly<Record<string, unknown>> {
  const state: Record<string, unknown> = {};
  const attributes: Record<string, Attributes> = {};
  for (const cell of cells) {
    if (cell.value !== undefined) state[cell.key] = published(cell, cell.value);
    if (cell.attributes !== undefined) attributes[cell.key] = bounded(cell.attributes);
  }
  return { ...state, attributes };
}

/** What Home Assistant would reject is published as unknown: it would keep the old state and show it as the new one. */
function published({ row, options }: Cell, value: StateValue): StateValue {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? Number(value.toFixed(row.precision ?? 3)) : null;
  }
  if (value !== null && options && !options.includes(value)) return null;
  return value === null ? null : clip(redact(value), STATE_LENGTH);
}

/** Without logins, and never so long that it would not be recorded. */
function bounded(attributes: Attributes): Attributes {
  const clean = (value: Attributes[string]) => {
    if (typeof value === 'string') return text(value);
    return typeof value === 'object' && value !== null ? list(value.map(text)) : value;
  };
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, clean(value)]));
}

function text(value: string): string {
  return clip(redact(value), TEXT_LENGTH);
}

/** As many as there is room for, and then how many are left out. */
function list(items: readonly string[]): readonly string[] {
  let bytes = 0;
  const fits = items.findIndex((item) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    return bytes > LIST_BYTES;
  });
  return fits === -1 ? items : [...items.slice(0, fits), `(${items.length - fits} more)`];
}
