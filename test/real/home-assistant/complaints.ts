/** What is wrong of what Home Assistant shows, in sentences: devices, entities, states, and what should not be there. */
import { isDeepStrictEqual } from 'node:util';
import { type DeviceRow, type Entity, identifierOf, type Shown, type State } from './shown.ts';
import type { WantedDevice, WantedEntity } from './wanted.ts';

/** What hangs at the broker, by topic. */
export type Hanging = ReadonlyMap<string, string>;

type Json = Readonly<Record<string, unknown>>;

/** Each device under its identifier, with its name, and on the device that it belongs to; and no other. */
export function complaintsOfDevices({ devices }: Shown, wanted: readonly WantedDevice[]): readonly string[] {
  const rows = new Map(devices.map((row) => [identifierOf(row), row]));
  const strangers = devices.filter((row) => !wanted.some(({ id }) => id === identifierOf(row)));
  return [
    ...wanted.flatMap((device) => {
      const row = rows.get(device.id);
      return row
        ? differences(`device ${device.id}`, deviceAs(row, devices), cardOf(device))
        : [`there is no device ${device.id}`];
    }),
    ...strangers.map(
      (row) => `there is a device ${row.name} (${identifierOf(row) || 'no identifier'}) that nobody wants`,
    ),
  ];
}

function deviceAs(row: DeviceRow, devices: readonly DeviceRow[]): Json {
  const parent = devices.find(({ id }) => id === row.via_device_id);
  const { name, manufacturer, model } = row;
  return { name, manufacturer, model, via: parent ? identifierOf(parent) : null };
}

function cardOf({ name, manufacturer, model, via }: WantedDevice): Json {
  return { name, manufacturer, model, via };
}

/** Each entity under the id that dashboards and automations rely on, as its row says; and no other. */
export function complaintsOfEntities({ entities, devices }: Shown, wanted: readonly WantedDevice[]): readonly string[] {
  const all = wanted.flatMap((device) => device.entities.map((one) => ({ ...one, device: device.id })));
  const strangers = [...entities.values()].filter((one) => !all.some(({ uniqueId }) => uniqueId === one.unique_id));
  return [
    ...all.flatMap((one) => {
      const entity = entities.get(one.uniqueId);
      if (!entity) return [`there is no ${one.entityId}`];
      const owner = devices.find(({ id }) => id === entity.device_id);
      return differences(
        one.entityId,
        { ...entityAs(entity), device: owner ? identifierOf(owner) : null },
        { ...rowAs(one), device: one.device },
      );
    }),
    ...strangers.map((one) => `there is ${one.entity_id} (${one.unique_id}) that nobody wants`),
  ];
}

function entityAs(entity: Entity): Json {
  return {
    id: entity.entity_id,
    name: entity.original_name,
    category: entity.entity_category,
    icon: entity.original_icon,
    class: entity.original_device_class,
  };
}

function rowAs({ entityId, name, row }: WantedEntity): Json {
  return {
    id: entityId,
    name,
    category: row.category ?? null,
    icon: row.icon ?? null,
    class: row.deviceClass ?? null,
  };
}

/** What is off until a person wants it, and nothing else. */
export function complaintsOfDefaults({ entities }: Shown, wanted: readonly WantedDevice[]): readonly string[] {
  return entitiesOf(wanted).flatMap(({ uniqueId, entityId, row }) => {
    const by = row.enabledByDefault === false ? 'integration' : null;
    return differences(entityId, { disabled_by: entities.get(uniqueId)?.disabled_by }, { disabled_by: by });
  });
}

/** Unit, class, options and precision, as a card on the screen has them. */
export function complaintsOfForm(shown: Shown, wanted: readonly WantedDevice[]): readonly string[] {
  return enabled(shown, wanted).flatMap(({ row, entityId, name, device, entity, state }) => {
    if (!state) return [`${entityId} has no state`];
    const { attributes } = state;
    const places = entity.options.sensor?.suggested_display_precision;
    const isNumber = row.platform === 'sensor' && row.precision !== undefined;
    const found = [
      ...differences(
        entityId,
        {
          unit: attributes.unit_of_measurement,
          class: attributes.device_class,
          statistics: attributes.state_class,
          name: attributes.friendly_name,
          types: attributes.event_types,
          precision: isNumber ? places : undefined,
        },
        {
          unit: row.unit,
          class: row.deviceClass,
          statistics: row.stateClass,
          name: `${device.name} ${name}`,
          types: row.eventTypes,
          precision: isNumber ? row.precision : undefined,
        },
      ),
    ];
    const options = attributes.options;
    const isListed = Array.isArray(options) && (options.includes(state.state) || state.state === 'unknown');
    if (row.deviceClass === 'enum' && !isListed) found.push(`${entityId} is ${state.state}, which is not in its list`);
    return found;
  });
}

/** Each state and all its attributes are those that hang at the broker. */
export function complaintsOfStates(shown: Shown, wanted: readonly WantedDevice[], hanging: Hanging): readonly string[] {
  return enabled(shown, wanted).flatMap(({ row, key, entityId, device, state }) => {
    const told = jsonOf(hanging.get(device.stateTopic));
    if (!told) return [`nothing hangs on ${device.stateTopic}`];
    if (!state) return [`${entityId} has no state`];
    const hasValue = 'value' in row && row.value !== undefined;
    if (!hasValue) return state.state === 'unavailable' ? [`${entityId} is unavailable`] : [];
    const found = isShownAs(told[key], state, row.deviceClass)
      ? []
      : [`${entityId} is ${state.state}, though ${JSON.stringify(told[key])} hangs there`];
    const attributes = (told.attributes as Json | undefined)?.[key] as Json | undefined;
    const seen = Object.fromEntries(Object.keys(attributes ?? {}).map((name) => [name, state.attributes[name]]));
    return [...found, ...differences(`${entityId} in its attributes`, seen, attributes ?? {})];
  });
}

function isShownAs(value: unknown, { state }: State, deviceClass: string | undefined): boolean {
  if (value === undefined) return false;
  if (value === null) return state === 'unknown';
  if (value === 'ON' || value === 'OFF') return state === value.toLowerCase();
  if (typeof value === 'number') return state !== '' && Number(state) === value;
  if (deviceClass === 'timestamp') return Date.parse(state) === Date.parse(String(value));
  return state === value;
}

export function complaintsOfAbsence(shown: Shown, wanted: readonly WantedDevice[]): readonly string[] {
  return enabled(shown, wanted).flatMap(({ entityId, state }) =>
    state?.state === 'unavailable' ? [] : [`${entityId} is ${state?.state ?? 'not there'}`],
  );
}

/** Those that a person sees. */
function enabled({ entities, states }: Shown, wanted: readonly WantedDevice[]) {
  return wanted.flatMap((device) =>
    device.entities.flatMap((one) => {
      const entity = entities.get(one.uniqueId);
      if (entity && entity.disabled_by !== null) return [];
      if (!entity) return [];
      return [{ ...one, device, entity, state: states.get(one.entityId) }];
    }),
  );
}

function entitiesOf(wanted: readonly WantedDevice[]): readonly WantedEntity[] {
  return wanted.flatMap(({ entities }) => entities);
}

export function differences(what: string, seen: Json, wanted: Json): readonly string[] {
  return Object.entries(wanted).flatMap(([key, value]) =>
    isDeepStrictEqual(seen[key], value)
      ? []
      : [`${what}: ${key} is ${JSON.stringify(seen[key])} and should be ${JSON.stringify(value)}`],
  );
}

function jsonOf(payload: string | undefined): Json | null {
  return payload ? (JSON.parse(payload) as Json) : null;
}
