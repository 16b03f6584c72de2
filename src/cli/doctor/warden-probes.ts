/** TABLE: what is asked once, whatever is watched: options, data folder, cluster, broker. */
import { readLease, recordOf } from '../../leadership/lease-object.ts';
import type { Evidence } from './evidence.ts';
import { failed, notUsed, ok, type Probe, warning } from './row.ts';

const MEBIBYTE = 1024 * 1024;
/** The state and its journal need little; the history makes room for itself. */
const LEAST_FREE_BYTES = 100 * MEBIBYTE;
const LEASE_MEND = 'Apply addon/kubernetes/rights.yaml, or what frigate-warden manifests prints.';
/** A Date header has whole seconds, and an answer takes its time. */
const SKEW_SECONDS = 3;

export const WARDEN_PROBES: readonly Probe<Evidence>[] = [
  {
    door: 'options',
    look: ({ source, options, lint }) => [
      ok(
        `Taken from ${source}: ${options.frigates.length === 1 ? '1 Frigate' : `${options.frigates.length} Frigates`}.`,
      ),
      ...lint.map((sentence) => warning(sentence, null)),
    ],
  },
  {
    door: 'data folder',
    look: ({ folder: { folder, isNew, freeBytes, problem } }) => {
      if (problem !== null) {
        return [failed(`${folder} ${problem}.`, 'Let this user write there, or name another folder with --data.')];
      }
      const free = `${Math.round(freeBytes / MEBIBYTE)} MB are free`;
      if (freeBytes < LEAST_FREE_BYTES) return [warning(`${folder} can be written, but only ${free}.`, 'Make room.')];
      return [ok(`${folder} ${isNew ? 'does not exist yet and can be made' : 'can be written'}; ${free}.`)];
    },
  },
  {
    door: 'cluster',
    look: ({ api }) => {
      if (!api) return [notUsed('No cluster is set: pods are not seen, and nothing can be restarted.')];
      const { reply } = api;
      if (reply.ok) return [ok('The Kubernetes API answers and accepts the credentials.')];
      const mend =
        reply.status === 401
          ? 'Make a new token, and put it into kubernetes.token: addon/kubernetes/README.md says how.'
          : 'Give a kubernetes.server that can be reached from here, with the authority that signed its certificate.';
      return [failed(reply.reason, mend)];
    },
  },
  {
    door: 'clock',
    look: ({ api }) => {
      const skew = api?.skewSeconds ?? null;
      if (skew === null) return [];
      const seconds = Math.round(Math.abs(skew));
      if (Math.abs(skew) <= SKEW_SECONDS) return [ok('This clock and the cluster agree.')];
      return [
        warning(
          `This clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} the cluster's.`,
          'Let both follow a time server (NTP); until then ages are reckoned with the difference.',
        ),
      ];
    },
  },
  {
    door: 'account',
    look: ({ secrets }) =>
      secrets?.ok && secrets.value
        ? [
            warning(
              'The account may read Secrets, which the Warden never needs.',
              'Give it an account of its own: addon/kubernetes/README.md has all that is needed.',
            ),
          ]
        : [],
  },
  {
    door: 'lease',
    look: ({ lease, api }) => {
      // Where the cluster does not answer at all, that is said above.
      if (!lease || !api?.reply.ok) return [];
      const { name, reply } = lease;
      if (!reply.ok && reply.status === 404) {
        return [warning(`There is no Lease ${name}: this Warden acts alone, unless it may make one.`, LEASE_MEND)];
      }
      if (!reply.ok)
        return [warning(`The Lease ${name} is not seen: this Warden acts alone. ${reply.reason}`, LEASE_MEND)];
      const object = readLease(reply.value);
      if (!object) return [warning(`The Lease ${name} came in an unknown form.`, LEASE_MEND)];
      const { holder } = recordOf(object);
      return [ok(holder === null ? `Nobody holds the Lease ${name}.` : `${holder} holds the Lease ${name}.`)];
    },
  },
  {
    door: 'broker',
    look: ({ broker: { place, isConnected, said } }) => {
      if (place === null && said.length === 0) {
        return [notUsed('No MQTT broker is set (mqtt.host): nothing is shown in Home Assistant.')];
      }
      const mend = 'Check mqtt.host, port, tls, username and password, and what the broker itself logs.';
      if (!isConnected) return [failed(said.at(-1) ?? `The MQTT broker at ${place} did not answer.`, mend)];
      return [
        ok(`The MQTT broker at ${place} lets us in.`),
        ...said.map((sentence) => warning(sentence, 'Give this user the right to read and write these topics.')),
      ];
    },
  },
];
