/** TABLE: can a camera be reached at all, and does its stream come as far as go2rtc? */
import type { CheckRow, LookedFinding } from '../../target.ts';
import type { CameraFacts, SeenFacts } from '../facts.ts';
import { own } from '../own.ts';
import { whenSettled } from './aftermath.ts';
import { silence } from './silenced.ts';
import { fps, LASTING } from './wording.ts';

export const networkChecks: readonly CheckRow<SeenFacts>[] = [
  {
    id: 'camera_reach',
    layer: 'network',
    severity: 'degraded',
    forSeconds: 60,
    clearSeconds: 300,
    memberIncident: true,
    name: 'Camera not reachable',
    nextSteps: [
      'Look whether the camera has power, and whether its lamp or its app says that it is on the network.',
      'Look at the way to it: WiFi, switch port, power over Ethernet, VLAN, firewall.',
      'Look at the router whether it has another address now, and give it a fixed one.',
    ],
    runbook:
      "The address of this camera's stream, which answered before, does not answer any more, and no frames come. " +
      'So the fault lies below Frigate: power, link, address, or a camera that hangs. It is told by a plain ' +
      'connection to the address in the configuration, which sends nothing. A restart of Frigate does not help.',
    look: (facts) => lookEach(facts, lookReach),
  },
  {
    id: 'camera_stream',
    layer: 'network',
    severity: 'degraded',
    forSeconds: 60,
    clearSeconds: 300,
    memberIncident: true,
    name: 'No stream from the camera',
    nextSteps: [
      "Open the source in VLC with the URL that stands in go2rtc's configuration: path or password may be new.",
      'Restart the camera: many hang after hours with a stream that is open and silent.',
      'Count who else takes streams from it: most cameras serve only a few at a time.',
    ],
    runbook:
      'Frigate takes this camera through go2rtc, and go2rtc itself gets nothing from it: its bytes stand still while ' +
      'somebody wants them, or it has no connection at all, and Frigate gets no frames. So the fault lies between ' +
      'the camera and go2rtc. go2rtc connects only while somebody asks, so that alone is no fault. A restart of ' +
      'Frigate does not help.',
    look: (facts) => lookEach(facts, lookStream),
  },
];

type Said = Omit<LookedFinding, 'member' | 'at'> & { at?: number };

function lookEach(facts: SeenFacts, ask: (camera: CameraFacts, facts: SeenFacts) => Said): readonly LookedFinding[] {
  return facts.cameras.map((camera) =>
    whenSettled(facts, {
      member: camera.id,
      at: facts.at,
      ...(silence(camera) ?? framed(camera, facts) ?? ask(camera, facts)),
    }),
  );
}

/** Whoever sends frames can be reached, whatever else is said. */
function framed({ id, stats, leastFps }: CameraFacts, { processes }: SeenFacts): Said | null {
  const frames = stats?.cameraFps ?? null;
  if (frames === null || frames < leastFps) return null;
  const known = own(processes.cameras, id);
  if (known?.capture === 'dead' || known?.isIdle) return null;
  return { answer: 'ok', detail: `${id} sends ${fps(frames)} fps, so it can be reached.` };
}

function lookReach({ id, stats, worked, mayBeOff, leastFps }: CameraFacts, { reach }: SeenFacts): Said {
  const knocked = own(reach.details, id);
  const does = own(reach.cameras, id) ?? null;
  if (!knocked) return { answer: 'not_observed', detail: `The address of ${id} is not tried.` };
  const at = knocked.askedAt;
  if (does === null) return { answer: 'unknown', detail: `The address of ${id} has not been tried lately.`, at };
  if (does) return { answer: 'ok', detail: `The address of ${id} answers.`, at };
  const why = knocked.reason ?? 'It does not answer.';
  if (knocked.isBarred || (!knocked.hasAnswered && !worked)) {
    const detail = `The address of ${id} was never seen to answer from here, so its silence says nothing: ${why}`;
    return { answer: 'unknown', detail, at };
  }
  const frames = stats?.cameraFps ?? null;
  if (frames === null || frames >= leastFps || mayBeOff) {
    return {
      answer: 'unknown',
      detail: `The address of ${id} does not answer, but nothing is known of its frames: ${why}`,
      at,
    };
  }
  return {
    answer: 'bad',
    detail: `${id} has not been reachable${LASTING}: ${why}`,
    at,
    evidence: [`${knocked.address ?? 'its address'} answered before and does not now`, `camera_fps ${fps(frames)}`],
  };
}

function lookStream(camera: CameraFacts, { streams, isConfigured }: SeenFacts): Said {
  const { id, stats, mayBeOff, isEnabled, worked, leastFps } = camera;
  // Without the configuration only a stream of the camera's own name can be its.
  const name = camera.stream ?? (isConfigured ? null : own(streams.streams, id) === undefined ? null : id);
  if (name === null)
    return { answer: 'not_observed', detail: `${id} does not come through go2rtc, as far as is known.` };
  if (!streams.isAsked) return { answer: 'not_observed', detail: 'go2rtc is not asked for its streams.' };
  if (streams.readAt === null) {
    const why = streams.why === null ? 'go2rtc was not asked just now.' : `go2rtc does not answer: ${streams.why}`;
    return { answer: 'unknown', detail: why };
  }
  const at = streams.readAt;
  const flow = own(streams.streams, name) ?? 'none';
  if (flow === 'flowing') return { answer: 'ok', detail: `go2rtc receives the stream of ${id}.`, at };
  const frames = stats?.cameraFps ?? null;
  if (frames === null || frames >= leastFps || mayBeOff || (isEnabled === null && !worked)) {
    return { answer: 'unknown', detail: `go2rtc shows no bytes for ${id}, but nothing is known of its frames.`, at };
  }
  if (flow === 'unclear')
    return { answer: 'unknown', detail: `One look does not tell whether ${id} reaches go2rtc.`, at };
  const signs = {
    still: `stream ${name}: somebody takes it, and its bytes stand still`,
    idle: `stream ${name}: no connection`,
    none: `go2rtc has no stream of the name ${name}`,
  };
  return {
    answer: 'bad',
    detail: `go2rtc has received nothing from ${id}${LASTING}, so Frigate gets no frames.`,
    at,
    evidence: [signs[flow], `camera_fps ${fps(frames)}`],
  };
}
