import { describe, expect, it } from 'vitest';
import { WHOLE } from '../../src/options/sentences.ts';
import { checkOptions } from '../../src/options.ts';

const frigate = { name: 'House', url: 'http://frigate:5000' };

function sentences(value: unknown): readonly string[] {
  const answer = checkOptions(value, 'options.json');
  return answer.ok ? [] : answer.sentences.map((sentence) => sentence.replace(' (in options.json)', ''));
}

describe('a wrong option gets a sentence', () => {
  const rows: [value: unknown, said: string][] = [
    [[], `The options: a list is not right; give ${WHOLE}.`],
    [5, `The options: a number is not right; give ${WHOLE}.`],
    ['hunter22', `The options: a text is not right; give ${WHOLE}.`],
    [null, `The options: there are none; give ${WHOLE}.`],
    ['', `The options: there are none; give ${WHOLE}.`],
    [{ frigates: [] }, 'frigates: is empty; name at least one.'],
    [{ frigates: 5 }, 'frigates: a number is not right; give a list.'],
    [{ frigates: [5] }, 'frigates[0]: a number is not right; give a group of options in braces.'],
    [{ frigates: [{ url: 'http://a' }] }, 'frigates[0].name: is missing; give a text.'],
    [
      { frigates: [{ name: 'a' }] },
      'frigates[0].url: is missing; give one such as http://frigate.local:5000, or namespace and service to ask the cluster.',
    ],
    [
      { frigates: [{ name: 'a', url: 'frigate:5000' }] },
      'frigates[0].url: this text is not right; give one such as http://frigate.local:5000.',
    ],
    [
      { frigates: [{ ...frigate, name: 'long '.repeat(13) }] },
      `frigates[0].name: "${'long '.repeat(11)}l…" is not right; it may have 60 characters.`,
    ],
    [
      { frigates: [{ ...frigate, id: 'Front house' }] },
      'frigates[0].id: "Front house" is not right; ' +
        'give one such as front_house: small letters, digits and single "_" between them.',
    ],
    [{ frigates: [{ ...frigate, nam: 1 }] }, 'frigates[0].nam: there is no such option; did you mean name.'],
    [
      { frigates: [{ ...frigate, cameras_ignored: [5] }] },
      'frigates[0].cameras_ignored[0]: 5 is not right; give a text.',
    ],
    [
      { frigates: [{ ...frigate, workload: 'pod/x' }] },
      'frigates[0].workload: "pod/x" is not right; give it as deployment/frigate, statefulset/frigate or daemonset/frigate.',
    ],
    [
      { frigates: [{ ...frigate, namespace: 'Big' }] },
      'frigates[0].namespace: "Big" is not right; give a Kubernetes name such as frigate: small letters, digits, "-" and ".".',
    ],
    [
      { frigates: [{ ...frigate, rules: { restarts_per_hour: 0 } }] },
      'frigates[0].rules.restarts_per_hour: 0 is not right; the least is 1.',
    ],
    [
      { frigates: [frigate], intervall_seconds: 5 },
      'intervall_seconds: there is no such option; did you mean interval_seconds.',
    ],
    [{ frigates: [frigate], interval_seconds: '30' }, 'interval_seconds: "30" is not right; give a number.'],
    [{ frigates: [frigate], interval_seconds: 7.5 }, 'interval_seconds: 7.5 is not right; give a whole number.'],
    [{ frigates: [frigate], interval_seconds: 301 }, 'interval_seconds: 301 is not right; the most is 300.'],
    [{ frigates: [frigate], automatic_restarts: 1 }, 'automatic_restarts: 1 is not right; give true or false.'],
    [
      { frigates: [frigate], remedies: ['reboot'] },
      'remedies[0]: "reboot" is not right; give rollout, delete_pod, in_place.',
    ],
    [
      { frigates: [frigate], interval_seconds: Number.POSITIVE_INFINITY },
      'interval_seconds: this number is too large to be read; give one of ordinary size.',
    ],
    [{ frigates: [frigate], interval_seconds: 1e300 }, 'interval_seconds: 1e+300 is not right; the most is 300.'],
    [{ frigates: [frigate], mqtt: true }, 'mqtt: true is not right; give a group of options in braces.'],
    [{ frigates: [frigate], log_level: 'loud' }, 'log_level: "loud" is not right; give debug, info, warn, error.'],
    [
      { frigates: [frigate], mqtt: { host: 'b', password: 5 } },
      'mqtt.password: this number is not right; give a text.',
    ],
    [
      { frigates: [frigate], mqtt: { base_topic: 'a/#' } },
      'mqtt.base_topic: "a/#" is not right; give a topic such as frigate_warden, without "#", "+", blanks and empty levels.',
    ],
    [
      { frigates: [frigate], kubernetes: { sserver: 'x' } },
      'kubernetes.sserver: there is no such option; did you mean server.',
    ],
    [
      { frigates: [frigate], links: { pictures: 'x' } },
      'links.pictures: there is no such option; there are grafana, frigate, runbook.',
    ],
  ];
  it.each(rows)('%j', (value, said) => expect(sentences(value)).toEqual([said]));

  it('for each thing that is wrong, all at once', () => {
    expect(sentences({ frigates: [{ url: 1 }], interval_seconds: 1, log_level: 1 })).toHaveLength(4);
  });

  it.each(['token', 'certificate_authority_data', 'kubeconfig', 'server'])(
    'that never quotes kubernetes.%s',
    (name) => {
      const said = sentences({ frigates: [frigate], kubernetes: { [name]: ['hunter22'], token2: 'hunter22' } }).join(
        '\n',
      );
      expect(said).toContain(`kubernetes.${name}: a list is not right`);
      expect(said).not.toContain('hunter22');
    },
  );

  it('that never quotes an address, which may hold a password', () => {
    expect(sentences({ frigates: [{ name: 'a', url: 'ftp://me:hunter22@b' }] }).join()).not.toContain('hunter22');
  });

  const HOSTS = [
    'mqtt://broker',
    'broker:1883',
    'broker/path',
    'me@broker',
    'me:hunter22@broker',
    'my broker',
    '1883',
    '1.2.3',
    '[fe80',
    '-a',
    'a..b',
    'a.'.repeat(127),
    5,
  ];
  it.each(HOSTS)('where mqtt.host is %j', (host) => {
    const kind = typeof host === 'string' ? 'text' : 'number';
    expect(sentences({ frigates: [frigate], mqtt: { host } })).toEqual([
      `mqtt.host: this ${kind} is not right; give a host name or an address such as 192.0.2.20, without mqtt://, port, path and user.`,
    ]);
  });

  it.each(['core-mosquitto', 'my_broker.local', 'broker.local.', '192.0.2.20', '::1', 'fe80::1', 'bröker'])(
    'but not where mqtt.host is "%s"',
    (host) => expect(sentences({ frigates: [frigate], mqtt: { host } })).toEqual([]),
  );

  it.each(['a b', 'a\u0007b', 'a\u200bb', '/a', 'a/', 'a//b', 'a+', '#', '$SYS', 'a\nb'])(
    'where a topic is %j',
    (topic) => {
      for (const name of ['base_topic', 'discovery_prefix']) {
        expect(sentences({ frigates: [frigate], mqtt: { [name]: topic } })).toEqual([
          expect.stringMatching(new RegExp(`^mqtt\\.${name}: .* is not right; give a topic such as frigate_warden`)),
        ]);
      }
    },
  );

  it.each(['frigate:5000', 'http:frigate', 'http:\\\\frigate', 'http://', 'http://a b', 'ftp://frigate', 'http://[x]'])(
    'where an address is "%s"',
    (url) => {
      const said = expect.stringMatching(/: this text is not right; give one such as http/);
      expect(sentences({ frigates: [{ name: 'a', url }] })).toEqual([said]);
      expect(sentences({ frigates: [frigate], links: { grafana: url } })).toEqual([said]);
    },
  );

  const leaks: [what: string, value: unknown][] = [
    ['a Frigate', { frigates: ['http://me:hunter22@x'] }],
    ['a Frigate, without a sign of an address', { frigates: ['hunter22'] }],
    ['the list of Frigates', { frigates: 'hunter22' }],
    ['mqtt', { frigates: [frigate], mqtt: 'mqtt://me:hunter22@x' }],
    ['mqtt, without a sign of an address', { frigates: [frigate], mqtt: 'hunter22' }],
    ['kubernetes', { frigates: [frigate], kubernetes: 'hunter22' }],
    ['a link', { frigates: [frigate], links: { grafana: 'hunter22' } }],
    ['a list in a link', { frigates: [frigate], links: { grafana: ['hunter22'] } }],
    ['a name', { frigates: [{ ...frigate, name: `http://me:hunter22@x/${'x'.repeat(60)}` }] }],
    ['a container', { frigates: [{ ...frigate, container: 'http://me:hunter22@x' }] }],
    ['a namespace that is a mail address', { frigates: [{ ...frigate, namespace: 'me+hunter22@x' }] }],
    ['a workload that is a token', { frigates: [{ ...frigate, workload: 'eyJhbGciOiJSUzI1NiIhunter22' }] }],
    ['a topic', { frigates: [frigate], mqtt: { base_topic: 'mqtt://me:hunter22@x/#' } }],
    ['a limit', { frigates: [{ ...frigate, rules: { inference_ms: 'http://me:hunter22@x' } }] }],
    ["a limit's line", { frigates: [{ ...frigate, rules: ['inference_ms=http://me:hunter22@x'] }] }],
    ['a line without a limit', { frigates: [{ ...frigate, rules: ['hunter22'] }] }],
    ['a text for the lines', { frigates: [{ ...frigate, rules: 'hunter22' }] }],
    ['a line that is an address', { frigates: [{ ...frigate, rules: ['http://me:hunter22@x'] }] }],
    ['the value of an unknown option', { frigates: [frigate], mqtt: { pasword: 'hunter22' } }],
    ['a group in an unknown option', { frigates: [frigate], brokers: { a: ['hunter22'] } }],
    ['an unknown option that is an address', { frigates: [frigate], 'mqtt://me:hunter22@x': 1 }],
    ['an unknown option that is a login', { frigates: [frigate], mqtt: { 'me:hunter22@x': 1 } }],
    ['an unknown option that is a token', { frigates: [frigate], mqtt: { eyJhbGciOiJSUzI1NiIhunter22: 1 } }],
    ['a user for the broker', { frigates: [frigate], mqtt: { host: 'b', username: ['hunter22'] } }],
  ];
  it.each(leaks)('that never quotes what may be a secret: %s', (_what, value) => {
    const said = sentences(value);
    expect(said).not.toEqual([]);
    expect(said.join()).not.toContain('hunter22');
    expect(said.join()).not.toContain('\n');
  });

  it('that says of an unknown option that is not shown where it stands and which there are', () => {
    expect(sentences({ frigates: [frigate], links: { 'http://me:hunter22@x': 1 } })).toEqual([
      'links: has a name in it that is no option, and that may be a secret; there are grafana, frigate, runbook.',
    ]);
  });
});
