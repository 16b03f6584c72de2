/** TABLE: the stories of the demo. Each begins with a Frigate that has run well for a day. */
import { breakDetector, setCamera } from './frigate/model.ts';
import type { House } from './world.ts';

export interface Step {
  /** Seconds after the beginning of the story. */
  at: number;
  /** What happens, for the one who watches. */
  says: string;
  act(house: House): void;
  /** From here on something is wrong that ought to be found. */
  isFault?: true;
}

export interface Story {
  name: string;
  title: string;
  /** What there is to see in it. */
  shows: string;
  /** What is broken, in few words, for the summary. */
  fault: string;
  /** ISO 8601: the time of day at which it plays. */
  begins: string;
  steps: readonly Step[];
  /** Every event that Home Assistant is told, in order, and no other: see `chainLink`. */
  expect: readonly string[];
  /** Longer than this it must not take. */
  withinSeconds: number;
}

const NODE = 'nuc';

export const STORIES: readonly Story[] = [
  {
    name: 'climb',
    title: 'The detector gets slower and slower',
    shows: 'Slow is not yet sick: it must last two minutes. Then one restart, which is followed until it has helped.',
    fault: 'inference climbs to 480 ms',
    begins: '2026-01-06T07:40:00Z',
    steps: [
      { at: 65, says: 'One inference now takes 45 ms, not 12.', act: slow(45) },
      { at: 95, says: 'One inference takes 160 ms.', act: slow(160), isFault: true },
      { at: 125, says: 'One inference takes 480 ms: nine of ten frames are skipped.', act: slow(480) },
    ],
    expect: ['opened detector_speed coral', 'restart_ordered', 'cured', 'resolved detector_speed coral'],
    withinSeconds: 900,
  },
  {
    name: 'queue',
    title: "The detector's queue dies",
    shows:
      'All looks fine but the log of one hang, and nothing is detected. Frigate has its time to heal, then a restart.',
    fault: 'the detector queue dies',
    begins: '2026-01-06T12:05:00Z',
    steps: [
      {
        at: 70,
        says: 'The detector hangs, and is killed while it holds the lock of the queue: no frame gets through.',
        act: ({ frigate, now }) => breakDetector(frigate, 'orphaned_queue', now()),
        isFault: true,
      },
    ],
    expect: ['opened detector_queue', 'refused inner_healing', 'restart_ordered', 'cured', 'resolved detector_queue'],
    withinSeconds: 900,
  },
  {
    name: 'doorbell',
    title: 'A doorbell on weak WiFi',
    shows: 'One camera of five is its own trouble: told once, never a reason to restart the other four.',
    fault: 'a doorbell flaps',
    begins: '2026-01-06T15:30:00Z',
    steps: [
      {
        at: 65,
        says: 'The doorbell drops off the WiFi, and is back after 50 seconds.',
        act: camera('down', 'doorbell'),
      },
      { at: 115, says: 'The doorbell is back. So short a gap is not told to anybody.', act: camera('up', 'doorbell') },
      { at: 185, says: 'The doorbell is gone again, for longer.', act: camera('down', 'doorbell'), isFault: true },
      { at: 440, says: 'The doorbell is back.', act: camera('up', 'doorbell') },
      { at: 815, says: 'And gone again.', act: camera('down', 'doorbell') },
      {
        at: 1065,
        says: 'And back. It must now be good for an hour before it is called resolved.',
        act: camera('up', 'doorbell'),
      },
    ],
    expect: ['opened camera_stream doorbell', 'resolved camera_stream doorbell', 'flapping camera_stream doorbell'],
    withinSeconds: 1500,
  },
  {
    name: 'two-of-five',
    title: 'Two cameras of five go',
    shows: 'Two of five is no majority: nothing is restarted. Each camera has its own incident.',
    fault: 'two cameras of five go',
    begins: '2026-01-06T18:10:00Z',
    steps: [
      {
        at: 65,
        says: 'The switch in the garage loses power, and with it the cameras garage and driveway.',
        act: camera('down', 'garage', 'driveway'),
        isFault: true,
      },
      { at: 360, says: 'Somebody plugs the switch in again.', act: camera('up', 'garage', 'driveway') },
    ],
    expect: [
      'opened camera_stream driveway',
      'opened camera_stream garage',
      'resolved camera_stream driveway',
      'resolved camera_stream garage',
    ],
    withinSeconds: 1200,
  },
  {
    name: 'node',
    title: 'The node goes away',
    shows: 'Frigate is silent because the ground under it is gone. A restart would be worse than none: refused.',
    fault: 'the node loses its network',
    begins: '2026-01-06T21:20:00Z',
    steps: [
      {
        at: 65,
        says: `The node ${NODE} loses its network, and Frigate with it.`,
        act: ({ cluster, frigate }) => {
          frigate.api = 'refuses';
          cluster.setNodeCut(true, NODE);
        },
        isFault: true,
      },
      {
        at: 105,
        says: 'After 40 seconds without a word Kubernetes calls the node not ready.',
        act: ({ cluster }) => cluster.setNodeReady(false, NODE),
      },
      {
        at: 245,
        says: 'Somebody presses "Restart" in Home Assistant.',
        act: ({ press }) => press('restart'),
      },
      {
        at: 360,
        says: 'The network is back.',
        act: ({ cluster, frigate }) => {
          frigate.api = 'answers';
          cluster.setNodeCut(false, NODE);
          cluster.setNodeReady(true, NODE);
        },
      },
    ],
    expect: ['opened node_ready', 'refused futile', 'refused lower_layer', 'resolved node_ready'],
    withinSeconds: 900,
  },
  {
    name: 'stubborn',
    title: 'A restart that does not help',
    shows: 'The cable of the Coral is bad. One restart is tried, it does not help, and no second one is made.',
    fault: 'a bad cable keeps the Coral slow',
    begins: '2026-01-07T03:00:00Z',
    steps: [
      {
        at: 65,
        says: "The Coral's cable goes bad: 480 ms for one inference, whatever is restarted.",
        act: (house) => {
          house.frigate.faultSurvivesRestart = true;
          slow(480)(house);
        },
        isFault: true,
      },
      {
        at: 900,
        says: 'A person puts in another cable, as the message advised.',
        act: ({ frigate, now }) => {
          frigate.faultSurvivesRestart = false;
          breakDetector(frigate, 'none', now());
        },
      },
    ],
    expect: [
      'opened detector_speed coral',
      'restart_ordered',
      'ineffective',
      'breaker_opened',
      'refused breaker',
      'resolved detector_speed coral',
    ],
    withinSeconds: 1500,
  },
];

function slow(inferenceMs: number): Step['act'] {
  return ({ frigate, now }) => breakDetector(frigate, 'slow', now(), inferenceMs);
}

function camera(state: 'up' | 'down', ...names: readonly string[]): Step['act'] {
  return ({ frigate, now }) => {
    for (const name of names) setCamera(frigate, name, state, now());
  };
}
