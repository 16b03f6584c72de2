/** What Home Assistant has of MQTT at this moment: its registries of devices and entities, and its states. */
import { z } from 'zod';
import type { Api } from './api.ts';

const ENTITY = z.object({
  entity_id: z.string(),
  unique_id: z.string(),
  platform: z.string(),
  device_id: z.string().nullable(),
  disabled_by: z.string().nullable(),
  entity_category: z.string().nullable(),
  original_name: z.string().nullable(),
  original_device_class: z.string().nullable(),
  original_icon: z.string().nullable(),
  options: z.record(z.string(), z.record(z.string(), z.unknown())),
});
const DEVICE = z.object({
  id: z.string(),
  name: z.string().nullable(),
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  sw_version: z.string().nullable(),
  via_device_id: z.string().nullable(),
  configuration_url: z.string().nullable(),
  config_entries: z.array(z.string()),
  identifiers: z.array(z.array(z.string())),
});
const STATE = z.object({ entity_id: z.string(), state: z.string(), attributes: z.record(z.string(), z.unknown()) });
const ENTRIES = z.array(z.object({ entry_id: z.string() })).min(1);
const LISTED = z.array(z.object({ entity_id: z.string(), platform: z.string() }));

export type Entity = z.infer<typeof ENTITY>;
export type DeviceRow = z.infer<typeof DEVICE>;
export type State = z.infer<typeof STATE>;

export interface Shown {
  /** By unique id. */
  entities: ReadonlyMap<string, Entity>;
  /** All that the MQTT integration has, placeholders too. */
  devices: readonly DeviceRow[];
  /** By entity id, of all that there is. */
  states: ReadonlyMap<string, State>;
}

export async function look(api: Api): Promise<Shown> {
  const listed = LISTED.parse(await api.ask('config/entity_registry/list'));
  const ids = listed.filter(({ platform }) => platform === 'mqtt').map((one) => one.entity_id);
  const rows = await api.ask('config/entity_registry/get_entries', { entity_ids: ids });
  const entities = Object.values(z.record(z.string(), ENTITY).parse(rows));
  const [entry] = ENTRIES.parse(await api.ask('config_entries/get', { domain: 'mqtt' }));
  const devices = z.array(DEVICE).parse(await api.ask('config/device_registry/list'));
  const states = z.array(STATE).parse(await api.ask('get_states'));
  return {
    entities: new Map(entities.map((one) => [one.unique_id, one])),
    devices: devices.filter((one) => one.config_entries.includes(entry?.entry_id ?? '')),
    states: new Map(states.map((one) => [one.entity_id, one])),
  };
}

export function identifierOf({ identifiers }: DeviceRow): string {
  return identifiers.find(([domain]) => domain === 'mqtt')?.[1] ?? '';
}
