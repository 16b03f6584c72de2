/** What each option allows and all together do not. One sentence each; no value that may be a secret is in one. */
import { quoted } from './quoting.ts';
import type { OptionsForm } from './schema.ts';

/** `ids[i]` is the id of `frigates[i]`: its own, or one that is made of its name. */
export function contradictionsIn(options: OptionsForm, ids: readonly string[]): readonly string[] {
  return [
    ...options.frigates.flatMap((frigate, place) => [
      ...ofFrigate(frigate, `frigates[${place}]`),
      ...ofWays(frigate, `frigates[${place}]`),
    ]),
    ...twins(options, ids),
    ...ofKubernetes(options),
    ...ofMqtt(options.mqtt),
    ...Object.entries(options.links).flatMap(([name, url]) =>
      url !== undefined && hasUserInfo(url)
        ? [`links.${name}: must not hold a user or password; everybody sees it.`]
        : [],
    ),
  ];
}

function ofFrigate({ name, url }: OptionsForm['frigates'][number], path: string): readonly string[] {
  const found: string[] = [];
  if (name.includes('://')) found.push(`${path}.name: is an address; give a short name, the address belongs to url.`);
  if (/\p{Cc}/u.test(name)) found.push(`${path}.name: holds line breaks or control characters; give a short name.`);
  if (url === undefined) return found;
  if (hasUserInfo(url)) found.push(`${path}.url: must not hold a user or password.`);
  if (/[?#]/.test(url)) found.push(`${path}.url: must end before "?" and "#"; give one such as http://frigate:5000.`);
  return found;
}

/** How it is asked: by an address, through the cluster, or both. */
function ofWays(frigate: OptionsForm['frigates'][number], path: string): readonly string[] {
  const { url, namespace, service, exec, username, password, tls_fingerprint: fingerprint, verify_tls } = frigate;
  const found: string[] = [];
  if (url === undefined && (namespace === undefined || service === undefined)) {
    found.push(
      `${path}.url: is missing; ` +
        'give one such as http://frigate.local:5000, or namespace and service to ask the cluster.',
    );
  }
  for (const [name, isSet] of [['service', service !== undefined] as const, ['exec', exec] as const]) {
    if (isSet && namespace === undefined) found.push(`${path}.${name}: needs a namespace; set frigates[].namespace.`);
  }
  if (username === undefined && password !== undefined) {
    found.push(`${path}.username: is missing; Frigate takes no password without one.`);
  }
  if (username !== undefined && password === undefined) {
    found.push(`${path}.password: is missing; Frigate takes no user without one.`);
  }
  if (username !== undefined && url === undefined) {
    found.push(`${path}.url: is missing; a login is for an address, the cluster's way needs none.`);
  }
  const isPlain = url?.startsWith('http://') === true;
  if (isPlain && (fingerprint !== undefined || !verify_tls)) {
    const name = fingerprint === undefined ? 'verify_tls' : 'tls_fingerprint';
    found.push(`${path}.${name}: means nothing with http://; give an address that begins with https://.`);
  }
  if (fingerprint !== undefined && !verify_tls) {
    found.push(`${path}.verify_tls: leave it out; with tls_fingerprint the certificate must be that very one.`);
  }
  return found;
}

/** What each Frigate must have for itself, and a cluster for those that name a namespace. */
function twins({ frigates, kubernetes }: OptionsForm, ids: readonly string[]): readonly string[] {
  const found: string[] = [];
  const seen = new Map<string, number>();
  const workloads = new Map<string, number>();
  for (const [place, { name, id: given, namespace, workload: kindAndName }] of frigates.entries()) {
    const path = `frigates[${place}]`;
    const id = ids[place] ?? '';
    if (id === '') found.push(`${path}.name: ${quoted(name)} has neither letters a to z nor digits; give it one.`);
    const twin = seen.get(id);
    const by = given === undefined ? 'name' : 'id';
    if (twin !== undefined) found.push(`${path}.${by}: is the same as that of frigates[${twin}]; give each its own.`);
    seen.set(id, place);
    if (namespace === undefined) continue;
    if (waysTo(kubernetes).length === 0) {
      found.push(
        `${path}.namespace: is set, but no cluster is; set kubernetes.server, kubernetes.kubeconfig or in_cluster.`,
      );
    }
    const workload = `${namespace}/${kindAndName}`;
    const other = workloads.get(workload);
    if (other !== undefined) found.push(`${path}.workload: ${workload} is already that of frigates[${other}].`);
    workloads.set(workload, place);
  }
  return found;
}

function waysTo({ server, kubeconfig, in_cluster }: OptionsForm['kubernetes']): readonly string[] {
  return [
    ...(server === undefined ? [] : ['server']),
    ...(kubeconfig === undefined ? [] : ['kubeconfig']),
    ...(in_cluster ? ['in_cluster'] : []),
  ];
}

function ofKubernetes({ kubernetes }: OptionsForm): readonly string[] {
  const { server, token, certificate_authority_data: authority } = kubernetes;
  const found: string[] = [];
  const ways = waysTo(kubernetes);
  if (ways.length > 1) found.push('kubernetes: give one of server, kubeconfig and in_cluster, not several.');
  if (server !== undefined) found.push(...ofServer(server));
  if (server !== undefined && token === undefined) {
    found.push('kubernetes.token: is missing; give the token of a service account for kubernetes.server.');
  }
  if (server !== undefined) return found;
  for (const name of [token && 'token', authority && 'certificate_authority_data'].filter((one) => one !== undefined)) {
    const [way] = ways;
    found.push(
      way === undefined
        ? `kubernetes.server: is missing; give the address of the Kubernetes API that kubernetes.${name} is for.`
        : `kubernetes.${name}: belongs to kubernetes.server; with ${way} leave it out.`,
    );
  }
  return found;
}

/** As the door sees it, but before anything is opened. */
function ofServer(server: string): readonly string[] {
  const { protocol, hostname } = new URL(server);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return [
    ...(protocol === 'http:' && !isLoopback
      ? ['kubernetes.server: begins with http://, which would send the token in clear text; use https://.']
      : []),
    ...(hasUserInfo(server) ? ['kubernetes.server: must not hold a user or password; the token is the login.'] : []),
    ...(/[?#]/.test(server)
      ? ['kubernetes.server: must end before "?" and "#"; give one such as https://192.0.2.10:6443.']
      : []),
  ];
}

/** Where Home Assistant looks for discoveries unless told otherwise, and where Frigate has its topics. */
const HOME_ASSISTANT = 'homeassistant';
const FRIGATE = 'frigate';

function ofMqtt(mqtt: OptionsForm['mqtt']): readonly string[] {
  const found: string[] = [];
  const { host, username, password, port, tls, base_topic: base, discovery_prefix: prefix } = mqtt;
  if (host === undefined && ((username ?? password ?? port) !== undefined || tls)) {
    found.push('mqtt.host: is missing; give the address of the broker that the other mqtt options are for.');
  } else if (username === undefined && password !== undefined) {
    found.push('mqtt.username: is missing; a broker takes no password without one.');
  }
  const right = 'give it a topic of its own such as frigate_warden';
  if (base === prefix) found.push(`mqtt.base_topic: is the same as mqtt.discovery_prefix; ${right}.`);
  else if (isUnder(base, prefix) || isUnder(base, HOME_ASSISTANT)) {
    found.push(`mqtt.base_topic: lies where Home Assistant looks for discoveries; ${right}.`);
  } else if (isUnder(base, FRIGATE)) {
    // <base>/+/+/set would hear what is meant for a camera: frigate/<camera>/detect/set.
    found.push(`mqtt.base_topic: lies among Frigate's own topics, whose commands end in /set too; ${right}.`);
  }
  return found;
}

function isUnder(topic: string, root: string): boolean {
  return topic === root || topic.startsWith(`${root}/`);
}

function hasUserInfo(url: string): boolean {
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}
