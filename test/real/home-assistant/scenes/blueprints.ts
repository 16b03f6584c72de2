/** The blueprints, made into automations as a person does it, and what comes to a phone. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { eventJson, type WardenEvent } from '../../../../src/publish/events.ts';
import type { AnnouncementType } from '../../../../src/rules/types.ts';
import { eventually } from '../../../eventually.ts';
import { announcement, slowView } from '../../../publish/views.ts';
import { publish } from '../../mosquitto/broker.ts';
import type { Check } from '../../suite.ts';
import type { Fields } from '../api.ts';
import { openPhone, type Phone, type Push } from '../phone.ts';
import { eventsOf, HOUSE, type World } from '../world.ts';

const FOLDER = new URL('../../../../addon/blueprints/', import.meta.url);
/** Of which only these checks tell: the Warden beside them has nothing to say of it. */
const ELSEWHERE = 'elsewhere';
const MADE = ['incidents', 'loud', 'nobody', 'proof', 'silent'];

export async function duringBlueprints(check: Check, world: World): Promise<void> {
  const { homeAssistant } = world;
  const phone = await openPhone(homeAssistant.api, 'Phone of Test');
  await check('Home Assistant takes every blueprint', () => saveAll(world));
  await ofIncidents(check, world, phone);
  await ofLoudness(check, world, phone);
  await check('without a phone Home Assistant itself says it, and takes it away when it is over', async () => {
    await make(world, 'nobody', 'incident-notification', { instance: ELSEWHERE, event_types: ['opened'] });
    tell(world, 'opened', { incident_id: 'nobody-1' });
    await eventually(async () => (await shownNow(world)).includes('frigate_warden_nobody-1'), { withinSeconds: 10 });
    tell(world, 'resolved', { incident_id: 'nobody-1' });
    await eventually(async () => !(await shownNow(world)).includes('frigate_warden_nobody-1'), { withinSeconds: 10 });
    await unmake(world, 'nobody');
  });
  await ofScript(check, world);
  await ofProof(check, world, phone);
  await ofSilence(check, world, phone);
  for (const id of MADE) await unmake(world, id);
}

async function ofIncidents(check: Check, world: World, phone: Phone): Promise<void> {
  const buttons: Record<string, string> = {};

  await check('an incident comes to the phone with its words and three buttons, as no critical alert', async () => {
    await make(world, 'incidents', 'incident-notification', { phones: [phone.device] });
    const event = tell(world, 'opened');
    const push = await nextPush(phone);
    assert.equal(push.title, event.title);
    assert.ok(push.message.includes('One inference takes 512 ms.'), push.message);
    assert.equal(push.data.tag, 'frigate_warden_frigate-1');
    assert.equal(push.data.clickAction, 'https://frigate.example/');
    assert.equal(push.data.url, push.data.clickAction);
    assert.doesNotMatch(JSON.stringify(push), /critical|alarm/);
    for (const { action, title } of push.data.actions ?? []) buttons[title] = action;
    assert.deepEqual(Object.keys(buttons), ['Restart', 'Acknowledge', 'Snooze']);
  });
  await check('the same event a second time says nothing, and the next one replaces the first', async () => {
    tell(world, 'opened');
    tell(world, 'changed', { title: 'Worse' });
    const push = await nextPush(phone);
    assert.equal(push.title, 'Worse');
    assert.equal(push.data.tag, 'frigate_warden_frigate-1');
  });
  await check('one camera alone is told without the button Restart', async () => {
    tell(world, 'opened', { event_id: 'camera', incident_id: 'camera-1', layer: 'camera', member: 'door' });
    const { data } = await nextPush(phone);
    assert.deepEqual(
      data.actions?.map(({ title }) => title),
      ['Acknowledge', 'Snooze'],
    );
  });
  await check('what is no event at all is let pass without a word', () => {
    for (const payload of ['', 'online', '[]', '{}', '{"event_type":null}', '{"event_type":"opened","links":null}']) {
      publish(world.broker, `frigate_warden/${ELSEWHERE}/event`, payload);
    }
  });
  await check('an event that lacks nearly all is told all the same', async () => {
    const push = await nextPush(phone);
    assert.deepEqual([push.title, push.message], ['Frigate Warden', 'There is no text.']);
  });
  await check('Home Assistant restarts: nothing comes again, and what is told a second time neither', async () => {
    await restart(world, phone);
    tell(world, 'changed', { title: 'Worse' });
    tell(world, 'ineffective');
    assert.equal((await nextPush(phone, 15)).title, 'Frigate: the restart did not help');
  });
  await check('a button that was shown before that restart is heard, once, and says who tapped', async () => {
    await phone.tap(String(buttons.Restart).replace('/incidents/', '/another/'));
    await phone.tap(String(buttons.Restart));
    const [payload] = await asked(world, 'restart');
    assert.match(String(JSON.parse(String(payload)).reason), /tapped Restart on a phone/);
    assert.equal((await asked(world, 'restart')).length, 1);
  });
  await check('snooze reaches the Warden, clears the phone, and makes the next news silent', async () => {
    await phone.tap(String(buttons.Snooze));
    const cleared = await nextPush(phone);
    assert.deepEqual([cleared.message, cleared.data.tag], ['clear_notification', 'frigate_warden_frigate-1']);
    assert.deepEqual(
      (await asked(world, 'snooze')).map((one) => JSON.parse(one)),
      [{ incident_id: 'frigate-1', minutes: 60 }],
    );
    tell(world, 'refused');
    assert.equal((await nextPush(phone)).data.importance, 'low');
  });
  await check('acknowledge reaches the Warden and clears the phone', async () => {
    await phone.tap(String(buttons.Acknowledge));
    assert.equal((await nextPush(phone)).message, 'clear_notification');
    assert.deepEqual(
      (await asked(world, 'acknowledge')).map((one) => JSON.parse(one)),
      [{ incident_id: 'frigate-1' }],
    );
  });
  await check('the end of the incident replaces it, and its old button restarts nothing', async () => {
    tell(world, 'resolved');
    const push = await nextPush(phone);
    assert.equal(push.data.tag, 'frigate_warden_frigate-1');
    assert.deepEqual(push.data.actions, []);
    await phone.tap(String(buttons.Restart));
    assert.equal((await nextPush(phone)).title, 'Nothing was restarted');
    assert.equal((await asked(world, 'restart')).length, 1);
  });
  await check('the button Restart reaches the Warden, and its answer comes to the phone', async () => {
    const events = eventsOf(world, HOUSE).length;
    tell(world, 'opened', { event_id: 'here', incident_id: 'here-1', target: HOUSE }, HOUSE);
    const push = await nextPush(phone);
    await phone.tap(String(push.data.actions?.find(({ title }) => title === 'Restart')?.action));
    const answer = await answerAfter(world, events);
    await eventually(() => phone.pushes().some(({ title }) => title === answer.title), {
      withinSeconds: 10,
      what: `a push "${answer.title}"`,
    });
    await unmake(world, 'incidents');
    seen.set(phone, phone.pushes().length);
  });
}

async function ofLoudness(check: Check, world: World, phone: Phone): Promise<void> {
  await check('by choice it breaks through silence for what is unhealthy, and is silent in quiet hours', async () => {
    await make(world, 'loud', 'incident-notification', {
      phones: [phone.device],
      instance: ELSEWHERE,
      event_types: ['opened', 'cured'],
      critical: true,
      quiet_hours: true,
      quiet_from: '00:00:00',
      quiet_until: '23:59:59',
    });
    tell(world, 'opened', { incident_id: 'loud-1' });
    const loud = await nextPush(phone);
    assert.equal(loud.data.channel, 'alarm_stream');
    assert.match(JSON.stringify(loud.data.push), /"critical":1/);
    tell(world, 'opened', { event_id: 'loud-2', incident_id: 'loud-2', severity: 'degraded' });
    const silent = await nextPush(phone);
    assert.equal(silent.data.importance, 'low');
    assert.doesNotMatch(JSON.stringify(silent), /critical|alarm/);
  });
  await check('where "resolved" is not chosen the end of the incident clears the phone', async () => {
    tell(world, 'resolved', { incident_id: 'loud-1' });
    const cleared = await nextPush(phone);
    assert.deepEqual([cleared.message, cleared.data.tag], ['clear_notification', 'frigate_warden_loud-1']);
    await unmake(world, 'loud');
  });
}

async function ofScript(check: Check, world: World): Promise<void> {
  const { api } = world.homeAssistant;
  const call = async (name: string, input: Fields) => {
    const use_blueprint = { path: 'frigate_warden/restart-frigate-safely.yaml', input };
    await api.post(`/api/config/script/config/${name}`, { alias: name, use_blueprint });
    await eventually(async () => has(await api.get('/api/states'), `script.${name}`), { withinSeconds: 10 });
    const service_data = { reason: '{"a": "test"}' };
    const asking = { domain: 'script', service: name, service_data, return_response: true };
    return ((await api.ask('call_service', asking)) as { response: Fields }).response;
  };
  await check('the script returns the answer of the Warden', async () => {
    const events = eventsOf(world, HOUSE).length;
    const response = await call('restart_house', { instance: HOUSE });
    const answer = await answerAfter(world, events);
    assert.deepEqual(response, {
      accepted: answer.event_type === 'restart_ordered',
      sentence: answer.message,
      guard: answer.guard,
      order: answer.order,
    });
  });
  await check('the script says that nobody answers', async () => {
    const response = await call('restart_nobody', { instance: ELSEWHERE, patience: { seconds: 3 } });
    assert.equal(response.accepted, false);
    assert.match(String(response.sentence), /^No answer came/);
    const [payload] = (await asked(world, 'restart')).slice(-1);
    assert.deepEqual(JSON.parse(String(payload)), { reason: '{"a": "test"}' });
  });
}

async function ofProof(check: Check, world: World, phone: Phone): Promise<void> {
  const { api } = world.homeAssistant;
  const run = () => api.act('automation.trigger', 'automation.warden_proof');
  await check('the weekly proof goes through the Warden to the phone, and ends with a tap', async () => {
    await make(world, 'proof', 'weekly-alert-proof', { phones: [phone.device], patience: { seconds: 10 } });
    const received = async () => {
      const push = await nextPush(phone, 20);
      assert.match(String(push.title), /test alert$/);
      await phone.tap(String(push.data.actions?.[0]?.action));
      const cleared = await nextPush(phone);
      assert.deepEqual([cleared.message, cleared.data.tag], ['clear_notification', push.data.tag]);
    };
    await Promise.all([run(), received()]);
    assert.deepEqual(await shownNow(world), []);
  });
  await check('the weekly proof says that nobody has confirmed it', async () => {
    const unanswered = async () => {
      await nextPush(phone, 20);
      const push = await nextPush(phone, 20);
      assert.equal(push.title, 'Frigate Warden: the alert proof failed');
      assert.match(push.message, /nobody pressed Received/);
      return push.data.tag;
    };
    const [, tag] = await Promise.all([run(), unanswered()]);
    assert.deepEqual(await shownNow(world), [tag]);
    await unmake(world, 'proof');
  });
}

async function ofSilence(check: Check, world: World, phone: Phone): Promise<void> {
  const before = phone.pushes().length;
  await check('a restart of Home Assistant is no silence of the Warden', async () => {
    await make(world, 'silent', 'warden-silent', { phones: [phone.device], offline_minutes: 0.05, mute_minutes: 1 });
    await restart(world, phone);
  });
  await check('a Warden that is gone is told, once', async () => {
    await world.warden().end('SIGKILL');
    const push = await nextPush(phone, 40);
    assert.equal(push.title, 'Frigate Warden is silent');
    await restart(world, phone);
  });
  await check('and so is that it is back', async () => {
    world.startWarden();
    const push = await nextPush(phone, 40);
    assert.equal(push.title, 'Frigate Warden is back');
    assert.equal(phone.pushes().length, before + 2);
    await unmake(world, 'silent');
  });
}

async function restart(world: World, phone: Phone): Promise<void> {
  await world.homeAssistant.restart();
  await phone.connect();
  await listening(world);
}

/** What the Warden said to a press. */
function answerAfter(world: World, events: number) {
  const said = () =>
    eventsOf(world, HOUSE)
      .slice(events)
      .find(({ event_type: type }) => type === 'refused' || type === 'restart_ordered');
  return eventually(said, { withinSeconds: 15, what: 'the answer of the Warden' });
}

async function saveAll({ homeAssistant: { api } }: World): Promise<void> {
  for (const file of readdirSync(FOLDER)) {
    const yaml = readFileSync(new URL(file, FOLDER), 'utf8');
    const domain = /^ {2}domain: (\w+)$/m.exec(yaml)?.[1];
    const path = `frigate_warden/${file}`;
    await api.ask('blueprint/save', { domain, path, yaml });
    const all = (await api.ask('blueprint/list', { domain })) as Record<string, Fields>;
    assert.equal(all[path]?.error, undefined, String(all[path]?.error));
    assert.ok(all[path]?.metadata, `there is no ${path}`);
  }
}

async function make(world: World, id: string, file: string, input: Fields): Promise<void> {
  const { api } = world.homeAssistant;
  const use_blueprint = { path: `frigate_warden/${file}.yaml`, input };
  await api.post(`/api/config/automation/config/${id}`, { alias: `Warden ${id}`, description: '', use_blueprint });
  const isOn = async () => {
    const states = (await api.get('/api/states')) as { entity_id: string; state: string }[];
    return states.some((one) => one.entity_id === `automation.warden_${id}` && one.state === 'on');
  };
  await eventually(isOn, { withinSeconds: 10, what: `automation.warden_${id} is on` });
  await listening(world);
}

async function unmake({ homeAssistant: { api } }: World, id: string): Promise<void> {
  const states = (await api.get('/api/states')) as Fields[];
  if (!has(states, `automation.warden_${id}`)) return;
  await api.act('automation.turn_off', `automation.warden_${id}`);
}

function has(states: unknown, entityId: string): boolean {
  return (states as Fields[]).some((one) => one.entity_id === entityId);
}

let probes = 0;

/** It asks the broker for topics in batches: once it hears one of ours, it hears all that was asked for before. */
async function listening({ homeAssistant: { api }, broker }: World): Promise<void> {
  probes += 1;
  const topic = `blueprints/probe/${probes}`;
  let isHeard = false;
  const told = () => {
    isHeard = true;
  };
  await api.hear('mqtt/subscribe', { topic }, told);
  const hears = () => {
    publish(broker, topic, 'Are you there?');
    return isHeard;
  };
  await eventually(hears, { withinSeconds: 15, what: 'Home Assistant hears the broker' });
}

/** What the Warden sends, at any time and of any Frigate. */
function tell(world: World, type: AnnouncementType, changes: Partial<WardenEvent> = {}, of = ELSEWHERE): WardenEvent {
  const event = { ...eventJson(announcement(type), slowView()), target: of, ...changes };
  publish(world.broker, `frigate_warden/${of}/event`, JSON.stringify(event));
  return event;
}

const seen = new WeakMap<Phone, number>();

/** The next one that nobody has asked for yet. */
async function nextPush(phone: Phone, withinSeconds = 10): Promise<Push> {
  const from = seen.get(phone) ?? 0;
  const push = await eventually(() => phone.pushes()[from], { withinSeconds, what: 'a push on the phone' });
  seen.set(phone, from + 1);
  return push;
}

/** What somebody asked the Warden for, of the Frigate that it does not know. */
async function asked(world: World, key: string): Promise<readonly string[]> {
  const topic = `frigate_warden/${ELSEWHERE}/${key}/set`;
  const found = () =>
    world
      .listener()
      .messages()
      .filter((one) => one.topic === topic)
      .map(({ payload }) => payload);
  await eventually(() => found().length > 0, { withinSeconds: 10, what: `a message on ${topic}` });
  return found();
}

async function shownNow({ homeAssistant: { api } }: World): Promise<readonly string[]> {
  const all = (await api.ask('persistent_notification/get')) as Fields[];
  return all.map((one) => String(one.notification_id)).filter((id) => id.startsWith('frigate_warden'));
}
