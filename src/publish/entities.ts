/** TABLE: all that the Warden shows in Home Assistant: instances (in their own file), detectors, cameras, the hub. */
import { streakKey } from '../rules/streak.ts';
import { INSTANCE_ROWS } from './instance-rows.ts';
import { attributeSentence, SENTENCE_LENGTH } from './instance-values.ts';
import type { Attributes, HubRow, MemberRow, Row, StateValue } from './row.ts';
import type { View } from './view.ts';
import { clip, NONE, onOff } from './words.ts';

const MEBIBYTE = 1024 * 1024;
const SENTENCES = 20;

const MEMBER_ROWS: readonly MemberRow[] = [
  {
    key: 'inference',
    for: 'detector',
    platform: 'sensor',
    name: 'Inference time',
    deviceClass: 'duration',
    stateClass: 'measurement',
    unit: 'ms',
    icon: 'mdi:speedometer',
    precision: 1,
    value: (view, member) => reading(view, 'detector', member)?.inferenceMs ?? null,
  },
  {
    key: 'problem',
    for: 'camera',
    platform: 'binary_sensor',
    name: 'Problem',
    deviceClass: 'problem',
    value: cameraProblem,
    attributes: cameraAttributes,
  },
  {
    key: 'reachable',
    for: 'camera',
    platform: 'binary_sensor',
    name: 'Reachable',
    deviceClass: 'connectivity',
    category: 'diagnostic',
    enabledByDefault: false,
    value: ({ looked }, member) => {
      const reachable = cameraOf(looked, member)?.reachable ?? null;
      return reachable === null ? null : onOff(reachable);
    },
  },
  {
    key: 'frame_rate',
    for: 'camera',
    platform: 'sensor',
    name: 'Frame rate',
    stateClass: 'measurement',
    unit: 'fps',
    category: 'diagnostic',
    enabledByDefault: false,
    icon: 'mdi:filmstrip',
    precision: 1,
    value: (view, member) => reading(view, 'camera', member)?.framesPerSecond ?? null,
  },
  {
    key: 'skipped',
    for: 'camera',
    platform: 'sensor',
    name: 'Skipped frames',
    stateClass: 'measurement',
    unit: '%',
    category: 'diagnostic',
    enabledByDefault: false,
    icon: 'mdi:debug-step-over',
    precision: 0,
    value: (view, member) => {
      const ratio = reading(view, 'camera', member)?.skippedRatio ?? null;
      return ratio === null ? null : ratio * 100;
    },
  },
  {
    key: 'cause',
    for: 'camera',
    platform: 'sensor',
    name: 'Cause',
    deviceClass: 'enum',
    category: 'diagnostic',
    enabledByDefault: false,
    icon: 'mdi:magnify',
    options: ({ target }) => [NONE, ...target.checks.flatMap(({ id, memberIncident }) => (memberIncident ? [id] : []))],
    value: (view, member) => (cameraProblem(view, member) === null ? null : (badChecks(view, member)[0] ?? NONE)),
  },
];

const HUB_ROWS: readonly HubRow[] = [
  {
    key: 'cluster',
    for: 'hub',
    platform: 'binary_sensor',
    name: 'Cluster',
    deviceClass: 'connectivity',
    category: 'diagnostic',
    only: ({ cluster }) => cluster !== 'not_configured',
    value: ({ cluster }) => onOff(cluster === 'connected'),
  },
  {
    key: 'turn_time',
    for: 'hub',
    platform: 'sensor',
    name: 'Turn time',
    deviceClass: 'duration',
    stateClass: 'measurement',
    unit: 's',
    category: 'diagnostic',
    enabledByDefault: false,
    precision: 1,
    value: ({ turnSeconds }) => turnSeconds,
  },
  {
    key: 'memory',
    for: 'hub',
    platform: 'sensor',
    name: 'Memory',
    deviceClass: 'data_size',
    stateClass: 'measurement',
    unit: 'MiB',
    category: 'diagnostic',
    enabledByDefault: false,
    precision: 0,
    value: ({ memoryBytes }) => (memoryBytes === null ? null : memoryBytes / MEBIBYTE),
  },
  {
    key: 'cannot_see',
    for: 'hub',
    platform: 'sensor',
    name: 'Cannot see',
    category: 'diagnostic',
    icon: 'mdi:eye-off',
    precision: 0,
    value: ({ cannotSee }) => cannotSee.length,
    attributes: ({ cannotSee }) => ({
      sentences: cannotSee.slice(0, SENTENCES).map((one) => clip(one, SENTENCE_LENGTH)),
    }),
  },
];

export const ENTITIES: readonly Row[] = [...HUB_ROWS, ...INSTANCE_ROWS, ...MEMBER_ROWS];

function reading({ looked }: View, kind: string, member: string) {
  return looked.readings.members.find((one) => one.kind === kind && one.id === member);
}

function cameraOf({ members }: View['looked'], member: string) {
  return members.find(({ kind, id }) => kind === 'camera' && id === member);
}

/** Confirmed-bad checks of one camera in table order. What only tells is no problem. */
function badChecks({ target, decision }: View, member: string): readonly string[] {
  return target.checks.flatMap(({ id, severity, memberIncident }) =>
    memberIncident && severity !== 'tells' && decision.state.streaks[streakKey(id, member)]?.latched ? [id] : [],
  );
}

/** Switched off by a person it has no state; what cannot be seen and was not bad before is unknown. */
function cameraProblem(view: View, member: string): StateValue {
  if (cameraOf(view.looked, member)?.votes === 'disabled') return null;
  if (badChecks(view, member).length > 0) return 'ON';
  const isSeen = view.decision.findings.some(
    (one) => one.member === member && (one.answer === 'ok' || one.answer === 'bad'),
  );
  return isSeen ? 'OFF' : null;
}

function cameraAttributes(view: View, member: string): Attributes {
  const [check] = badChecks(view, member);
  const detail = check && view.decision.state.streaks[streakKey(check, member)]?.detail;
  return {
    check: check ?? null,
    sentence: detail ? attributeSentence(detail) : null,
  };
}
