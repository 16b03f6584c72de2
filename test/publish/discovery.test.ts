import { describe, expect, it } from 'vitest';
import {
  type Component,
  type Frame,
  hubDevice,
  instanceDevices,
  reduced,
  remember,
} from '../../src/publish/discovery.ts';
import type { View } from '../../src/publish/view.ts';
import { camera, finding, hub, reading, slowView, view } from './views.ts';

const frame: Frame = {
  baseTopic: 'frigate_warden',
  prefix: 'homeassistant',
  targets: ['frigate'],
  version: '0.1.0',
  supportUrl: 'https://warden.example/',
  absent: new Set(),
};

const devicesOf = (shown: View, changes: Partial<Frame> = {}) =>
  instanceDevices(shown, remember(null, shown), { ...frame, ...changes });

const instanceOf = (shown: View, changes: Partial<Frame> = {}) => {
  const [instance] = devicesOf(shown, changes);
  if (!instance) throw new Error('no instance');
  return instance;
};

describe('a whole message', () => {
  it('is, for the hub, exactly this', () => {
    expect(hubDevice(hub, frame)).toMatchInlineSnapshot(`
      {
        "config": {
          "availability": [
            {
              "topic": "frigate_warden/status",
            },
          ],
          "availability_mode": "all",
          "components": {
            "cannot_see": {
              "default_entity_id": "sensor.warden_cannot_see",
              "entity_category": "diagnostic",
              "icon": "mdi:eye-off",
              "json_attributes_template": "{{ value_json.attributes.cannot_see | tojson }}",
              "json_attributes_topic": "frigate_warden/state",
              "name": "Cannot see",
              "platform": "sensor",
              "suggested_display_precision": 0,
              "unique_id": "frigate_warden_cannot_see",
              "value_template": "{{ value_json.cannot_see }}",
            },
            "cluster": {
              "default_entity_id": "binary_sensor.warden_cluster",
              "device_class": "connectivity",
              "entity_category": "diagnostic",
              "name": "Cluster",
              "platform": "binary_sensor",
              "unique_id": "frigate_warden_cluster",
              "value_template": "{{ value_json.cluster }}",
            },
            "memory": {
              "default_entity_id": "sensor.warden_memory",
              "device_class": "data_size",
              "enabled_by_default": false,
              "entity_category": "diagnostic",
              "name": "Memory",
              "platform": "sensor",
              "state_class": "measurement",
              "suggested_display_precision": 0,
              "unique_id": "frigate_warden_memory",
              "unit_of_measurement": "MiB",
              "value_template": "{{ value_json.memory }}",
            },
            "turn_time": {
              "default_entity_id": "sensor.warden_turn_time",
              "device_class": "duration",
              "enabled_by_default": false,
              "entity_category": "diagnostic",
              "name": "Turn time",
              "platform": "sensor",
              "state_class": "measurement",
              "suggested_display_precision": 1,
              "unique_id": "frigate_warden_turn_time",
              "unit_of_measurement": "s",
              "value_template": "{{ value_json.turn_time }}",
            },
          },
          "device": {
            "identifiers": [
              "frigate_warden",
            ],
            "manufacturer": "Frigate Warden",
            "model": "Warden",
            "name": "Frigate Warden",
            "sw_version": "0.1.0",
          },
          "origin": {
            "name": "Frigate Warden",
            "support_url": "https://warden.example/",
            "sw_version": "0.1.0",
          },
          "state_topic": "frigate_warden/state",
        },
        "configTopic": "homeassistant/device/frigate_warden/config",
        "id": "frigate_warden",
        "instance": null,
        "state": {
          "attributes": {
            "cannot_see": {
              "sentences": [
                "The node cannot be seen: not permitted.",
              ],
            },
          },
          "cannot_see": 1,
          "cluster": "ON",
          "memory": 80,
          "turn_time": 0.2,
        },
        "stateTopic": "frigate_warden/state",
      }
    `);
  });

  it('is, for a target, exactly this', () => {
    expect(instanceOf(view())).toMatchInlineSnapshot(`
      {
        "config": {
          "availability": [
            {
              "topic": "frigate_warden/status",
            },
            {
              "topic": "frigate_warden/frigate/availability",
            },
          ],
          "availability_mode": "all",
          "components": {
            "acknowledge": {
              "command_topic": "frigate_warden/frigate/acknowledge/set",
              "default_entity_id": "button.warden_frigate_acknowledge",
              "icon": "mdi:check-bold",
              "name": "Acknowledge",
              "platform": "button",
              "qos": 1,
              "unique_id": "frigate_warden_frigate_acknowledge",
            },
            "api": {
              "default_entity_id": "binary_sensor.warden_frigate_api",
              "device_class": "connectivity",
              "entity_category": "diagnostic",
              "json_attributes_template": "{{ value_json.attributes.api | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "API",
              "platform": "binary_sensor",
              "unique_id": "frigate_warden_frigate_api",
              "value_template": "{{ value_json.api }}",
            },
            "automatic_restarts": {
              "command_topic": "frigate_warden/frigate/automatic_restarts/set",
              "default_entity_id": "switch.warden_frigate_automatic_restarts",
              "entity_category": "config",
              "icon": "mdi:restart-alert",
              "name": "Automatic restarts",
              "platform": "switch",
              "qos": 1,
              "unique_id": "frigate_warden_frigate_automatic_restarts",
              "value_template": "{{ value_json.automatic_restarts }}",
            },
            "breaker": {
              "default_entity_id": "binary_sensor.warden_frigate_breaker",
              "device_class": "problem",
              "entity_category": "diagnostic",
              "json_attributes_template": "{{ value_json.attributes.breaker | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "Restart breaker",
              "platform": "binary_sensor",
              "unique_id": "frigate_warden_frigate_breaker",
              "value_template": "{{ value_json.breaker }}",
            },
            "cameras_down": {
              "default_entity_id": "sensor.warden_frigate_cameras_down",
              "icon": "mdi:cctv-off",
              "json_attributes_template": "{{ value_json.attributes.cameras_down | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "Cameras down",
              "platform": "sensor",
              "state_class": "measurement",
              "suggested_display_precision": 0,
              "unique_id": "frigate_warden_frigate_cameras_down",
              "unit_of_measurement": "cameras",
              "value_template": "{{ value_json.cameras_down }}",
            },
            "cause": {
              "default_entity_id": "sensor.warden_frigate_cause",
              "device_class": "enum",
              "icon": "mdi:magnify",
              "json_attributes_template": "{{ value_json.attributes.cause | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "Cause",
              "options": [
                "none",
                "node_ready",
                "api",
                "detector_speed",
                "cameras",
                "camera_frames",
              ],
              "platform": "sensor",
              "unique_id": "frigate_warden_frigate_cause",
              "value_template": "{{ value_json.cause }}",
            },
            "check_now": {
              "command_topic": "frigate_warden/frigate/check_now/set",
              "default_entity_id": "button.warden_frigate_check_now",
              "icon": "mdi:eye-refresh",
              "name": "Check now",
              "platform": "button",
              "qos": 1,
              "unique_id": "frigate_warden_frigate_check_now",
            },
            "detection_rate": {
              "default_entity_id": "sensor.warden_frigate_detection_rate",
              "icon": "mdi:motion-sensor",
              "name": "Detection rate",
              "platform": "sensor",
              "state_class": "measurement",
              "suggested_display_precision": 1,
              "unique_id": "frigate_warden_frigate_detection_rate",
              "unit_of_measurement": "detections/s",
              "value_template": "{{ value_json.detection_rate }}",
            },
            "force_restart": {
              "command_topic": "frigate_warden/frigate/force_restart/set",
              "default_entity_id": "button.warden_frigate_force_restart",
              "device_class": "restart",
              "enabled_by_default": false,
              "entity_category": "config",
              "name": "Force restart",
              "platform": "button",
              "qos": 1,
              "unique_id": "frigate_warden_frigate_force_restart",
            },
            "held_back_by": {
              "default_entity_id": "sensor.warden_frigate_held_back_by",
              "device_class": "enum",
              "icon": "mdi:hand-back-right",
              "json_attributes_template": "{{ value_json.attributes.held_back_by | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "Held back by",
              "options": [
                "none",
                "observe_only",
                "maintenance",
                "unconfirmed",
                "minority",
                "futile",
                "never_worked",
                "starting",
                "inner_healing",
                "lower_layer",
                "blind",
                "in_progress",
                "unsafe_rollout",
                "other_healer",
                "budget",
                "breaker",
                "not_leader",
                "clock",
              ],
              "platform": "sensor",
              "unique_id": "frigate_warden_frigate_held_back_by",
              "value_template": "{{ value_json.held_back_by }}",
            },
            "incident": {
              "default_entity_id": "event.warden_frigate_incident",
              "event_types": [
                "opened",
                "changed",
                "resolved",
                "flapping",
                "restart_ordered",
                "cured",
                "ineffective",
                "failed",
                "refused",
                "breaker_opened",
                "breaker_reset",
                "chronic",
                "test",
              ],
              "icon": "mdi:alert-decagram",
              "name": "Incident",
              "platform": "event",
              "qos": 1,
              "state_topic": "frigate_warden/frigate/event",
              "unique_id": "frigate_warden_frigate_incident",
            },
            "inference_coral": {
              "default_entity_id": "sensor.warden_frigate_inference_coral",
              "device_class": "duration",
              "icon": "mdi:speedometer",
              "name": "Inference time coral",
              "platform": "sensor",
              "state_class": "measurement",
              "suggested_display_precision": 1,
              "unique_id": "frigate_warden_frigate_inference_coral",
              "unit_of_measurement": "ms",
              "value_template": "{{ value_json.inference_coral }}",
            },
            "last_answer": {
              "default_entity_id": "sensor.warden_frigate_last_answer",
              "device_class": "timestamp",
              "enabled_by_default": false,
              "entity_category": "diagnostic",
              "name": "Last answer",
              "platform": "sensor",
              "unique_id": "frigate_warden_frigate_last_answer",
              "value_template": "{{ value_json.last_answer }}",
            },
            "last_outcome": {
              "default_entity_id": "sensor.warden_frigate_last_outcome",
              "device_class": "enum",
              "icon": "mdi:history",
              "json_attributes_template": "{{ value_json.attributes.last_outcome | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "Last outcome",
              "options": [
                "none",
                "cured",
                "ineffective",
                "failed",
              ],
              "platform": "sensor",
              "unique_id": "frigate_warden_frigate_last_outcome",
              "value_template": "{{ value_json.last_outcome }}",
            },
            "last_restart": {
              "default_entity_id": "sensor.warden_frigate_last_restart",
              "device_class": "timestamp",
              "json_attributes_template": "{{ value_json.attributes.last_restart | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "Last restart",
              "platform": "sensor",
              "unique_id": "frigate_warden_frigate_last_restart",
              "value_template": "{{ value_json.last_restart }}",
            },
            "layer": {
              "default_entity_id": "sensor.warden_frigate_layer",
              "device_class": "enum",
              "icon": "mdi:layers-triple",
              "json_attributes_template": "{{ value_json.attributes.layer | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "Layer",
              "options": [
                "none",
                "node",
                "api",
                "detector",
                "frigate",
                "camera",
                "network",
              ],
              "platform": "sensor",
              "unique_id": "frigate_warden_frigate_layer",
              "value_template": "{{ value_json.layer }}",
            },
            "maintenance": {
              "command_topic": "frigate_warden/frigate/maintenance/set",
              "default_entity_id": "switch.warden_frigate_maintenance",
              "icon": "mdi:wrench-clock",
              "json_attributes_template": "{{ value_json.attributes.maintenance | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "Maintenance",
              "platform": "switch",
              "qos": 1,
              "unique_id": "frigate_warden_frigate_maintenance",
              "value_template": "{{ value_json.maintenance }}",
            },
            "next_attempt": {
              "default_entity_id": "sensor.warden_frigate_next_attempt",
              "device_class": "timestamp",
              "name": "Next attempt",
              "platform": "sensor",
              "unique_id": "frigate_warden_frigate_next_attempt",
              "value_template": "{{ value_json.next_attempt }}",
            },
            "node": {
              "default_entity_id": "binary_sensor.warden_frigate_node",
              "device_class": "connectivity",
              "entity_category": "diagnostic",
              "json_attributes_template": "{{ value_json.attributes.node | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "Node",
              "platform": "binary_sensor",
              "unique_id": "frigate_warden_frigate_node",
              "value_template": "{{ value_json.node }}",
            },
            "problem": {
              "default_entity_id": "binary_sensor.warden_frigate_problem",
              "device_class": "problem",
              "json_attributes_template": "{{ value_json.attributes.problem | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "Problem",
              "platform": "binary_sensor",
              "unique_id": "frigate_warden_frigate_problem",
              "value_template": "{{ value_json.problem }}",
            },
            "reset_breaker": {
              "command_topic": "frigate_warden/frigate/reset_breaker/set",
              "default_entity_id": "button.warden_frigate_reset_breaker",
              "entity_category": "config",
              "icon": "mdi:lock-open-variant",
              "name": "Reset restart breaker",
              "platform": "button",
              "qos": 1,
              "unique_id": "frigate_warden_frigate_reset_breaker",
            },
            "restart": {
              "command_topic": "frigate_warden/frigate/restart/set",
              "default_entity_id": "button.warden_frigate_restart",
              "device_class": "restart",
              "name": "Restart",
              "platform": "button",
              "qos": 1,
              "unique_id": "frigate_warden_frigate_restart",
            },
            "restarts_last_hour": {
              "default_entity_id": "sensor.warden_frigate_restarts_last_hour",
              "icon": "mdi:restart",
              "name": "Restarts in the last hour",
              "platform": "sensor",
              "state_class": "measurement",
              "suggested_display_precision": 0,
              "unique_id": "frigate_warden_frigate_restarts_last_hour",
              "unit_of_measurement": "restarts",
              "value_template": "{{ value_json.restarts_last_hour }}",
            },
            "test_alert": {
              "command_topic": "frigate_warden/frigate/test_alert/set",
              "default_entity_id": "button.warden_frigate_test_alert",
              "entity_category": "diagnostic",
              "icon": "mdi:bell-ring",
              "name": "Send test alert",
              "platform": "button",
              "qos": 1,
              "unique_id": "frigate_warden_frigate_test_alert",
            },
            "verdict": {
              "default_entity_id": "sensor.warden_frigate_verdict",
              "device_class": "enum",
              "icon": "mdi:stethoscope",
              "json_attributes_template": "{{ value_json.attributes.verdict | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/state",
              "name": "Verdict",
              "options": [
                "healthy",
                "starting",
                "degraded",
                "unhealthy",
                "unknown",
              ],
              "platform": "sensor",
              "unique_id": "frigate_warden_frigate_verdict",
              "value_template": "{{ value_json.verdict }}",
            },
          },
          "device": {
            "configuration_url": "https://frigate.example/",
            "identifiers": [
              "frigate_warden_frigate",
            ],
            "manufacturer": "Frigate",
            "model": "NVR",
            "name": "Frigate",
            "sw_version": "0.16.2",
            "via_device": "frigate_warden",
          },
          "origin": {
            "name": "Frigate Warden",
            "support_url": "https://warden.example/",
            "sw_version": "0.1.0",
          },
          "state_topic": "frigate_warden/frigate/state",
        },
        "configTopic": "homeassistant/device/frigate_warden_frigate/config",
        "id": "frigate_warden_frigate",
        "instance": "frigate",
        "state": {
          "api": "ON",
          "attributes": {
            "api": {
              "sentence": "api is ok.",
            },
            "breaker": {
              "chronic_since": null,
              "signatures": [],
            },
            "cameras_down": {
              "cameras": [],
            },
            "cause": {
              "evidence": [],
              "member": null,
              "name": null,
              "sentence": null,
              "since": null,
            },
            "held_back_by": {
              "all": [],
              "preflight": [],
              "sentence": null,
              "until": null,
            },
            "last_outcome": {
              "at": null,
              "sentence": null,
            },
            "last_restart": {
              "by": null,
            },
            "layer": {
              "reading": "Proven good up to the frigate.",
            },
            "maintenance": {
              "until": null,
            },
            "node": {
              "sentence": "node_ready is ok.",
            },
            "problem": {
              "sentence": "All that can be seen is good.",
            },
            "verdict": {
              "sentence": "All that can be seen is good.",
              "since": "2026-01-06T03:06:54+00:00",
            },
          },
          "automatic_restarts": "ON",
          "breaker": "OFF",
          "cameras_down": 0,
          "cause": "none",
          "detection_rate": 3.3,
          "held_back_by": "none",
          "inference_coral": 27.5,
          "last_answer": "2026-01-06T04:06:53+00:00",
          "last_outcome": "none",
          "last_restart": null,
          "layer": "none",
          "maintenance": "OFF",
          "next_attempt": null,
          "node": "ON",
          "problem": "OFF",
          "restarts_last_hour": 0,
          "verdict": "healthy",
        },
        "stateTopic": "frigate_warden/frigate/state",
      }
    `);
  });

  it('is, for a camera, exactly this', () => {
    expect(devicesOf(view())[1]).toMatchInlineSnapshot(`
      {
        "config": {
          "availability": [
            {
              "topic": "frigate_warden/status",
            },
            {
              "topic": "frigate_warden/frigate/availability",
            },
          ],
          "availability_mode": "all",
          "components": {
            "cause": {
              "default_entity_id": "sensor.warden_frigate_doorbell_cause",
              "device_class": "enum",
              "enabled_by_default": false,
              "entity_category": "diagnostic",
              "icon": "mdi:magnify",
              "name": "Cause",
              "options": [
                "none",
                "camera_frames",
              ],
              "platform": "sensor",
              "unique_id": "frigate_warden_frigate_doorbell_cause",
              "value_template": "{{ value_json.cause }}",
            },
            "frame_rate": {
              "default_entity_id": "sensor.warden_frigate_doorbell_frame_rate",
              "enabled_by_default": false,
              "entity_category": "diagnostic",
              "icon": "mdi:filmstrip",
              "name": "Frame rate",
              "platform": "sensor",
              "state_class": "measurement",
              "suggested_display_precision": 1,
              "unique_id": "frigate_warden_frigate_doorbell_frame_rate",
              "unit_of_measurement": "fps",
              "value_template": "{{ value_json.frame_rate }}",
            },
            "problem": {
              "default_entity_id": "binary_sensor.warden_frigate_doorbell_problem",
              "device_class": "problem",
              "json_attributes_template": "{{ value_json.attributes.problem | tojson }}",
              "json_attributes_topic": "frigate_warden/frigate/cameras/doorbell/state",
              "name": "Problem",
              "platform": "binary_sensor",
              "unique_id": "frigate_warden_frigate_doorbell_problem",
              "value_template": "{{ value_json.problem }}",
            },
            "reachable": {
              "default_entity_id": "binary_sensor.warden_frigate_doorbell_reachable",
              "device_class": "connectivity",
              "enabled_by_default": false,
              "entity_category": "diagnostic",
              "name": "Reachable",
              "platform": "binary_sensor",
              "unique_id": "frigate_warden_frigate_doorbell_reachable",
              "value_template": "{{ value_json.reachable }}",
            },
            "skipped": {
              "default_entity_id": "sensor.warden_frigate_doorbell_skipped",
              "enabled_by_default": false,
              "entity_category": "diagnostic",
              "icon": "mdi:debug-step-over",
              "name": "Skipped frames",
              "platform": "sensor",
              "state_class": "measurement",
              "suggested_display_precision": 0,
              "unique_id": "frigate_warden_frigate_doorbell_skipped",
              "unit_of_measurement": "%",
              "value_template": "{{ value_json.skipped }}",
            },
          },
          "device": {
            "identifiers": [
              "frigate_warden_frigate_doorbell",
            ],
            "manufacturer": "Frigate",
            "model": "Camera",
            "name": "Frigate doorbell",
            "via_device": "frigate_warden_frigate",
          },
          "origin": {
            "name": "Frigate Warden",
            "support_url": "https://warden.example/",
            "sw_version": "0.1.0",
          },
          "state_topic": "frigate_warden/frigate/cameras/doorbell/state",
        },
        "configTopic": "homeassistant/device/frigate_warden_frigate_doorbell/config",
        "id": "frigate_warden_frigate_doorbell",
        "instance": "frigate",
        "state": {
          "attributes": {
            "problem": {
              "check": null,
              "sentence": null,
            },
          },
          "cause": "none",
          "frame_rate": 5,
          "problem": "OFF",
          "reachable": null,
          "skipped": 1,
        },
        "stateTopic": "frigate_warden/frigate/cameras/doorbell/state",
      }
    `);
  });

  it('of a sick target says the cause, its layer and its evidence', () => {
    expect(instanceOf(slowView()).state).toMatchObject({
      problem: 'ON',
      verdict: 'unhealthy',
      cause: 'detector_speed',
      layer: 'detector',
      attributes: {
        cause: {
          name: 'detector speed name',
          sentence: 'One inference takes 512 ms.',
          member: 'coral',
          since: '2026-01-06T04:01:54+00:00',
          evidence: ['inference_speed 512.2'],
        },
      },
    });
  });
});

const everyDevice = [hubDevice(hub, frame), ...devicesOf(view())];
const everyComponent: readonly [string, Component][] = everyDevice.flatMap(({ id, config }) =>
  Object.entries(config.components).map(([key, component]): [string, Component] => [`${id}/${key}`, component]),
);

/** Home Assistant rejects a component for any other value: facts of its MQTT integration, 2024.11 to 2026.9. */
const DEVICE_CLASSES: Record<string, readonly string[]> = {
  binary_sensor: ['problem', 'connectivity'],
  sensor: ['enum', 'timestamp', 'duration', 'data_size'],
  button: ['restart', 'identify', 'update'],
  switch: ['switch', 'outlet'],
  event: ['button', 'doorbell', 'motion'],
};
const CLASS_UNITS: Record<string, readonly string[]> = {
  duration: ['d', 'h', 'min', 's', 'ms'],
  data_size: ['B', 'kB', 'MB', 'GB', 'KiB', 'MiB', 'GiB'],
};
const KEYS = [
  'platform',
  'unique_id',
  'default_entity_id',
  'name',
  'device_class',
  'options',
  'state_class',
  'unit_of_measurement',
  'suggested_display_precision',
  'entity_category',
  'enabled_by_default',
  'icon',
  'value_template',
  'json_attributes_topic',
  'json_attributes_template',
  'state_topic',
  'event_types',
  'qos',
  'command_topic',
];
const BLOCKED_ATTRIBUTES = [
  'assumed_state',
  'available',
  'device_class',
  'device_info',
  'entity_category',
  'entity_picture',
  'icon',
  'friendly_name',
  'should_poll',
  'state',
  'supported_features',
  'unique_id',
  'unit_of_measurement',
];

describe('the contract of Home Assistant', () => {
  it.each(everyComponent)('is kept by %s', (_name, component) => {
    const deviceClass = component.device_class;
    const category = component.entity_category;
    expect(Object.keys(DEVICE_CLASSES)).toContain(component.platform);
    if (deviceClass !== undefined) expect(DEVICE_CLASSES[component.platform]).toContain(deviceClass);
    expect(KEYS).toEqual(expect.arrayContaining(Object.keys(component)));
    expect(component.unique_id).toMatch(/^frigate_warden_[a-z0-9_]+$/);
    expect(component.default_entity_id).toMatch(new RegExp(`^${component.platform}\\.warden_[a-z0-9_]+$`));
    expect(component.name).toMatch(/^[A-Z]/);
    expect([undefined, 'diagnostic', 'config']).toContain(category);
    if (component.platform === 'binary_sensor') expect(category).not.toBe('config');
    if (component.platform === 'sensor') expect(category).not.toBe('config');
    expect(component).not.toHaveProperty('expire_after');
    expect(deviceClass === 'enum').toBe(component.options !== undefined);
    if (deviceClass === 'enum') {
      expect(component).not.toHaveProperty('unit_of_measurement');
      expect(component).not.toHaveProperty('state_class');
    }
    const units = CLASS_UNITS[String(deviceClass)];
    if (units) expect(units).toContain(component.unit_of_measurement);
    if (deviceClass === 'timestamp') expect(component).not.toHaveProperty('unit_of_measurement');
    expect(component.command_topic !== undefined).toBe(['button', 'switch'].includes(component.platform));
    expect(component.event_types !== undefined).toBe(component.platform === 'event');
    if (['binary_sensor', 'sensor', 'switch'].includes(component.platform)) {
      expect(component).toHaveProperty('value_template');
    }
  });

  it('is kept by ids: each is there once for its platform, and no name is repeated on one device', () => {
    const ids = everyComponent.map(([, component]) => `${component.platform} ${component.unique_id}`);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { config } of everyDevice) {
      const names = Object.values(config.components).map((component) => component.name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('is kept by attributes: no blocked name, and each template has its place in the state', () => {
    for (const { config, state } of everyDevice) {
      const attributes = Object.entries(state.attributes as Record<string, object>);
      for (const [, value] of attributes) {
        for (const key of Object.keys(value)) expect(BLOCKED_ATTRIBUTES).not.toContain(key);
      }
      const templated = Object.entries(config.components).filter(([, one]) => one.json_attributes_template);
      expect(templated.map(([key]) => key)).toEqual(attributes.map(([key]) => key));
    }
  });

  it('is kept by states: every template finds its key, whatever could be seen', () => {
    const blind = view({
      decision: { findings: [], verdict: 'unknown' },
      readings: { members: [], detectionRate: null, lastAnswerAt: null, version: null },
    });
    for (const { config, state } of [...everyDevice, ...devicesOf(blind)]) {
      for (const [key, component] of Object.entries(config.components)) {
        if (component.value_template === undefined) continue;
        expect(component.value_template).toBe(`{{ value_json.${key} }}`);
        expect(state).toHaveProperty(key);
        if (Array.isArray(component.options)) expect([null, ...component.options]).toContain(state[key]);
      }
    }
  });

  it('is kept by devices: the origin, the availability of hub and instance, and a parent that comes before', () => {
    const ids = everyDevice.map(({ id }) => id);
    expect(ids).toEqual([
      'frigate_warden',
      'frigate_warden_frigate',
      'frigate_warden_frigate_doorbell',
      'frigate_warden_frigate_garden',
    ]);
    for (const [i, { id, config, configTopic }] of everyDevice.entries()) {
      expect(configTopic).toBe(`homeassistant/device/${id}/config`);
      expect(config.origin.name).toBe('Frigate Warden');
      expect(config.availability_mode).toBe('all');
      expect(config.availability[0]).toEqual({ topic: 'frigate_warden/status' });
      if (i > 0) {
        expect(config.availability[1]).toEqual({ topic: 'frigate_warden/frigate/availability' });
        expect(ids.slice(0, i)).toContain(config.device.via_device);
      }
    }
  });
});

describe('identity', () => {
  it('does not depend on display names', () => {
    const ids = (shown: View) =>
      devicesOf(shown).flatMap(({ config }) => Object.values(config.components).map((one) => one.unique_id));
    expect(ids(view({ target: { name: 'The big one' } }))).toEqual(ids(view()));
  });

  it('keeps cameras apart whose names make one slug, whatever their order', () => {
    const ids = (...names: string[]) =>
      devicesOf(view({ looked: { members: names.map((name) => camera(name)) }, readings: { members: [] } })).map(
        ({ id }) => id,
      );
    const both = ids('Front Door', 'front-door', 'front_door');
    expect(new Set(both).size).toBe(4);
    expect(both).toContain('frigate_warden_frigate_front_door');
    expect(ids('front_door', 'front-door', 'Front Door')).toEqual(both);
    expect(ids('Front Door')).toContain('frigate_warden_frigate_front_door');
    for (const id of [...both, ...ids('Вход', '玄関')]) expect(id).toMatch(/^[a-z0-9_]+$/);
    expect(new Set(ids('Вход', '玄関')).size).toBe(3);
  });

  it('keeps a camera apart from another target whose id reads the same', () => {
    const shown = view({ looked: { members: [camera('garage')] }, readings: { members: [] } });
    const [, near] = devicesOf(shown, { targets: ['frigate', 'frigate_garage'] });
    expect(near?.id).toMatch(/^frigate_warden_frigate_garage_[0-9a-f]{6}$/);
  });

  it('gives the hub of a second Warden on the same broker a name of its own', () => {
    expect(hubDevice(hub, { ...frame, baseTopic: 'warden/two' }).id).toBe('frigate_warden__warden_two');
  });
});

describe('rows without a source', () => {
  it('are left out: no cluster, no node, no detectors, no cameras', () => {
    const bare = view({ target: { checks: [] }, looked: { members: [] }, readings: { members: [] } });
    const keys = Object.keys(instanceOf(bare).config.components);
    for (const key of ['api', 'node', 'detection_rate', 'cameras_down']) expect(keys).not.toContain(key);
    expect(keys).toContain('verdict');
    expect(Object.keys(hubDevice({ ...hub, cluster: 'not_configured' }, frame).config.components)).not.toContain(
      'cluster',
    );
  });
});

describe('a target that is only observed', () => {
  const keysOf = (cluster: View['looked']['readings']['cluster']) =>
    Object.keys(instanceOf(view({ readings: { cluster } })).config.components);
  const OF_RESTARTS = [
    'automatic_restarts',
    'breaker',
    'force_restart',
    'held_back_by',
    'last_outcome',
    'last_restart',
    'next_attempt',
    'node',
    'reset_breaker',
    'restart',
    'restarts_last_hour',
  ];

  it.each(['connected', 'disconnected'] as const)(
    'has all that is of restarts as soon as a cluster is %s',
    (cluster) => {
      const observed = keysOf('not_configured');
      expect(
        keysOf(cluster)
          .filter((key) => !observed.includes(key))
          .toSorted(),
      ).toEqual(OF_RESTARTS);
      expect(observed).toEqual(expect.arrayContaining(['problem', 'verdict', 'cause', 'incident', 'check_now', 'api']));
    },
  );
});

describe('what leaves', () => {
  it('holds no user part of a URL, in no state and in no attribute', () => {
    const detail = 'rtsp://admin:s3cret@10.0.0.7/live does not answer.';
    const shown = slowView({
      decision: {
        cause: { check: 'api', layer: 'api', member: null, severity: 'unhealthy', detail },
        findings: [finding('api', 'bad', { detail, evidence: [detail] })],
      },
    });
    const text = JSON.stringify(devicesOf(shown).map(({ state }) => state));
    expect(text).toContain('rtsp://***@10.0.0.7/live');
    expect(text).not.toContain('s3cret');
  });
});

describe('what is remembered of a target', () => {
  it('keeps version and members over a look that saw none', () => {
    const known = remember(null, view());
    const blind = view({ looked: { members: [] }, readings: { members: [], version: null } });
    expect(remember(known, blind)).toEqual({
      version: '0.16.2',
      detectors: ['coral'],
      cameras: ['doorbell', 'garden'],
    });
  });

  it('follows a look that saw some', () => {
    const fewer = view({
      looked: { members: [camera('garden')] },
      readings: { members: [reading('camera', 'garden')] },
    });
    expect(remember(remember(null, view()), fewer)).toMatchObject({ cameras: ['garden'], detectors: ['coral'] });
  });
});

describe('a removed component', () => {
  const { config } = instanceOf(view());
  const has = new Map(Object.entries(config.components).map(([key, { platform }]) => [key, platform]));

  it('is first reduced to its platform', () => {
    const smaller = reduced(config, new Map([...has, ['inference_old', 'sensor']]));
    expect(smaller?.components.inference_old).toEqual({ platform: 'sensor' });
    expect(smaller?.components.verdict).toEqual(config.components.verdict);
  });

  it('is first reduced too when its platform changes', () => {
    expect(reduced(config, new Map([...has, ['verdict', 'text']]))?.components.verdict).toEqual({
      platform: 'text',
    });
  });

  it('needs no step of its own when nothing was removed', () => {
    expect(reduced(config, has)).toBeNull();
    expect(reduced(config, new Map())).toBeNull();
  });
});

describe('a device that a person deleted', () => {
  it('is pointed to by nobody', () => {
    expect(instanceOf(view(), { absent: new Set(['frigate_warden']) }).config.device).not.toHaveProperty('via_device');
    expect(instanceOf(view()).config.device).toHaveProperty('via_device', 'frigate_warden');
  });
});
