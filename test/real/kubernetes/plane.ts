/** The control plane: etcd, API server, controllers and scheduler as processes in a namespace of their own. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../eventually.ts';
import { type Running, start } from '../processes.ts';
import { type Api, openApi } from './api.ts';
import { AUDIT_POLICY } from './audit.ts';
import type { Binaries } from './binaries.ts';
import { type Authority, type Certificate, openAuthority } from './certificates.ts';
import { inside, layPlane, PLANE } from './network.ts';

export interface Plane {
  /** As the house sees it. */
  server: string;
  authority: Authority;
  admin: Api;
  auditFile: string;
  /** It takes connections and never answers. */
  freeze(): void;
  thaw(): void;
  /** Connections are refused; what is stored stays. */
  kill(): Promise<void>;
  revive(): Promise<void>;
  /** The cable to the house; the nodes keep theirs. */
  unplug(): void;
  plug(): void;
}

/** Short, so that a lost node is seen soon; long enough for a machine with other things to do. */
export const NODE_GRACE_SECONDS = 20;

export async function openPlane(folder: string, programs: Binaries): Promise<Plane> {
  const cable = layPlane();
  const authority = openAuthority(join(folder, 'certificates'));
  const admin = authority.issue('admin', '/O=system:masters/CN=admin');
  const run = (program: string, words: readonly string[]): Running => {
    const [command, ...before] = inside('plane');
    return start(command, [...before, program, ...words]);
  };
  const etcd = run(programs.etcd, etcdWords(join(folder, 'etcd')));
  const auditFile = join(folder, 'audit.log');
  const serverWords = apiServerWords(folder, authority, auditFile);
  const server = `https://${PLANE.lan}:6443`;
  const api = openApi({ server, authority: authority.pem, as: admin });
  let apiServer: Running;

  async function begin(): Promise<void> {
    apiServer = run(programs['kube-apiserver'], serverWords);
    const isReady = async () => {
      if (apiServer.ended() || etcd.ended()) return true;
      return (await api.get<string>('/readyz')) === 'ok';
    };
    await eventually(isReady, { withinSeconds: 60, what: 'the API server is ready' });
    for (const [name, one] of Object.entries({ etcd, 'the API server': apiServer })) {
      if (one.ended()) throw new Error(`${name} ended: ${one.lines().slice(-5).join('\n')}`);
    }
  }

  await begin();
  const kubeconfig = (name: string, subject: string) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, kubeconfigOf(authority, authority.issue(name, subject)));
    return file;
  };
  const controllers = kubeconfig('controllers', '/CN=system:kube-controller-manager');
  run(programs['kube-controller-manager'], controllerWords(folder, authority, controllers));
  const scheduler = kubeconfig('scheduler', '/CN=system:kube-scheduler');
  run(programs['kube-scheduler'], [`--kubeconfig=${scheduler}`, '--leader-elect=false', '--bind-address=127.0.0.1']);
  return {
    server,
    authority,
    admin: api,
    auditFile,
    freeze: () => void apiServer.child.kill('SIGSTOP'),
    thaw: () => void apiServer.child.kill('SIGCONT'),
    kill: async () => void (await apiServer.end('SIGKILL')),
    revive: begin,
    unplug: cable.unplug,
    plug: cable.plug,
  };
}

function etcdWords(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return [
    `--data-dir=${folder}`,
    '--unsafe-no-fsync',
    '--listen-client-urls=http://127.0.0.1:2379',
    '--advertise-client-urls=http://127.0.0.1:2379',
    '--listen-peer-urls=http://127.0.0.1:2380',
    '--log-level=warn',
  ];
}

function apiServerWords(folder: string, authority: Authority, auditFile: string): readonly string[] {
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(join(folder, 'accounts.key'), keys.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'accounts.pub'), keys.publicKey);
  writeFileSync(join(folder, 'audit-policy.json'), JSON.stringify(AUDIT_POLICY));
  const addresses = [PLANE.lan, PLANE.back, '127.0.0.1', '10.96.0.1'].map((address) => `IP:${address}`);
  const names = ['DNS:localhost', 'DNS:kubernetes', 'DNS:kubernetes.default.svc', ...addresses];
  const serving = authority.issue('server', '/CN=kube-apiserver', names);
  const toKubelets = authority.issue('to-kubelets', '/O=system:masters/CN=kube-apiserver-kubelet-client');
  return [
    '--etcd-servers=http://127.0.0.1:2379',
    '--bind-address=0.0.0.0',
    '--secure-port=6443',
    `--advertise-address=${PLANE.lan}`,
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    `--tls-cert-file=${serving.cert}`,
    `--tls-private-key-file=${serving.key}`,
    `--client-ca-file=${authority.file}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(folder, 'accounts.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'accounts.key')}`,
    '--allow-privileged=true',
    // By their names nobody would find them.
    '--kubelet-preferred-address-types=InternalIP',
    `--kubelet-certificate-authority=${authority.file}`,
    `--kubelet-client-certificate=${toKubelets.cert}`,
    `--kubelet-client-key=${toKubelets.key}`,
    `--audit-policy-file=${join(folder, 'audit-policy.json')}`,
    `--audit-log-path=${auditFile}`,
  ];
}

function controllerWords(folder: string, authority: Authority, kubeconfig: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${join(folder, 'accounts.key')}`,
    `--root-ca-file=${authority.file}`,
    `--node-monitor-grace-period=${NODE_GRACE_SECONDS}s`,
    '--node-monitor-period=2s',
    `--node-startup-grace-period=${NODE_GRACE_SECONDS}s`,
  ];
}

/** Over its own loopback, so that the house's cable is nothing to it. JSON is YAML as well. */
function kubeconfigOf(authority: Authority, { cert, key }: Certificate): string {
  const cluster = { server: 'https://127.0.0.1:6443', 'certificate-authority': authority.file };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'rig', cluster }],
    users: [{ name: 'own', user: { 'client-certificate': cert, 'client-key': key } }],
    contexts: [{ name: 'rig', context: { cluster: 'rig', user: 'own' } }],
    'current-context': 'rig',
  });
}
