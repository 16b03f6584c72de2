/**
 * From rows to messages, pure: one device message and one state for the hub, for each target and for each camera.
 *
 * Availability: every device is there only while both the hub's status (the will) and its instance's own topic
 * `<base>/<instance>/availability` say `online`. Cameras have no topic of their own: a camera that fails is a value,
 * and every retained topic is one more in the broker's queue when Home Assistant starts.
 */
import type { MemberReading } from '../targets/target.ts';
import { type Cell, stateOf } from './cell.ts';
import { ENTITIES } from './entities.ts';
import { hubId, instanceId, slugsOf } from './identity.ts';
import type { MemberRow } from './row.ts';
import type { HubView, View } from './view.ts';

export const ORIGIN_NAME = 'Frigate Warden';

/** Of what is watched, as Home Assistant shows it beside the name. */
const MAKER = 'Frigate';

/** What is the same for all messages of one Warden. */
export interface Frame {
  baseTopic: string;
  /** Home Assistant's discovery prefix. */
  prefix: string;
  /** Ids of all targets, also of those not yet looked at. */
  targets: readonly string[];
  version: string;
  supportUrl?: string;
  /** Device ids that a person deleted in Home Assistant: nothing may point to them. */
  absent: ReadonlySet<string>;
}

export type Component = Readonly<Record<string, unknown>> & { readonly platform: string };

export interface DeviceConfig {
  device: Readonly<Record<string, unknown>>;
  origin: Readonly<Record<string, string>>;
  availability: readonly { topic: string }[];
  availability_mode: 'all';
  state_topic: string;
  components: Readonly<Record<string, Component>>;
}

/** One device with all that is published of it. */
export interface Device {
  id: string;
  /** The target that it belongs to; null for the hub. */
  instance: string | null;
  configTopic: string;
  config: DeviceConfig;
  stateTopic: string;
  state: Readonly<Record<string, unknown>>;
}

/** What is remembered of a target, so that a look that saw little removes nothing. */
export interface Known {
  version: string | null;
  detectors: readonly string[];
  cameras: readonly string[];
}

export const statusTopic = (base: string): string => `${base}/status`;
export const availabilityTopic = (base: string, target: string): string => `${base}/${target}/availability`;
export const eventTopic = (base: string, target: string): string => `${base}/${target}/event`;
export const configTopic = (prefix: string, id: string): string => `${prefix}/device/${id}/config`;

/** A kind of which not one member was seen keeps those that were known; one that was seen is the new truth. */
export function remember(before: Known | null, { looked }: View): Known {
  const seen = (kind: string) => [
    ...new Set([
      ...looked.readings.members.filter((one: MemberReading) => one.kind === kind).map(({ id }) => id),
      ...looked.members.filter((one) => one.kind === kind).map(({ id }) => id),
    ]),
  ];
  const [detectors, cameras] = [seen('detector'), seen('camera')];
  return {
    version: looked.readings.version ?? before?.version ?? null,
    detectors: (detectors.length > 0 ? detectors : (before?.detectors ?? [])).toSorted(),
    cameras: (cameras.length > 0 ? cameras : (before?.cameras ?? [])).toSorted(),
  };
}

export function hubDevice(hub: HubView, frame: Frame): Device {
  const id = hubId(frame.baseTopic);
  const cells = ENTITIES.flatMap((row): Cell[] => {
    if (row.for !== 'hub' || row.only?.(hub) === false) return [];
    return [{ row, key: row.key, value: row.value(hub), attributes: row.attributes?.(hub) }];
  });
  const device = { name: 'Frigate Warden', manufacturer: 'Frigate Warden', model: 'Warden', sw_version: hub.version };
  return compose({ id, device, cells, entity: 'warden', path: frame.baseTopic, instance: null }, frame);
}

/** The instance first, then its cameras: whoever is pointed to comes before who points. */
export function instanceDevices(view: View, known: Known, frame: Frame): readonly Device[] {
  const { target } = view;
  const id = instanceId(target.id);
  const slugs = slugsOf(known.cameras, target.id, frame.targets);
  const cameras = known.cameras.map((camera) => cameraDevice(view, camera, slugs.get(camera) ?? camera, frame));
  const device = {
    name: target.name,
    manufacturer: MAKER,
    model: 'NVR',
    ...(known.version === null ? {} : { sw_version: known.version }),
    ...configurationUrl(target.links),
    ...viaDevice(hubId(frame.baseTopic), frame),
  };
  const cells = [...instanceCells(view), ...detectorCells(view, known, frame)];
  const path = `${frame.baseTopic}/${target.id}`;
  return [compose({ id, device, cells, entity: `warden_${target.id}`, path, instance: target.id }, frame), ...cameras];
}

/**
 * Home Assistant forgets a component only when it is reduced to its platform first. `before` is what it may know;
 * null: nothing must be forgotten.
 */
export function reduced(config: DeviceConfig, before: ReadonlyMap<string, string>): DeviceConfig | null {
  const gone = goneFrom(config, before);
  if (gone.length === 0) return null;
  const components = Object.fromEntries(gone.map(([key, platform]) => [key, { platform }]));
  return { ...config, components: { ...config.components, ...components } };
}

/** A state that components which are gone find a place in too: for as long as Home Assistant may know them. */
export function stateWithGone({ config, state }: Device, before: ReadonlyMap<string, string>): Device['state'] {
  const keys = goneFrom(config, before).map(([key]) => key);
  const none = (value: unknown) => Object.fromEntries(keys.map((key) => [key, value]));
  const attributes = { ...none({}), ...(state.attributes as object) };
  return { ...none(null), ...state, attributes };
}

function goneFrom({ components }: DeviceConfig, before: ReadonlyMap<string, string>): readonly [string, string][] {
  return [...before].filter(([key, platform]) => components[key]?.platform !== platform);
}

interface Draft {
  id: string;
  device: Readonly<Record<string, unknown>>;
  cells: readonly Cell[];
  /** Start of its entity ids, without the domain. */
  entity: string;
  /** Where its state lives, without `/state`. */
  path: string;
  instance: string | null;
}

function instanceCells(view: View): readonly Cell[] {
  return ENTITIES.flatMap((row): Cell[] => {
    if (row.for !== 'instance' || row.only?.(view) === false) return [];
    const cell = { row, key: row.key, attributes: row.attributes?.(view), options: row.options?.(view) };
    return [row.value ? { ...cell, value: row.value(view) } : cell];
  });
}

function detectorCells(view: View, { detectors }: Known, frame: Frame): readonly Cell[] {
  const slugs = slugsOf(detectors, view.target.id, frame.targets);
  return detectors.flatMap((member) =>
    memberCells(view, 'detector', member).map((cell) => ({ ...cell, member, key: `${cell.key}_${slugs.get(member)}` })),
  );
}

function memberCells(view: View, kind: MemberRow['for'], member: string): readonly Cell[] {
  return ENTITIES.flatMap((row): Cell[] => {
    if (row.for !== kind) return [];
    const { key } = row;
    const [value, attributes] = [row.value(view, member), row.attributes?.(view, member)];
    return [{ row, key, value, attributes, options: row.options?.(view) }];
  });
}

function cameraDevice(view: View, camera: string, slug: string, frame: Frame): Device {
  const { target } = view;
  return compose(
    {
      id: `${instanceId(target.id)}_${slug}`,
      device: {
        name: `${target.name} ${camera}`,
        manufacturer: MAKER,
        model: 'Camera',
        ...viaDevice(instanceId(target.id), frame),
      },
      cells: memberCells(view, 'camera', camera),
      entity: `warden_${target.id}_${slug}`,
      path: `${frame.baseTopic}/${target.id}/cameras/${slug}`,
      instance: target.id,
    },
    frame,
  );
}

function compose(draft: Draft, frame: Frame): Device {
  const { id, cells, instance } = draft;
  const stateTopic = `${draft.path}/state`;
  const topics = [statusTopic(frame.baseTopic), ...(instance ? [availabilityTopic(frame.baseTopic, instance)] : [])];
  return {
    id,
    instance,
    configTopic: configTopic(frame.prefix, id),
    config: {
      device: { identifiers: [id], ...draft.device },
      origin: {
        name: ORIGIN_NAME,
        sw_version: frame.version,
        ...(frame.supportUrl === undefined ? {} : { support_url: frame.supportUrl }),
      },
      availability: topics.map((topic) => ({ topic })),
      availability_mode: 'all',
      state_topic: stateTopic,
      components: Object.fromEntries(cells.map((cell) => [cell.key, component(cell, draft, stateTopic, frame)])),
    },
    stateTopic,
    state: stateOf(cells),
  };
}

function component(cell: Cell, { id, entity, instance }: Draft, stateTopic: string, frame: Frame): Component {
  const { row, key, options, attributes } = cell;
  return {
    platform: row.platform,
    unique_id: `${id}_${key}`,
    default_entity_id: `${row.platform}.${entity}_${key}`,
    name: cell.member === undefined ? row.name : `${row.name} ${cell.member}`,
    ...(row.deviceClass === undefined ? {} : { device_class: row.deviceClass }),
    ...(options === undefined ? {} : { options }),
    ...(row.stateClass === undefined ? {} : { state_class: row.stateClass }),
    ...(row.unit === undefined ? {} : { unit_of_measurement: row.unit }),
    ...(row.platform === 'sensor' && row.precision !== undefined ? { suggested_display_precision: row.precision } : {}),
    ...(row.category === undefined ? {} : { entity_category: row.category }),
    ...(row.enabledByDefault === undefined ? {} : { enabled_by_default: row.enabledByDefault }),
    ...(row.icon === undefined ? {} : { icon: row.icon }),
    ...(cell.value === undefined ? {} : { value_template: `{{ value_json.${key} }}` }),
    ...(attributes === undefined
      ? {}
      : { json_attributes_topic: stateTopic, json_attributes_template: `{{ value_json.attributes.${key} | tojson }}` }),
    ...(row.platform === 'event' && instance !== null
      ? { state_topic: eventTopic(frame.baseTopic, instance), event_types: row.eventTypes, qos: 1 }
      : {}),
    ...(row.platform === 'button' || row.platform === 'switch'
      ? { command_topic: `${frame.baseTopic}/${instance}/${key}/set`, qos: 1 }
      : {}),
  };
}

function viaDevice(parent: string, { absent }: Frame): { via_device?: string } {
  return absent.has(parent) ? {} : { via_device: parent };
}

/** The first link that Home Assistant accepts; it rejects the whole device for any other. */
function configurationUrl(links: Readonly<Record<string, string>>): { configuration_url?: string } {
  const url = Object.values(links).find(
    (link) => URL.canParse(link) && ['http:', 'https:'].includes(new URL(link).protocol),
  );
  return url === undefined ? {} : { configuration_url: url };
}
