import { describe, expect, it } from 'vitest';
import {
  checkOptions,
  hasCluster,
  idOf,
  optionsForUrl,
  RULE_DEFAULTS,
  readOptions,
  rulesOf,
  secretsOf,
} from '../src/options.ts';

const frigate = { name: 'House', url: 'http://frigate:5000' };
const cluster = { server: 'https://k:6443', token: 'a-token' };

/** The sentences without the name of their source. */
function sentences(value: unknown): readonly string[] {
  const answer = checkOptions(value, 'options.json');
  return answer.ok ? [] : answer.sentences.map((sentence) => sentence.replace(' (in options.json)', ''));
}

function options(value: object) {
  const answer = checkOptions({ frigates: [frigate], ...value }, 'options.json');
  if (!answer.ok) throw new Error(answer.sentences.join('\n'));
  return answer.options;
}

describe('options', () => {
  it('have defaults for all but the Frigates', () => {
    expect(options({})).toEqual({
      interval_seconds: 30,
      frigates: [
        {
          ...frigate,
          verify_tls: true,
          workload: 'deployment/frigate',
          pod_port: 5000,
          exec: false,
          ledger: 'frigate-health-state',
          cameras_ignored: [],
          restart_with_cameras_off: false,
          rules: {},
        },
      ],
      kubernetes: { in_cluster: false, lease: 'frigate-warden' },
      rules: {},
      remedies: ['rollout'],
      automatic_restarts: true,
      mqtt: { tls: false, base_topic: 'frigate_warden', discovery_prefix: 'homeassistant' },
      links: {},
      maintenance_hours: 4,
      history_megabytes: 256,
      log_level: 'info',
    });
  });

  it('take an emptied field of a form for one that is not set', () => {
    expect(options({ mqtt: { host: '', username: null, password: '' }, links: { grafana: '' } })).toEqual(options({}));
  });

  it('name the source in every sentence', () => {
    expect(checkOptions({}, 'my.json')).toEqual({
      ok: false,
      sentences: ['frigates: is missing; give a list. (in my.json)'],
    });
  });

  it('say that a file is not JSON, without quoting it', () => {
    const answer = readOptions('{"token": hunter22', 'options.json');
    expect(answer).toEqual({
      ok: false,
      sentences: ['options.json is not JSON; check its commas, quotes and braces.'],
    });
  });

  it('are read from a text, also from one with a byte order mark', () => {
    const text = JSON.stringify({ frigates: [frigate] });
    expect(readOptions(text, 'x').ok).toBe(true);
    expect(readOptions(`\uFEFF${text}`, 'x').ok).toBe(true);
  });

  it.each(['', ' \n', '\uFEFF'])('say of an empty file what it must hold: %j', (text) => {
    expect(readOptions(text, 'options.json')).toEqual({
      ok: false,
      sentences: [
        'options.json is empty; give a group in braces with at least {"frigates": [{"name": "Frigate", "url": "http://frigate.local:5000"}]}.',
      ],
    });
  });

  it.each(['http://f:5000', 'http://f:5000/', 'http://f:5000//', ' http://f:5000 '])(
    'take "%s" for one address',
    (url) => {
      expect(options({ frigates: [{ name: 'a', url }] }).frigates[0]?.url).toBe('http://f:5000');
    },
  );

  it('say of a number that no number can hold that it is too large', () => {
    expect(readOptions(`{"frigates": [${JSON.stringify(frigate)}], "interval_seconds": 1e400}`, 'x')).toEqual({
      ok: false,
      sentences: ['interval_seconds: this number is too large to be read; give one of ordinary size. (in x)'],
    });
  });

  it('take an address with a path, as an ingress has', () => {
    expect(options({ frigates: [{ name: 'a', url: 'https://h/frigate/' }] }).frigates[0]?.url).toBe(
      'https://h/frigate',
    );
  });

  it('take "warning" for warn, and an address in brackets for the bare one', () => {
    expect(options({ log_level: 'warning' }).log_level).toBe('warn');
    expect(options({ mqtt: { host: '[::1]' } }).mqtt.host).toBe('::1');
  });

  it('say what is wrong with lines of limits together with all else', () => {
    expect(sentences({ frigates: [{ ...frigate, rules: ['often'] }], interval_seconds: 1 })).toHaveLength(2);
  });

  it('for one address only observe it', () => {
    expect(optionsForUrl('http://f:5000')).toMatchObject({
      ok: true,
      options: { remedies: [], automatic_restarts: false, frigates: [{ url: 'http://f:5000' }] },
    });
    expect(optionsForUrl('f:5000')).toMatchObject({
      ok: false,
      sentences: [expect.stringContaining('(in --frigate)')],
    });
  });
});

describe('what is read from options', () => {
  it('are limits: of one Frigate before those of all, before the defaults', () => {
    const all = options({
      rules: { restarts_per_hour: 1, inference_ms: 50 },
      frigates: [{ ...frigate, rules: { inference_ms: 40 } }],
    });
    const [first] = all.frigates;
    if (!first) throw new Error('There is one.');
    expect(rulesOf(all, first)).toEqual({ ...RULE_DEFAULTS, restarts_per_hour: 1, inference_ms: 40 });
  });

  it('are the secrets, so that they can be hidden', () => {
    expect(
      secretsOf(options({ kubernetes: cluster, mqtt: { host: 'b', username: 'me', password: 'hunter22' } })),
    ).toEqual(['a-token', 'hunter22']);
    expect(secretsOf(options({}))).toEqual([]);
  });

  it.each<[kubernetes: object, has: boolean]>([
    [{}, false],
    [cluster, true],
    [{ in_cluster: true }, true],
    [{ kubeconfig: '/a' }, true],
  ])('is whether there is a cluster: %j is %s', (kubernetes, has) => {
    expect(hasCluster(options({ kubernetes }))).toBe(has);
  });

  it.each([
    ['Front house', 'front_house'],
    ['  Überwachung #2 ', 'uberwachung_2'],
    ['a--b__c', 'a_b_c'],
    ['摄像', ''],
  ])('is an id: of "%s" it is "%s"', (name, id) => expect(idOf({ name })).toBe(id));

  it('is an id only where none is given', () => {
    expect(idOf({ name: 'Front house', id: 'barn' })).toBe('barn');
  });
});
