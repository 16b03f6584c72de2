/**
 * What Home Assistant 2025.10 and later accept of MQTT device discovery, as rules over recorded messages. Written from
 * its schemas (homeassistant/components/mqtt: discovery.py, schemas.py and one file per platform), not from our code.
 * It is stricter where Home Assistant only warns: an unknown key is ignored there, and a complaint here.
 */

export type Json = Readonly<Record<string, unknown>>;

interface PlatformRule {
  needs: readonly string[];
  may: readonly string[];
  classes: readonly string[];
  categories: readonly string[];
}

/** Keys that every platform takes. */
const COMMON = [
  'platform',
  'unique_id',
  'default_entity_id',
  'name',
  'icon',
  'device_class',
  'entity_category',
  'enabled_by_default',
  'qos',
  'encoding',
  'availability',
  'availability_mode',
  'json_attributes_topic',
  'json_attributes_template',
];

/** TABLE: by platform. Classes that are younger than the oldest Home Assistant that is served are left out. */
const PLATFORMS: Readonly<Record<string, PlatformRule>> = {
  binary_sensor: {
    needs: ['value_template'],
    may: ['state_topic', 'payload_on', 'payload_off', 'off_delay'],
    classes: ['connectivity', 'problem', 'running', 'update', 'power', 'heat', 'tamper', 'safety'],
    categories: ['diagnostic'],
  },
  sensor: {
    needs: ['value_template'],
    may: ['state_topic', 'state_class', 'unit_of_measurement', 'options', 'suggested_display_precision'],
    classes: ['enum', 'timestamp', 'duration', 'data_size', 'data_rate', 'frequency', 'temperature'],
    categories: ['diagnostic'],
  },
  event: {
    needs: ['state_topic', 'event_types'],
    may: ['value_template'],
    classes: ['doorbell', 'button', 'motion'],
    categories: ['diagnostic', 'config'],
  },
  button: {
    needs: ['command_topic'],
    may: ['payload_press', 'command_template'],
    classes: ['identify', 'restart', 'update'],
    categories: ['diagnostic', 'config'],
  },
  switch: {
    // Without a state it would be optimistic: it shows what was pressed, not what is.
    needs: ['command_topic', 'value_template'],
    may: ['state_topic', 'payload_on', 'payload_off', 'state_on', 'state_off'],
    classes: ['outlet', 'switch'],
    categories: ['diagnostic', 'config'],
  },
};

const DEVICE_KEYS = [
  'identifiers',
  'connections',
  'name',
  'manufacturer',
  'model',
  'model_id',
  'hw_version',
  'sw_version',
  'serial_number',
  'suggested_area',
  'configuration_url',
  'via_device',
];
const ORIGIN_KEYS = ['name', 'sw_version', 'support_url'];
const TOP_KEYS = ['device', 'origin', 'components', 'availability', 'availability_mode', 'state_topic', 'qos'];
const STATE_CLASSES = ['measurement', 'total', 'total_increasing'];
/** Units by sensor class; a unit that does not belong to the class makes Home Assistant drop the entity. */
const UNITS: Readonly<Record<string, readonly string[]>> = {
  duration: ['d', 'h', 'min', 's', 'ms', 'µs'],
  data_size: ['B', 'kB', 'MB', 'GB', 'KiB', 'MiB', 'GiB'],
};
/** What Home Assistant keeps for itself among attributes. */
const BLOCKED_ATTRIBUTES = [
  'assumed_state',
  'available',
  'device_class',
  'device_info',
  'entity_category',
  'entity_picture',
  'entity_registry_enabled_default',
  'extra_state_attributes',
  'force_update',
  'icon',
  'friendly_name',
  'should_poll',
  'state',
  'supported_features',
  'unique_id',
  'unit_of_measurement',
];
const TOPIC = /^homeassistant\/device\/([a-zA-Z0-9_-]+)\/config$/;
/** Brokers limit a packet; a device with all its components is a few kilobytes. */
const LARGEST_BYTES = 64 * 1024;
const STATE_LENGTH = 255;
/** Larger attributes are shown and not recorded. */
const ATTRIBUTES_BYTES = 16 * 1024;

/** What is wrong with one discovery message, in sentences. */
export function complaintsOfConfig(topic: string, payload: string): readonly string[] {
  const config = parsed(payload);
  const id = TOPIC.exec(topic)?.[1];
  if (!id) return [`${topic} is not a discovery topic of a device`];
  if (!config) return [`${topic} is not a JSON object`];
  const device = fields(config.device);
  const origin = fields(config.origin);
  const found = [
    ...strange(config, TOP_KEYS, 'the message'),
    ...strange(device, DEVICE_KEYS, 'device'),
    ...strange(origin, ORIGIN_KEYS, 'origin'),
    ...(isText(origin.name) ? [] : ['origin has no name, so the whole device is dropped']),
    ...(isTexts(device.identifiers) || Array.isArray(device.connections) ? [] : ['device has nothing to be told by']),
    ...(isText(device.name) ? [] : ['device has no name']),
    ...(isLink(device.configuration_url) ? [] : [`configuration_url ${device.configuration_url} is no link`]),
    ...(config.availability_mode === 'all' ? [] : ['availability_mode is not all']),
    ...(availabilityTopics(config).length > 0 ? [] : ['nothing says whether it is available']),
    ...(Buffer.byteLength(payload) <= LARGEST_BYTES ? [] : [`it has ${Buffer.byteLength(payload)} bytes`]),
  ];
  for (const [key, one] of Object.entries(fields(config.components))) {
    found.push(...complaintsOfComponent(key, fields(one), fields(config.device), config));
  }
  return found.map((complaint) => `${id}: ${complaint}`);
}

function complaintsOfComponent(key: string, one: Json, device: Json, config: Json): readonly string[] {
  const platform = String(one.platform);
  const rule = PLATFORMS[platform];
  if (!rule) return [`${key} has the platform ${platform}`];
  // Reduced to its platform it is taken away.
  if (Object.keys(one).length === 1) return [];
  const found = [
    ...strange(one, [...COMMON, ...rule.needs, ...rule.may], key),
    ...rule.needs.filter((need) => !(need in one)).map((need) => `${key} has no ${need}`),
    ...(isText(one.unique_id) ? [] : [`${key} has no unique_id`]),
    ...(/^[a-zA-Z0-9_-]+$/.test(key) ? [] : [`${key} is no id of a component`]),
    ...oneOf(one, 'device_class', rule.classes, key),
    ...oneOf(one, 'entity_category', rule.categories, key),
    ...(isText(one.name) ? [] : [`${key} has no name`]),
    ...(isText(device.name) && String(one.name).startsWith(`${device.name} `)
      ? [`${key} repeats the device's name in its own`]
      : []),
    ...(new RegExp(`^${platform}\\.[a-z0-9_]+$`).test(String(one.default_entity_id))
      ? []
      : [`${key} has the default_entity_id ${one.default_entity_id}`]),
    ...('icon' in one && !/^mdi:[a-z0-9-]+$/.test(String(one.icon)) ? [`${key} has the icon ${one.icon}`] : []),
    ...('qos' in one && ![0, 1, 2].includes(Number(one.qos)) ? [`${key} has the qos ${one.qos}`] : []),
    ...('json_attributes_template' in one === 'json_attributes_topic' in one ? [] : [`${key} has half its attributes`]),
    ...(platform === 'binary_sensor' || platform === 'sensor' || platform === 'switch'
      ? topicComplaints(one.state_topic ?? config.state_topic, `${key}'s state_topic`)
      : []),
    ...('command_topic' in one ? topicComplaints(one.command_topic, `${key}'s command_topic`) : []),
  ];
  if (platform === 'sensor') found.push(...complaintsOfSensor(key, one));
  if (platform === 'event' && !isTexts(one.event_types)) found.push(`${key} names no event types`);
  return found;
}

function complaintsOfSensor(key: string, one: Json): readonly string[] {
  const { device_class: deviceClass, state_class: stateClass, unit_of_measurement: unit, options } = one;
  const isEnum = deviceClass === 'enum';
  const units = typeof deviceClass === 'string' ? UNITS[deviceClass] : undefined;
  return [
    ...oneOf(one, 'state_class', STATE_CLASSES, key),
    ...(isEnum === 'options' in one ? [] : [`${key} must have options if, and only if, it is an enum`]),
    ...(isEnum && (!isTexts(options) || new Set(options).size !== options.length) ? [`${key} has odd options`] : []),
    ...((isEnum || deviceClass === 'timestamp') && (stateClass !== undefined || unit !== undefined)
      ? [`${key} is a ${deviceClass} and has a unit or a state class`]
      : []),
    ...(units && !units.includes(String(unit)) ? [`${key} is a ${deviceClass} in ${unit}`] : []),
  ];
}

/** What holds over all devices together; in the order in which they came first. */
export function complaintsOfDevices(configs: ReadonlyMap<string, Json>): readonly string[] {
  const found: string[] = [];
  const announced = new Set<string>();
  const taken = { unique_id: new Set<unknown>(), default_entity_id: new Set<unknown>() };
  for (const [topic, config] of configs) {
    const device = fields(config.device);
    const parent = device.via_device;
    if (parent !== undefined && !announced.has(String(parent)))
      found.push(`${topic} stands on ${parent} before it came`);
    for (const id of device.identifiers as readonly string[]) announced.add(id);
    for (const [key, one] of Object.entries(fields(config.components))) {
      for (const name of ['unique_id', 'default_entity_id'] as const) {
        const value = fields(one)[name];
        if (value !== undefined && taken[name].has(value)) found.push(`${topic}: ${key} shares its ${name} ${value}`);
        taken[name].add(value);
      }
    }
  }
  return found;
}

/** What Home Assistant would not take of a state, for all components of the device that read it. */
export function complaintsOfState(topic: string, payload: string, config: Json): readonly string[] {
  const state = parsed(payload);
  if (!state) return [`${topic} is not a JSON object`];
  const found: string[] = [];
  for (const [key, value] of Object.entries(fields(config.components))) {
    const one = fields(value);
    if ((one.state_topic ?? config.state_topic) === topic && 'value_template' in one) {
      const name = /^\{\{ value_json\.(\w+) \}\}$/.exec(String(one.value_template))?.[1];
      if (name === undefined) found.push(`${key} has the template ${one.value_template}`);
      else if (!(name in state)) found.push(`${key} reads ${name}, which is not in the state`);
      else found.push(...complaintsOfValue(key, one, state[name]));
    }
    if (one.json_attributes_topic === topic) found.push(...complaintsOfAttributes(key, one, state));
  }
  return found.map((complaint) => `${topic}: ${complaint}`);
}

function complaintsOfValue(key: string, one: Json, value: unknown): readonly string[] {
  // A template makes `None` of it: unknown.
  if (value === null) return [];
  const wrong = (what: string) => [`${key} is ${JSON.stringify(value)}, ${what}`];
  if (typeof value !== 'string' && typeof value !== 'number') return wrong('which is neither text nor number');
  if (String(value).length > STATE_LENGTH) return wrong(`longer than ${STATE_LENGTH}`);
  if (one.platform !== 'sensor') return value === 'ON' || value === 'OFF' ? [] : wrong('neither ON nor OFF');
  if (one.device_class === 'enum') {
    return (one.options as readonly unknown[]).includes(value) ? [] : wrong(`not one of ${one.options}`);
  }
  if (one.device_class === 'timestamp') {
    const isIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(String(value));
    return isIso && !Number.isNaN(Date.parse(String(value))) ? [] : wrong('no ISO time with a zone');
  }
  const isMeasured = one.state_class !== undefined || one.unit_of_measurement !== undefined;
  return isMeasured && !Number.isFinite(value) ? wrong('no number') : [];
}

function complaintsOfAttributes(key: string, one: Json, state: Json): readonly string[] {
  const template = String(one.json_attributes_template);
  const name = /^\{\{ value_json\.attributes\.(\w+) \| tojson \}\}$/.exec(template)?.[1];
  if (name === undefined) return [`${key} has the attributes template ${template}`];
  const attributes = fields(state.attributes)[name];
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) {
    return [`${key} reads attributes.${name}, which is ${JSON.stringify(attributes)}`];
  }
  const size = Buffer.byteLength(JSON.stringify(attributes));
  return [
    ...BLOCKED_ATTRIBUTES.filter((blocked) => blocked in attributes).map(
      (blocked) => `${key} has the attribute ${blocked}`,
    ),
    ...(size <= ATTRIBUTES_BYTES ? [] : [`${key} has ${size} bytes of attributes`]),
  ];
}

export function availabilityTopics(config: Json): readonly string[] {
  const list = Array.isArray(config.availability) ? config.availability : [];
  return list.map((one) => String(fields(one).topic));
}

export function parsed(payload: string): Json | null {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function fields(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function strange(value: Json, known: readonly string[], where: string): readonly string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `${where} has the key ${key}`);
}

function oneOf(one: Json, key: string, allowed: readonly string[], where: string): readonly string[] {
  return !(key in one) || allowed.includes(String(one[key])) ? [] : [`${where} has the ${key} ${one[key]}`];
}

function topicComplaints(topic: unknown, where: string): readonly string[] {
  return typeof topic === 'string' && /^[^\s#+]+$/.test(topic) ? [] : [`${where} is ${topic}`];
}

function isLink(value: unknown): boolean {
  return value === undefined || /^(https?|homeassistant):\/\/\S+$/.test(String(value));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}
