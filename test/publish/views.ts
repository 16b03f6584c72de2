/** A small view: one target with one detector and two cameras, all well. Only what a test is about is changed. */
import type { HubView, TargetCard, View } from '../../src/publish/view.ts';
import type { Decision } from '../../src/rules/decide.ts';
import { newState, type State, type Streak } from '../../src/rules/state.ts';
import type { Announcement, CheckRule, Finding, Member } from '../../src/rules/types.ts';
import type { CheckText, Looked, MemberReading } from '../../src/targets/target.ts';
import { circumstances, policy } from '../rules/builders.ts';

/** 2026-01-06 04:06:54 UTC. */
export const NOW = 1_767_672_414;

export const hub: HubView = {
  version: '0.1.0',
  turnSeconds: 0.24,
  memoryBytes: 80 * 1024 * 1024,
  cluster: 'connected',
  cannotSee: ['The node cannot be seen: not permitted.'],
};

function check(id: string, layer: string, changes: Partial<CheckRule & CheckText> = {}): CheckRule & CheckText {
  return {
    id,
    layer,
    severity: 'unhealthy',
    forSeconds: 60,
    clearSeconds: 60,
    name: `${id.replaceAll('_', ' ')} name`,
    nextSteps: [`Look after ${id}`, 'Then look again.'],
    runbook: '',
    ...changes,
  };
}

const card: TargetCard = {
  id: 'frigate',
  name: 'Frigate',
  checks: [
    check('node_ready', 'node'),
    check('api', 'api'),
    check('detector_speed', 'detector'),
    check('cameras', 'frigate', { vote: { kind: 'camera', checks: ['camera_frames'] } }),
    check('camera_frames', 'camera', { severity: 'degraded', memberIncident: true }),
  ],
  layers: [
    { id: 'node', standsOn: [] },
    { id: 'api', name: 'the API', standsOn: ['node'] },
    { id: 'detector', standsOn: ['api'] },
    { id: 'frigate', standsOn: ['api', 'detector'] },
    { id: 'network', standsOn: [] },
    { id: 'camera', standsOn: ['network'] },
  ],
  links: { runbook: 'file:///runbook', frigate: 'https://frigate.example/' },
};

export function finding(check: string, answer: Finding['answer'], changes: Partial<Finding> = {}): Finding {
  return { check, member: null, answer, detail: `${check} is ${answer}.`, at: NOW, ...changes };
}

export function camera(id: string, changes: Partial<Member> = {}): Member {
  return { kind: 'camera', id, votes: true, worked: true, reachable: null, ...changes };
}

export function reading(kind: string, id: string, changes: Partial<MemberReading> = {}): MemberReading {
  return { kind, id, framesPerSecond: null, skippedRatio: null, inferenceMs: null, ...changes };
}

export function streak(changes: Partial<Streak> = {}): Streak {
  return {
    bad: 4,
    good: 0,
    badSince: NOW - 300,
    goodSince: 0,
    at: NOW,
    seenAt: NOW,
    latched: true,
    detail: 'It is bad.',
    ...changes,
  };
}

export interface Changes {
  target?: Partial<TargetCard>;
  state?: Partial<State>;
  decision?: Partial<Decision>;
  looked?: Partial<Looked>;
  readings?: Partial<Looked['readings']>;
  view?: Partial<View>;
}

export function view(changes: Changes = {}): View {
  const state: State = { ...newState(policy()), verdict: 'healthy', verdictSince: NOW - 3600, ...changes.state };
  const findings = [
    finding('node_ready', 'ok'),
    finding('api', 'ok'),
    finding('detector_speed', 'ok', { member: 'coral' }),
    finding('camera_frames', 'ok', { member: 'doorbell' }),
    finding('camera_frames', 'ok', { member: 'garden' }),
  ];
  const decision: Decision = {
    state,
    orders: [],
    verdict: state.verdict,
    cause: null,
    vetoes: [],
    announcements: [],
    findings,
    layers: { node: 'good', api: 'good', detector: 'good', frigate: 'good', camera: 'good', network: 'not_observed' },
    startsLastHour: 0,
    nextAttemptAt: null,
    ...changes.decision,
  };
  const looked: Looked = {
    findings,
    members: [camera('doorbell'), camera('garden')],
    circumstances: circumstances(),
    readings: {
      version: '0.16.2',
      members: [
        reading('detector', 'coral', { inferenceMs: 27.466 }),
        reading('camera', 'doorbell', { framesPerSecond: 5.04, skippedRatio: 0.012 }),
        reading('camera', 'garden', { framesPerSecond: 10, skippedRatio: 0 }),
      ],
      detectionRate: 3.25,
      lastAnswerAt: NOW - 1,
      cluster: 'connected',
      ...changes.readings,
    },
    cannotSee: [],
    ...changes.looked,
  };
  return {
    target: { ...card, ...changes.target },
    now: NOW,
    decision,
    looked,
    automatic: true,
    maintenanceUntil: null,
    ...changes.view,
  };
}

/** A view in which the detector is confirmed slow. */
export function slowView(changes: Changes = {}): View {
  const cause = { check: 'detector_speed', layer: 'detector', member: 'coral' };
  const detail = 'One inference takes 512 ms.';
  return view({
    ...changes,
    state: {
      verdict: 'unhealthy',
      verdictSince: NOW - 60,
      streaks: { 'detector_speed/coral': streak({ detail }) },
      ...changes.state,
    },
    decision: {
      cause: { ...cause, severity: 'unhealthy', detail },
      findings: [
        finding('detector_speed', 'bad', {
          member: 'coral',
          detail,
          threshold: 'over 100 ms',
          evidence: ['inference_speed 512.2'],
        }),
      ],
      ...changes.decision,
    },
  });
}

export function announcement(type: Announcement['type'], changes: Partial<Announcement> = {}): Announcement {
  return {
    id: `frigate-${type}`,
    type,
    at: NOW,
    incidentId: 'frigate-1',
    cause: { check: 'detector_speed', layer: 'detector', member: 'coral' },
    severity: 'unhealthy',
    guard: null,
    sentence: 'One inference takes 512 ms.',
    order: null,
    ...changes,
  };
}
