/** What the shipped rights and policies do not allow, asked with the Warden's own token. */
import assert from 'node:assert/strict';
import { type Api, openApi, Refused } from '../api.ts';
import type { Scenario } from '../scenario.ts';
import { comes } from './steps.ts';

interface Scene {
  api: Api;
  namespace: string;
  core: string;
  apps: string;
  pod: string;
}

const image = { spec: { template: { spec: { containers: [{ name: 'frigate', image: 'evil' }] } } } };
const rolebinding = { metadata: { name: 'more' }, roleRef: { kind: 'ClusterRole', name: 'admin' }, subjects: [] };

/** TABLE: calls that a stolen token would try. */
const CALLS: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'list secrets': ({ api, core }) => api.get(`${core}/secrets`),
  'read its own token secret': ({ api, core }) => api.get(`${core}/secrets/frigate-warden-token`),
  'list secrets everywhere': ({ api }) => api.get('/api/v1/secrets'),
  'list namespaces': ({ api }) => api.get('/api/v1/namespaces'),
  'delete the namespace': ({ api, core }) => api.delete(core),
  'read another deployment': ({ api, apps }) => api.get(`${apps}/other`),
  'list deployments': ({ api, apps }) => api.get(apps),
  'patch another deployment': ({ api, apps }) => api.patch('merge', `${apps}/other`, { spec: { replicas: 0 } }),
  'change the image': ({ api, apps }) => api.patch('strategic', `${apps}/frigate`, image),
  'scale by the workload': ({ api, apps }) => api.patch('merge', `${apps}/frigate`, { spec: { replicas: 0 } }),
  'scale by the subresource': ({ api, apps }) => api.patch('merge', `${apps}/frigate/scale`, { spec: { replicas: 0 } }),
  'pause it': ({ api, apps }) => api.patch('merge', `${apps}/frigate`, { spec: { paused: true } }),
  'change its labels': ({ api, apps }) => api.patch('merge', `${apps}/frigate`, { metadata: { labels: { a: 'b' } } }),
  'add another annotation': ({ api, apps }) =>
    api.patch('merge', `${apps}/frigate`, { spec: { template: { metadata: { annotations: { a: 'b' } } } } }),
  'delete the workload': ({ api, apps }) => api.delete(`${apps}/frigate`),
  'make a deployment': ({ api, apps }) => api.post(apps, { metadata: { name: 'new' } }),
  'make a pod': ({ api, core }) => api.post(`${core}/pods`, { metadata: { name: 'new' } }),
  'execute in the pod': ({ api, pod }) => api.get(`${pod}/exec?container=frigate&command=id&stdout=true`),
  'give itself rights': ({ api, namespace }) =>
    api.post(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, rolebinding),
  'make a token': ({ api, core }) => api.post(`${core}/serviceaccounts/default/token`, { spec: {} }),
  'cordon the node': ({ api }) => api.patch('merge', '/api/v1/nodes/node-1', { spec: { unschedulable: true } }),
  "write another's ledger": ({ api, core }) => api.patch('merge', `${core}/configmaps/kube-root-ca.crt`, { data: {} }),
  "spoil the checkers' count": ({ api, core }) =>
    api.patch('merge', `${core}/configmaps/frigate-health-state`, { data: { consecutive_failures: '9' } }),
};

export const RIGHTS: readonly Scenario[] = [
  {
    name: 'rights',
    says: `the shipped rights and policies refuse ${Object.keys(CALLS).length} other calls`,
    run: async (cluster, name) => {
      const { frigate, account, warden } = await cluster.story(name);
      const { server, authority } = cluster.plane;
      const { metadata } = await frigate.serving();
      const core = `/api/v1/namespaces/${name}`;
      const api = openApi({ server, authority: authority.pem, as: account });
      const apps = `/apis/apps/v1/namespaces/${name}/deployments`;
      const scene = { api, namespace: name, core, apps, pod: `${core}/pods/${metadata.name}` };
      const refused = async (call: (scene: Scene) => Promise<unknown>) => {
        try {
          await call(scene);
          return false;
        } catch (error) {
          return error instanceof Refused && error.status === 403;
        }
      };
      // A policy takes effect a moment after it was made.
      await comes({ warden }, 'the policy holds', () => refused((one) => dryImage(one)), 60);
      const allowed: string[] = [];
      for (const [what, call] of Object.entries(CALLS)) if (!(await refused(call))) allowed.push(what);
      assert.deepEqual(allowed, []);
      assert.equal((await frigate.workload()).metadata.generation, 1);
    },
  },
];

function dryImage({ api, apps }: Scene): Promise<unknown> {
  return api.patch('strategic', `${apps}/frigate?dryRun=All`, image);
}
