/** One Home Assistant with a fresh configuration of its own: started, onboarded, given its broker, restarted, ended. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../eventually.ts';
import { freePort } from '../ports.ts';
import type { Running } from '../processes.ts';
import { type Api, type Fields, openApi } from './api.ts';
import { CONFIG, startIn } from './chroot.ts';
import type { Core } from './cores.ts';
import { chrootOf } from './install.ts';

export interface HomeAssistant {
  api: Api;
  /** Its log, over all its runs. */
  lines(): readonly string[];
  /** Resolves when it says that it runs. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** By its own action, as the button in its settings does it; whoever runs it starts it again. */
  restart(): Promise<void>;
}

const START_SECONDS = 180;
const STOP_SECONDS = 60;
/** The exit code that asks to be started again. */
const RESTART = 100;
const NAME = 'Warden test';

/** Without `default_config`: nothing of it calls out or listens beside the one port. */
const configuration = (port: number) => `homeassistant:
  name: Test
  latitude: 52.5
  longitude: 13.4
  elevation: 34
  unit_system: metric
  currency: EUR
  country: DE
  language: en
  time_zone: Europe/Berlin
http:
  server_host: 127.0.0.1
  server_port: ${port}
frontend:
history:
logbook:
recorder:
  commit_interval: 1
mobile_app:
automation: !include automations.yaml
script: !include scripts.yaml
logger:
  default: warning
  logs:
    homeassistant.components.mqtt: info
system_log:
  max_entries: 500
`;

/** What is there before its first start, by file. */
const STORED: Readonly<Record<string, { version: number; minor_version: number; data: Fields }>> = {
  // Its HTTP client joins multicast where it may; loopback is enough.
  'core.network': { version: 1, minor_version: 1, data: { configured_adapters: ['lo'] } },
  // This step of the onboarding adds the weather and other services of the internet.
  onboarding: { version: 4, minor_version: 1, data: { done: ['core_config'] } },
};

/** What it adds by itself and what would ask the internet. */
const CALLING_OUT: readonly string[] = ['analytics', 'backup', 'marketplace'];

export async function openHomeAssistant(core: Core, folder: string): Promise<HomeAssistant> {
  const home = join(folder, 'home-assistant');
  mkdirSync(join(home, '.storage'), { recursive: true });
  const port = await freePort();
  writeFileSync(join(home, 'configuration.yaml'), configuration(port));
  // Where its editor writes what a person makes.
  writeFileSync(join(home, 'automations.yaml'), '[]\n');
  writeFileSync(join(home, 'scripts.yaml'), '{}\n');
  for (const [key, stored] of Object.entries(STORED)) {
    writeFileSync(join(home, '.storage', key), JSON.stringify({ key, ...stored }));
  }
  const api = openApi(`http://127.0.0.1:${port}`);
  const runs: Running[] = [];
  const lines = () => runs.flatMap((run) => run.lines());
  const run = () => {
    const words = ['hass', '--config', CONFIG, '--skip-pip', '--log-no-color'];
    runs.push(startIn({ ...chrootOf(core), config: home }, words));
  };
  const untilRunning = async () => {
    const isRunning = async () => {
      const last = runs.at(-1);
      if (last?.ended()) throw new Error(`Home Assistant ended:\n${last.lines().slice(-20).join('\n')}`);
      return ((await api.get('/api/config')) as Fields).state === 'RUNNING';
    };
    await eventually(isRunning, { withinSeconds: START_SECONDS, what: 'Home Assistant says that it runs' });
  };
  run();
  try {
    await onboard(api, port);
    await untilRunning();
    await keepToItself(api);
  } catch (error) {
    await runs.at(-1)?.end('SIGKILL');
    throw error;
  }
  return {
    api,
    lines,
    async start() {
      run();
      await untilRunning();
    },
    async stop() {
      await runs.at(-1)?.end('SIGTERM', STOP_SECONDS);
    },
    async restart() {
      const before = runs.at(-1);
      await api.ask('call_service', { domain: 'homeassistant', service: 'restart' }).catch((error: Error) => {
        // It may be gone before it has answered.
        if (!error.message.includes('is closed')) throw error;
      });
      const what = 'its end for a restart';
      await eventually(() => before?.ended(), { withinSeconds: STOP_SECONDS, what });
      if (before?.child.exitCode !== RESTART) throw new Error(`Home Assistant ended with ${before?.child.exitCode}.`);
      run();
      await untilRunning();
    },
  };
}

/** The first person, as the first visit in a browser makes one, and a token for as long as we need it. */
async function onboard(api: Api, port: number): Promise<void> {
  const client = `http://127.0.0.1:${port}/`;
  await eventually(() => api.get('/api/onboarding'), {
    withinSeconds: START_SECONDS,
    what: 'Home Assistant asks for its first person',
  });
  const person = { client_id: client, name: NAME, username: 'warden', language: 'en' };
  const password = randomBytes(12).toString('hex');
  const { auth_code: code } = (await api.post('/api/onboarding/users', { ...person, password })) as Fields;
  const response = await fetch(`${client}auth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'authorization_code', code: String(code), client_id: client }),
  });
  const { access_token: token } = (await response.json()) as Fields;
  api.logIn(String(token));
  await api.post('/api/onboarding/analytics', {});
  await api.post('/api/onboarding/integration', { client_id: client, redirect_uri: `${client}?auth_callback=1` });
  // The first token lives for half an hour.
  api.logIn(String(await api.ask('auth/long_lived_access_token', { client_name: NAME, lifespan: 1 })));
}

async function keepToItself(api: Api): Promise<void> {
  const entries = (await api.ask('config_entries/get')) as Fields[];
  for (const { entry_id } of entries.filter(({ domain }) => CALLING_OUT.includes(String(domain)))) {
    await api.ask('config_entries/disable', { entry_id, disabled_by: 'user' });
  }
  // Newer ones take the port of the configuration for a trial, and go back after five minutes unless told that it is good.
  await api.ask('http/config/promote').catch((error: Error) => {
    if (!error.message.includes('unknown_command')) throw error;
  });
}

/** The MQTT integration, by the form that a person fills; what it asks for differs from release to release. */
export async function addBroker(api: Api, broker: { port: number }): Promise<void> {
  const path = '/api/config/config_entries/flow';
  let step = (await api.post(path, { handler: 'mqtt' })) as FlowStep;
  if (step.type === 'menu') {
    step = (await api.post(`${path}/${step.flow_id}`, { next_step_id: 'broker' })) as FlowStep;
  }
  const given = filled(step.data_schema ?? [], { broker: '127.0.0.1', port: broker.port });
  const end = (await api.post(`${path}/${step.flow_id}`, given)) as FlowStep;
  if (end.type !== 'create_entry') throw new Error(`The form for MQTT was not taken: ${JSON.stringify(end)}`);
  const isLoaded = async () => {
    const [entry] = (await api.ask('config_entries/get', { domain: 'mqtt' })) as Fields[];
    return entry?.state === 'loaded';
  };
  await eventually(isLoaded, { withinSeconds: 30, what: 'the MQTT integration is loaded' });
}

interface FlowStep {
  type: string;
  flow_id: string;
  data_schema?: readonly Field[];
}

interface Field {
  name: string;
  type?: string;
  required?: boolean;
  default?: unknown;
  schema?: readonly Field[];
  selector?: { boolean?: unknown; select?: { options: readonly (string | { value: string })[] } };
}

/** A field that must be there and says nothing gets the first of what can be chosen. */
function filled(fields: readonly Field[], given: Fields): Fields {
  const values = fields.flatMap((field): [string, unknown][] => {
    if (field.type === 'expandable') return [[field.name, filled(field.schema ?? [], {})]];
    if (field.name in given) return [[field.name, given[field.name]]];
    if (field.required !== true) return [];
    const [first] = field.selector?.select?.options ?? [];
    const chosen = typeof first === 'object' ? first.value : first;
    return [[field.name, field.default ?? (field.selector?.boolean ? false : chosen)]];
  });
  return Object.fromEntries(values);
}
