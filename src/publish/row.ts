/** The form of a row in the table of entities: what Home Assistant is told of it, and how its value is read. */
import type { HubView, View } from './view.ts';

/** What a state topic carries; null is "unknown" in Home Assistant. */
export type StateValue = string | number | null;

export type Attributes = Record<string, string | number | boolean | null | readonly string[]>;

export type Platform = 'binary_sensor' | 'sensor' | 'event' | 'button' | 'switch';

interface Card {
  /** Part of unique ids and topics: never changed once published. */
  key: string;
  platform: Platform;
  /** In sentence case, without the device's name. A detector's own name is added. */
  name: string;
  deviceClass?: string;
  stateClass?: 'measurement';
  unit?: string;
  category?: 'diagnostic' | 'config';
  /** Home Assistant heeds it only when the entity is first seen. */
  enabledByDefault?: false;
  icon?: string;
  /** Decimals that are published and shown. */
  precision?: number;
  eventTypes?: readonly string[];
}

export interface InstanceRow extends Card {
  for: 'instance';
  /** False: this target has no source for it, so the row is left out. Must not change while the program runs. */
  only?(view: View): boolean;
  /** All values of an enum. */
  options?(view: View): readonly string[];
  /** Absent for what has no state: events and buttons. */
  value?(view: View): StateValue;
  attributes?(view: View): Attributes;
}

export interface MemberRow extends Card {
  for: 'detector' | 'camera';
  options?(view: View): readonly string[];
  value(view: View, member: string): StateValue;
  attributes?(view: View, member: string): Attributes;
}

export interface HubRow extends Card {
  for: 'hub';
  only?(hub: HubView): boolean;
  value(hub: HubView): StateValue;
  attributes?(hub: HubView): Attributes;
}

export type Row = InstanceRow | MemberRow | HubRow;
