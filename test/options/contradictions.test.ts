import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../src/options.ts';

type Row = [what: string, value: object, sentence: string];

const frigate = { name: 'House', url: 'http://frigate:5000' };
const cluster = { server: 'https://k:6443', token: 'a-token' };

/** The sentences without the name of their source. */
function sentences(value: object): readonly string[] {
  const answer = checkOptions({ frigates: [frigate], ...value }, 'options.json');
  return answer.ok ? [] : answer.sentences.map((sentence) => sentence.replace(' (in options.json)', ''));
}

describe('options that contradict each other', () => {
  const contradictions: Row[] = [
    [
      'two Frigates whose names make one id',
      { frigates: [frigate, { name: 'hoúse', url: 'http://b' }] },
      'frigates[1].name: is the same as that of frigates[0]; give each its own.',
    ],
    [
      'an id that is made of another name',
      { frigates: [frigate, { name: 'Barn', id: 'house', url: 'http://b' }] },
      'frigates[1].id: is the same as that of frigates[0]; give each its own.',
    ],
    [
      'a name without a letter',
      { frigates: [{ ...frigate, name: '!!' }] },
      'frigates[0].name: "!!" has neither letters a to z nor digits; give it one.',
    ],
    [
      'a password in an address',
      { frigates: [{ name: 'a', url: 'http://me:hunter22@b' }] },
      'frigates[0].url: must not hold a user or password.',
    ],
    [
      'neither an address nor a way through the cluster',
      { kubernetes: cluster, frigates: [{ name: 'a', namespace: 'f' }] },
      'frigates[0].url: is missing; give one such as http://frigate.local:5000, or namespace and service to ask the cluster.',
    ],
    [
      'a service without a namespace',
      { frigates: [{ ...frigate, service: 'frigate' }] },
      'frigates[0].service: needs a namespace; set frigates[].namespace.',
    ],
    [
      'a command without a namespace',
      { frigates: [{ ...frigate, exec: true }] },
      'frigates[0].exec: needs a namespace; set frigates[].namespace.',
    ],
    [
      'a password of Frigate without a user',
      { frigates: [{ ...frigate, password: 'hunter22' }] },
      'frigates[0].username: is missing; Frigate takes no password without one.',
    ],
    [
      'a user of Frigate without a password',
      { frigates: [{ ...frigate, username: 'me' }] },
      'frigates[0].password: is missing; Frigate takes no user without one.',
    ],
    [
      'a login for no address',
      {
        kubernetes: cluster,
        frigates: [{ name: 'a', namespace: 'f', service: 'frigate', username: 'me', password: 'hunter22' }],
      },
      "frigates[0].url: is missing; a login is for an address, the cluster's way needs none.",
    ],
    [
      'a certificate for an address without one',
      { frigates: [{ ...frigate, verify_tls: false }] },
      'frigates[0].verify_tls: means nothing with http://; give an address that begins with https://.',
    ],
    [
      'a fingerprint for an address without a certificate',
      { frigates: [{ ...frigate, tls_fingerprint: 'ab'.repeat(32) }] },
      'frigates[0].tls_fingerprint: means nothing with http://; give an address that begins with https://.',
    ],
    [
      'two ways to judge one certificate',
      { frigates: [{ name: 'a', url: 'https://f:8971', verify_tls: false, tls_fingerprint: 'ab'.repeat(32) }] },
      'frigates[0].verify_tls: leave it out; with tls_fingerprint the certificate must be that very one.',
    ],
    [
      'a namespace without a cluster',
      { frigates: [{ ...frigate, namespace: 'f' }] },
      'frigates[0].namespace: is set, but no cluster is; set kubernetes.server, kubernetes.kubeconfig or in_cluster.',
    ],
    [
      'one workload twice',
      {
        kubernetes: cluster,
        frigates: [
          { ...frigate, namespace: 'f' },
          { name: 'b', url: 'http://b', namespace: 'f' },
        ],
      },
      'frigates[1].workload: f/deployment/frigate is already that of frigates[0].',
    ],
    [
      'a server without a token',
      { kubernetes: { server: 'https://k' } },
      'kubernetes.token: is missing; give the token of a service account for kubernetes.server.',
    ],
    [
      'two ways to one cluster',
      { kubernetes: { ...cluster, in_cluster: true } },
      'kubernetes: give one of server, kubeconfig and in_cluster, not several.',
    ],
    [
      'a login for no broker',
      { mqtt: { password: 'hunter22' } },
      'mqtt.host: is missing; give the address of the broker that the other mqtt options are for.',
    ],
    [
      'a password in a link',
      { links: { grafana: 'http://a:hunter22@b' } },
      'links.grafana: must not hold a user or password; everybody sees it.',
    ],
    [
      'an address for a name',
      { frigates: [{ ...frigate, name: 'http://me:hunter22@b' }] },
      'frigates[0].name: is an address; give a short name, the address belongs to url.',
    ],
    [
      'a name over two lines',
      { frigates: [{ ...frigate, name: 'a\nb' }] },
      'frigates[0].name: holds line breaks or control characters; give a short name.',
    ],
    ...['http://b?key=hunter22', 'http://b/#cameras', 'http://b?'].map(
      (url): Row => [
        `more than an address: ${url}`,
        { frigates: [{ name: 'a', url }] },
        'frigates[0].url: must end before "?" and "#"; give one such as http://frigate:5000.',
      ],
    ),
    [
      'a server that would get the token in clear text',
      { kubernetes: { ...cluster, server: 'http://192.0.2.10:6443' } },
      'kubernetes.server: begins with http://, which would send the token in clear text; use https://.',
    ],
    [
      'a password in the address of the cluster',
      { kubernetes: { ...cluster, server: 'https://me:hunter22@k' } },
      'kubernetes.server: must not hold a user or password; the token is the login.',
    ],
    [
      'more than an address of the cluster',
      { kubernetes: { ...cluster, server: 'https://k/?a=hunter22' } },
      'kubernetes.server: must end before "?" and "#"; give one such as https://192.0.2.10:6443.',
    ],
    [
      'a token for no server',
      { kubernetes: { token: 'hunter22' } },
      'kubernetes.server: is missing; give the address of the Kubernetes API that kubernetes.token is for.',
    ],
    [
      'a certificate authority for no server',
      { kubernetes: { certificate_authority_data: 'hunter22' } },
      'kubernetes.server: is missing; give the address of the Kubernetes API that kubernetes.certificate_authority_data is for.',
    ],
    [
      'a token beside the service account',
      { kubernetes: { token: 'hunter22', in_cluster: true } },
      'kubernetes.token: belongs to kubernetes.server; with in_cluster leave it out.',
    ],
    [
      'a certificate authority beside a kubeconfig',
      { kubernetes: { certificate_authority_data: 'hunter22', kubeconfig: '/a' } },
      'kubernetes.certificate_authority_data: belongs to kubernetes.server; with kubeconfig leave it out.',
    ],
    ...[{ tls: true }, { port: 1883 }, { username: 'me' }].map(
      (mqtt): Row => [
        `a part of a broker: ${JSON.stringify(mqtt)}`,
        { mqtt },
        'mqtt.host: is missing; give the address of the broker that the other mqtt options are for.',
      ],
    ),
    [
      'a password for nobody',
      { mqtt: { host: 'b', password: 'hunter22' } },
      'mqtt.username: is missing; a broker takes no password without one.',
    ],
    [
      'the prefix of discoveries as base topic',
      { mqtt: { base_topic: 'ha', discovery_prefix: 'ha' } },
      'mqtt.base_topic: is the same as mqtt.discovery_prefix; give it a topic of its own such as frigate_warden.',
    ],
    ...[
      { base_topic: 'homeassistant', discovery_prefix: 'ha' },
      { base_topic: 'homeassistant/warden' },
      { base_topic: 'homeassistant/warden', discovery_prefix: 'ha' },
      { base_topic: 'ha/warden', discovery_prefix: 'ha' },
    ].map(
      (mqtt): Row => [
        `a base topic among discoveries: ${JSON.stringify(mqtt)}`,
        { mqtt },
        'mqtt.base_topic: lies where Home Assistant looks for discoveries; give it a topic of its own such as frigate_warden.',
      ],
    ),
    ...['frigate', 'frigate/warden'].map(
      (topic): Row => [
        `a base topic among Frigate's: ${topic}`,
        { mqtt: { base_topic: topic } },
        "mqtt.base_topic: lies among Frigate's own topics, whose commands end in /set too; give it a topic of its own such as frigate_warden.",
      ],
    ),
  ];

  it.each(contradictions)('are refused: %s', (_what, value, sentence) => {
    expect(sentences(value)).toEqual([sentence]);
    expect(sentence).not.toContain('hunter22');
  });

  const allowed: [what: string, value: object][] = [
    ['a base topic that only begins like one of Frigate', { mqtt: { base_topic: 'frigate_warden' } }],
    ['a base topic that only begins like the prefix', { mqtt: { base_topic: 'homeassistant2' } }],
    ['a base topic of two levels', { mqtt: { base_topic: 'home/warden' } }],
    ['no TLS and no broker', { mqtt: { tls: false } }],
    ['a user without a password', { mqtt: { host: 'b', username: 'me' } }],
    ['a path to the cluster', { kubernetes: { ...cluster, server: 'https://k/k8s/clusters/c' } }],
    ...['127.0.0.1', 'localhost', '[::1]'].map((host): [string, object] => [
      `plain http to ${host}`,
      { kubernetes: { ...cluster, server: `http://${host}:6443` } },
    ]),
    ['a link with a query', { links: { grafana: 'http://g/d?x=1#top' } }],
  ];
  it.each(allowed)('are not: %s', (_what, value) => expect(sentences(value)).toEqual([]));
});
