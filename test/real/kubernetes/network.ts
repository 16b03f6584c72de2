/**
 * The network of one run: two switches, a namespace for each machine, a cable from each to both switches. All of it lives
 * in the run's own world, so names and addresses collide with nothing, and it is gone when the world is.
 *
 *   lan   10.98.0.0/24   the house: the Wardens (.1), the API server as they see it (.2), the nodes (.10 + n)
 *   back  10.97.0.0/24   the cluster's own: the API server as kubelets see it (.254), the nodes (.n)
 *   pods  10.99.n.0/24   behind node n
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

export const PLANE = { lan: '10.98.0.2', back: '10.97.0.254' } as const;

export const nodeAddress = (index: number) => `10.97.0.${index}`;
export const podAddress = (index: number, host: number) => `10.99.${index}.${host}`;

export interface Cable {
  plug(): void;
  unplug(): void;
}

export function ip(...words: readonly string[]): void {
  execFileSync('ip', [...words], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** The words that run a program in a namespace; it takes the place of nsenter, so its id is the child's. */
export const inside = (namespace: string) => ['nsenter', `--net=/run/netns/${namespace}`, '--'] as const;

/** Called once, in a fresh network and mount namespace. */
export function layNetwork(): void {
  mkdirSync('/run/netns', { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run/netns']);
  ip('link', 'set', 'lo', 'up');
  for (const name of ['lan', 'back']) {
    ip('link', 'add', name, 'type', 'bridge');
    ip('link', 'set', name, 'up');
  }
  ip('addr', 'add', '10.98.0.1/24', 'dev', 'lan');
}

/** The control plane's machine, with its cable to the house. */
export function layPlane(): Cable {
  ip('netns', 'add', 'plane');
  ip('-n', 'plane', 'link', 'set', 'lo', 'up');
  const lan = layCable('plane', 'lan', 'cp', PLANE.lan);
  layCable('plane', 'back', 'cp', PLANE.back);
  return lan;
}

/** A node's machine: both cables as one, and a bridge for its pods. */
export function layNode(index: number): Cable & { namespace: string } {
  const namespace = `node-${index}`;
  ip('netns', 'add', namespace);
  ip('-n', namespace, 'link', 'set', 'lo', 'up');
  const [lan, back] = [`10.98.0.${10 + index}`, nodeAddress(index)];
  const cables = [layCable(namespace, 'lan', `n${index}`, lan), layCable(namespace, 'back', `n${index}`, back)];
  ip('-n', namespace, 'link', 'add', 'pods', 'type', 'bridge');
  ip('-n', namespace, 'addr', 'add', `${podAddress(index, 1)}/24`, 'dev', 'pods');
  ip('-n', namespace, 'link', 'set', 'pods', 'up');
  const [command = '', ...words] = inside(namespace);
  execFileSync(command, [...words, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  const pods = podAddress(index, 0);
  ip('route', 'add', `${pods}/24`, 'via', lan);
  ip('-n', 'plane', 'route', 'add', `${pods}/24`, 'via', back);
  return {
    namespace,
    plug: () => cables.forEach((cable) => void cable.plug()),
    unplug: () => cables.forEach((cable) => void cable.unplug()),
  };
}

function layCable(namespace: string, bridge: 'lan' | 'back', machine: string, address: string): Cable {
  const near = `${bridge}-${machine}`;
  ip('link', 'add', near, 'type', 'veth', 'peer', 'name', bridge, 'netns', namespace);
  ip('link', 'set', near, 'master', bridge, 'up');
  ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', bridge);
  ip('-n', namespace, 'link', 'set', bridge, 'up');
  return { plug: () => ip('link', 'set', near, 'up'), unplug: () => ip('link', 'set', near, 'down') };
}
