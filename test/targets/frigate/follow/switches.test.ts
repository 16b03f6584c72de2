import { describe, expect, it } from 'vitest';
import type { Order } from '../../../../src/rules/types.ts';
import { digest } from '../../../../src/targets/frigate/digest.ts';
import { frigateTarget } from '../../../../src/targets/frigate/index.ts';
import { look } from '../../../../src/targets/frigate/looked.ts';
import { type FrigateMemory, newFrigateMemory } from '../../../../src/targets/frigate/memory.ts';
import type { Looked } from '../../../../src/targets/target.ts';
import { answers, camera, failure, type Said, START, settings, stats } from '../watching.ts';

const PREFIX = 'frigate';
const ORDER = { id: 'order-1', at: START + 60 } as Order;

type Letter = { at: number; topic: string; payload: string; retained: boolean };
const letter = (after: number, topic: string, payload: string, retained = false): Letter => ({
  at: START + after,
  topic: `${PREFIX}/${topic}`,
  payload,
  retained,
});
const mail = (...letters: Letter[]) => ({ connectedSince: START - 5000, letters, dropped: 0 });
const AT_BROKER = mail(letter(0, 'available', 'online', true));

/** On in the file, unless `file` says otherwise. */
interface Set {
  enabled?: boolean;
  file?: boolean;
  records?: boolean;
  recordsFile?: boolean;
}
const configured = (cameras: Record<string, Set>) => ({
  mqtt: { enabled: true, topic_prefix: PREFIX },
  cameras: Object.fromEntries(
    Object.entries(cameras).map(([id, { enabled = true, file = true, records = true, recordsFile = true }]) => [
      id,
      { enabled, enabled_in_config: file, record: { enabled: records, enabled_in_config: recordsFile } },
    ]),
  ),
});

interface Step extends Omit<Said, 'stats'> {
  after: number;
  /** Seconds that Frigate runs; null: its API is silent. */
  uptime?: number | null;
  /** The order that is followed when the look was judged. */
  pursued?: Order | null;
  /** The last one came to nothing. */
  isVoid?: boolean;
}

/** Looks one after the other; what is remembered goes through text, as in the store. */
function follow(steps: readonly Step[], changes: Parameters<typeof settings>[0] = {}) {
  const fixed = settings(changes);
  const target = frigateTarget(fixed);
  let memory: FrigateMemory = newFrigateMemory();
  const looks: Looked[] = [];
  for (const { after, uptime = 9000 + after, pursued = null, isVoid = false, ...said } of steps) {
    const now = START + after;
    const body = stats({ a: camera(5, 4, 1, 2), b: camera(5, 4, 1, 2) });
    const service = { uptime, last_updated: now, version: '0.17.2' };
    const api =
      uptime === null ? { stats: failure('refused'), version: failure('refused') } : { stats: { ...body, service } };
    const seen = digest(fixed, memory, answers(now, { mail: mail(), ...api, ...said } as Said), now);
    memory = target.foresee?.(seen.memory, seen.facts, { pursued, isVoid }) ?? seen.memory;
    memory = JSON.parse(JSON.stringify(memory));
    looks.push(look(seen.facts, now));
  }
  return { looks, memory, last: looks.at(-1) as Looked };
}

const posted = ({ letters = [] }: Looked) => letters.map(({ topic, payload }) => `${topic} ${payload}`);
const hazards = ({ circumstances }: Looked) => circumstances.hazards.map(({ sentence }) => sentence);

const OFF = configured({ a: { enabled: false }, b: {} });
const ON = configured({ a: {}, b: {} });
const OFF_A = 'frigate/a/enabled/set OFF';

/** A camera is off, the order is placed, and then Frigate is away. */
const BEFORE: readonly Step[] = [
  { after: 0, config: OFF, mail: AT_BROKER },
  { after: 60, pursued: ORDER },
  { after: 65, uptime: null, pursued: ORDER },
];

describe('what was off before our restart', () => {
  it('is posted as soon as the new run comes to the broker, before its API answers', () => {
    const { last } = follow([
      ...BEFORE,
      { after: 70, uptime: null, mail: mail(letter(69, 'available', 'online')), pursued: ORDER },
    ]);
    expect(posted(last)).toEqual([OFF_A]);
    expect(last.lookAgainSeconds).toBe(5);
  });

  it('is not posted for what the broker has kept of the run before', () => {
    const kept = mail(letter(64, 'available', 'online', true));
    const early = mail(letter(60, 'available', 'online'));
    for (const old of [kept, early]) {
      const { last } = follow([...BEFORE, { after: 70, uptime: null, mail: old, pursued: ORDER }]);
      expect(posted(last)).toEqual([]);
    }
  });

  it('is posted with the first answer of the new run where the broker was not heard', () => {
    const waiting = follow(BEFORE).last;
    expect(posted(waiting)).toEqual([]);
    expect(waiting.lookAgainSeconds).toBe(5);
    expect(posted(follow([...BEFORE, { after: 70, uptime: 3, config: ON, pursued: ORDER }]).last)).toEqual([OFF_A]);
  });

  it('is posted again until Frigate says that it is off, and then no more', () => {
    const back: Step = { after: 70, uptime: 3, config: ON, pursued: ORDER };
    const again: Step = { after: 75, uptime: 8, config: ON, pursued: ORDER };
    const done: Step = { after: 80, uptime: 13, config: OFF, pursued: ORDER };
    expect(posted(follow([...BEFORE, back, again]).last)).toEqual([OFF_A]);
    const { last, memory } = follow([...BEFORE, back, again, done]);
    expect(posted(last)).toEqual([]);
    expect(last.lookAgainSeconds).toBeUndefined();
    expect(memory.switches.restoring).toBeNull();
    expect(posted(follow([...BEFORE, back, again, done, { after: 110, uptime: 43, config: ON }]).last)).toEqual([]);
  });

  it('is posted until then also where the configuration cannot be read', () => {
    const unread = failure('status', { status: 403 });
    const back: Step = { after: 70, uptime: 3, config: unread, pursued: ORDER };
    expect(posted(follow([...BEFORE, back, { ...back, after: 75, uptime: 8 }]).last)).toEqual([OFF_A]);
  });

  it('is not what was on again when the configuration was read later', () => {
    const steps: readonly Step[] = [
      { after: 0, config: ON, mail: AT_BROKER },
      { after: 30, config: ON, mail: mail(letter(20, 'a/enabled/state', 'OFF')) },
      ...BEFORE.slice(1),
    ];
    expect(follow(steps).memory.switches.restoring).toBeNull();
  });

  it('is posted once more after the API answers, for before that its parts may not have listened', () => {
    const early: Step = { after: 70, uptime: null, mail: mail(letter(69, 'available', 'online')), pursued: ORDER };
    const off: Step = { after: 75, uptime: 3, config: OFF, pursued: ORDER };
    expect(posted(follow([...BEFORE, early, off]).last)).toEqual([OFF_A]);
    expect(posted(follow([...BEFORE, early, off, { ...off, after: 80, uptime: 8 }]).last)).toEqual([]);
  });

  it('reads the configuration at every look until then', () => {
    const back: Step = { after: 70, uptime: 3, config: ON, pursued: ORDER };
    expect(follow([...BEFORE, back]).memory.configDue).toBe('now');
    expect(follow([{ after: 0, config: OFF, mail: AT_BROKER }]).memory.configDue).toBe('later');
  });

  it('is recording as well, and not what the file has off or what is on', () => {
    const set = configured({
      a: { records: false },
      b: { enabled: false, file: false, records: false, recordsFile: false },
    });
    const steps: readonly Step[] = [{ after: 0, config: set, mail: AT_BROKER }, ...BEFORE.slice(1)];
    const { last } = follow([...steps, { after: 70, uptime: 3, config: configured({ a: {}, b: {} }), pursued: ORDER }]);
    expect(posted(last)).toEqual(['frigate/a/recordings/set OFF']);
  });

  it('is also what OFF was heard of since the configuration was read', () => {
    const heard: readonly Step[] = [
      { after: 0, config: ON, mail: AT_BROKER },
      { after: 30, mail: mail(letter(20, 'a/enabled/state', 'OFF')) },
      ...BEFORE.slice(1),
    ];
    expect(follow(heard.slice(0, 2)).memory.configDue).toBe('now');
    expect(posted(follow([...heard, { after: 70, uptime: 3, config: ON, pursued: ORDER }]).last)).toEqual([OFF_A]);
    const kept = heard.map((step) =>
      step.after === 30 ? { ...step, mail: mail(letter(20, 'a/enabled/state', 'OFF', true)) } : step,
    );
    expect(posted(follow([...kept, { after: 70, uptime: 3, config: ON, pursued: ORDER }]).last)).toEqual([]);
  });

  it('is not forgotten by a Warden that was away while Frigate restarted', () => {
    const { last } = follow([...BEFORE.slice(0, 2), { after: 400, uptime: 300, config: ON, pursued: ORDER }]);
    expect(posted(last)).toEqual([OFF_A]);
  });

  it('is nobody’s business after a restart by others, or by an order that came to nothing', () => {
    const [first] = BEFORE as [Step];
    const back: Step = { after: 70, uptime: 3, config: ON };
    expect(posted(follow([first, { after: 60 }, back]).last)).toEqual([]);
    expect(posted(follow([...BEFORE.slice(0, 2), { after: 65, isVoid: true }, back]).last)).toEqual([]);
  });

  it('goes on when the order was judged before the new run was heard of', () => {
    const back: Step = { after: 70, uptime: 3, config: ON, pursued: ORDER };
    expect(posted(follow([...BEFORE, back, { after: 75, uptime: 8, config: ON, pursued: null }]).last)).toEqual([
      OFF_A,
    ]);
  });

  it('is not forgotten while the new run comes too late for its order', () => {
    const given: Step = { after: 700, uptime: null, pursued: null };
    const { last, looks } = follow([...BEFORE, given, { after: 3000, uptime: 3, config: ON }]);
    expect(posted(last)).toEqual([OFF_A]);
    // Nobody hurries for what has not come for so long.
    expect(looks.at(-2)?.lookAgainSeconds).toBe(5);
    expect(follow([...BEFORE, { ...given, after: 960 }]).last.lookAgainSeconds).toBeUndefined();
    expect(posted(follow([...BEFORE, given, { after: 90_000, uptime: 3, config: ON }]).last)).toEqual([]);
  });

  it('does not have the configuration read at every look for a run that does not come', () => {
    const steps = (after: number): readonly Step[] => [
      ...BEFORE.slice(0, 2),
      { after: after - 30, config: OFF },
      { after, config: OFF },
    ];
    expect(follow(steps(900)).memory.configDue).toBe('now');
    expect(follow(steps(990)).memory.configDue).toBe('later');
  });

  it('is known to a Warden that takes the order over after it was carried out', () => {
    const [first] = BEFORE as [Step];
    const steps: readonly Step[] = [
      first,
      { after: 65, uptime: null },
      { after: 70, uptime: 3, config: ON },
      { after: 100, uptime: 33, config: ON, pursued: ORDER },
    ];
    expect(posted(follow(steps).last)).toEqual([]);
    expect(posted(follow([...steps, { after: 105, uptime: 38, config: ON, pursued: ORDER }]).last)).toEqual([OFF_A]);
  });

  it('of a run that ended before the order is not meant by it', () => {
    const [first] = BEFORE as [Step];
    const steps: readonly Step[] = [first, { after: 30, uptime: 3, config: ON }, { after: 60, pursued: ORDER }];
    expect(follow(steps.map((step) => ({ ...step, uptime: step.uptime ?? 33 }))).memory.switches.restoring).toBeNull();
  });

  it('is kept by Frigate itself from 0.18 on', () => {
    const version = '0.18.0-abc';
    const steps = BEFORE.map((step) => ({ ...step, ...(step.uptime === null ? {} : { version }) }));
    const { memory } = follow(steps.map((step) => ({ ...step, uptime: null, version })));
    expect(memory.switches.restoring).toBeNull();
  });

  it('waits for the broker, and is given up two minutes after the first answer', () => {
    const away = { connectedSince: null, letters: [], dropped: 0 };
    const steps = [
      ...BEFORE,
      ...[70, 100, 130, 160, 189].map(
        (after): Step => ({ after, uptime: after - 67, config: ON, mail: away, pursued: ORDER }),
      ),
    ];
    const waiting = follow(steps).last;
    expect(posted(waiting)).toEqual([]);
    expect(waiting.cannotSee.join()).not.toMatch(/could not be switched off again/);
    const late: Step = { after: 190, uptime: 123, config: ON, mail: away };
    const { last } = follow([...steps, late]);
    expect(last.cannotSee).toContain('The camera a was off before the restart and could not be switched off again.');
    expect(last.findings).toContainEqual(
      expect.objectContaining({
        check: 'camera_switch',
        member: 'a',
        answer: 'bad',
        detail: expect.stringMatching(/^The camera a was off before/),
      }),
    );
    expect(last.lookAgainSeconds).toBeUndefined();
    // A broker that comes back later changes nothing: somebody may want it on by now.
    expect(posted(follow([...steps, late, { after: 220, uptime: 153, config: ON }]).last)).toEqual([]);
  });

  it('is said to be lost until it is off, for a day, or until the next restart', () => {
    const lost = [
      ...BEFORE,
      { after: 70, uptime: 3, config: ON, pursued: ORDER },
      { after: 190, uptime: 123, config: ON },
    ];
    const finding = (more: Step) => {
      const { findings } = follow([...lost, more]).last;
      return findings.find(({ check, member }) => check === 'camera_switch' && member === 'a')?.answer;
    };
    expect(finding({ after: 220, uptime: 153, config: ON })).toBe('bad');
    expect(finding({ after: 220, uptime: null })).toBe('unknown');
    expect(finding({ after: 220, uptime: 153, config: OFF })).toBe('ok');
    expect(finding({ after: 220, uptime: 3, config: ON })).toBe('ok');
    expect(finding({ after: 190 + 86_400, uptime: 90_000, config: ON })).toBe('ok');
  });

  it('is still to be off when a second restart comes before the first was set right', () => {
    const second = { id: 'order-2', at: START + 75 } as Order;
    const { last } = follow([
      ...BEFORE,
      { after: 70, uptime: 3, config: ON, pursued: ORDER },
      { after: 75, uptime: 8, config: ON, pursued: second },
      { after: 90, uptime: 2, config: ON, pursued: second },
    ]);
    expect(posted(last)).toEqual([OFF_A]);
  });
});

describe('a restart while a camera is off', () => {
  const SENTENCE = 'A restart would switch the camera a on again, which somebody has switched off.';
  const why = (reason: string) => [`${SENTENCE} It could not be switched off after that: ${reason}`];
  const none = { connectedSince: null, letters: [], dropped: 0 };
  const odd = { mqtt: { topic_prefix: PREFIX }, cameras: { 'a/b': { enabled: false, enabled_in_config: true } } };
  it.each<[what: string, step: Partial<Step>, changes: Parameters<typeof settings>[0], sentences: readonly string[]]>([
    ['is nothing to fear where Frigate is heard at the broker', {}, {}, []],
    ['is held back without a broker', { mail: null }, {}, why('No MQTT broker is set.')],
    ['is held back while the broker is away', { mail: none }, {}, why('The MQTT broker is not connected.')],
    [
      'is held back where Frigate is not heard',
      { mail: mail() },
      {},
      why('Nothing was heard of frigate/ at the broker.'),
    ],
    [
      'is held back where Frigate is gone from the broker',
      { mail: mail(letter(0, 'available', 'offline', true)) },
      {},
      why('Frigate is not at the MQTT broker.'),
    ],
    ['is allowed by the option', { mail: null }, { restartWithCamerasOff: true }, []],
    ['is nothing to fear for recordings alone', { mail: null, config: configured({ a: { records: false } }) }, {}, []],
    [
      'is held back where a name cannot be a topic',
      { config: odd },
      {},
      [
        'A restart would switch the camera a/b on again, which somebody has switched off. It could not be switched off after that: Its name cannot stand in an MQTT topic.',
      ],
    ],
  ])('%s', (_, step, changes, sentences) => {
    expect(hazards(follow([{ after: 0, config: OFF, mail: AT_BROKER, ...step }], changes).last)).toEqual(sentences);
  });

  it('is held back where the version is not known', () => {
    const unknown = { after: 0, uptime: null, config: OFF, mail: AT_BROKER };
    expect(hazards(follow([unknown]).last)).toEqual(why('The version of this Frigate is not known.'));
  });
});
