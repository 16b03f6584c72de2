/** The rig itself: what it plays must be what Kubernetes does. */
import assert from 'node:assert/strict';
import { eventually } from '../../../eventually.ts';
import type { Refused } from '../api.ts';
import { isTrue } from '../objects.ts';
import { rolloutRestart } from '../people.ts';
import type { Scenario } from '../scenario.ts';

export const RIG: readonly Scenario[] = [
  {
    name: 'rig-pod',
    says: 'the rig: a pod runs, answers by every way, is replaced by a rollout, and both are in the audit log',
    run: async (cluster, name) => {
      const { admin, audit } = cluster;
      const frigate = await cluster.frigate(name);
      const first = await frigate.serving();
      const pod = `/api/v1/namespaces/${name}/pods/${first.metadata.name}`;
      const version = async (path: string) => (await admin.get<string>(path)).slice(0, 4);
      const versions = async () => [
        await version(`/api/v1/namespaces/${name}/pods/${first.metadata.name}:5000/proxy/api/version`),
        await version(`/api/v1/namespaces/${name}/services/frigate:5000/proxy/api/version`),
        await (await fetch(`${frigate.address.url}/api/version`)).text().then((text) => text.slice(0, 4)),
      ];
      await eventually(async () => assert.deepEqual(await versions(), ['0.17', '0.17', '0.17']) === undefined, {
        withinSeconds: 20,
      });
      const log = await admin.get<string>(`${pod}/log?timestamps=true&tailLines=1`);
      assert.match(log, /^\d{4}-\d\d-\d\dT[\d:.]+Z .*\n$/);
      await assert.rejects(admin.get(`${pod}/log?previous=true`), (error: Refused) => error.status === 400);
      await rolloutRestart(admin, frigate.path);
      await frigate.serving(first);
      assert.equal(audit.restarts({ namespace: name, user: 'admin' }).length, 1);
    },
  },
  {
    name: 'rig-crash',
    says: 'the rig: a container that ends is started again in its pod, at once and then with a back-off',
    run: async (cluster, name) => {
      const frigate = await cluster.frigate(name);
      const { metadata } = await frigate.serving();
      frigate.keep({ crashAfterSeconds: 1 });
      await frigate.suffer({ crashAfterSeconds: 0 });
      const pod = await eventually(
        async () => {
          const one = await frigate.pod();
          return one.status?.containerStatuses?.[0]?.state.waiting?.reason === 'CrashLoopBackOff' ? one : null;
        },
        { withinSeconds: 30, what: 'the container is in its back-off' },
      );
      assert.equal(pod.metadata.uid, metadata.uid);
      assert.equal(pod.status?.containerStatuses?.[0]?.restartCount, 1);
      assert.equal(isTrue(pod.status?.conditions, 'Ready'), false);
      const path = `/api/v1/namespaces/${name}/pods/${pod.metadata.name}/log?previous=true`;
      assert.match(await cluster.admin.get<string>(path), /Starting Frigate/);
    },
  },
];
