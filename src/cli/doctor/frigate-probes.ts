/** TABLE: what is asked of each Frigate itself: every way to it, its configuration, go2rtc, its cameras, its mail. */
import type { Failure } from '../../doors/ports.ts';
import type { FrigateFacts } from '../../targets/frigate/facts.ts';
import type { VantageId } from '../../targets/frigate/observe/answers.ts';
import type { Evidence, FrigateEvidence } from './evidence.ts';
import { failed, notUsed, ok, type Probe, type Row, warning } from './row.ts';

type Found = Omit<Row, 'door'>;

/** What was seen of one Frigate, and of the broker at which it is heard. */
export interface Heard extends FrigateEvidence {
  broker: Evidence['broker'];
}

export const FRIGATE_PROBES: readonly Probe<Heard>[] = [
  { door: 'direct', look: (seen) => [wayTo(seen, 'direct')] },
  { door: 'service proxy', look: (seen) => [wayTo(seen, 'service_proxy')] },
  { door: 'pod proxy', look: (seen) => [wayTo(seen, 'pod_proxy')] },
  { door: 'exec', look: (seen) => [wayTo(seen, 'exec')] },
  {
    door: 'login',
    look: ({ frigate: { username, password }, facts: { api } }) => {
      if (username === undefined || password === undefined) {
        return api.wantsLogin
          ? [
              failed(
                'Frigate wants a login.',
                'Set frigates[].username and password, or give the address of port 5000.',
              ),
            ]
          : [];
      }
      // Frigate says no more than this: a login that is not wanted is not asked for.
      return api.hasStats && !api.wantsLogin ? [ok('The login is accepted, or none is wanted.')] : [];
    },
  },
  {
    door: 'configuration',
    look: ({ facts: { api, isConfigured, configFailure, safeMode } }) => {
      if (!api.hasStats) return [];
      if (safeMode) return [failed('Frigate runs in safe mode.', 'Mend its configuration; its log says where.')];
      if (isConfigured) return [ok("Frigate's configuration can be read.")];
      return [
        warning(configFailure ?? 'It was not read.', 'Cameras that are switched off cannot be told from dead ones.'),
      ];
    },
  },
  {
    door: 'go2rtc',
    look: ({ later: { streams } }) => {
      if (!streams) return [notUsed('No camera comes through go2rtc, or nobody could be asked.')];
      if (!streams.ok) return [warning(streams.reason, 'Whether a camera sends at all is then not told.')];
      return [ok(`go2rtc answers with ${Object.keys(streams.value).length} streams.`)];
    },
  },
  {
    door: 'cameras',
    look: ({ later: { reach } }) => {
      const all = Object.entries(reach);
      const silent = all.flatMap(([camera, said]) => (said === 'ok' ? [] : [[camera, said] as const]));
      if (all.length === 0) return [notUsed('No camera has an address that can be knocked at.')];
      return [
        ...(silent.length < all.length ? [ok(`${all.length - silent.length} of ${all.length} addresses answer.`)] : []),
        ...silent.map(([camera, { reason }]) =>
          warning(
            `${camera}: ${reason}`,
            'Fine, if there is no way from here to the cameras; else look at its network.',
          ),
        ),
      ];
    },
  },
  {
    door: "Frigate's MQTT",
    look: ({ broker: { isConnected }, laterFacts: { mail } }) => {
      if (!isConnected) return [];
      if (mail.why === null) return [ok(`Frigate is heard at ${mail.prefix}/: it says ${mail.word}.`)];
      return [
        warning(mail.why, "Fine, if Frigate uses another broker, or none; else check mqtt in Frigate's configuration."),
      ];
    },
  },
];

/** TABLE: when a way is configured, and what mends it. */
const WAYS: Readonly<Record<VantageId, { isSet(seen: Heard): boolean; unset: string; mend: string }>> = {
  direct: {
    isSet: ({ frigate: { url } }) => url !== undefined,
    unset: 'No frigates[].url is set.',
    mend: "Give in frigates[].url the address at which Frigate's API answers from here.",
  },
  service_proxy: {
    isSet: ({ frigate: { service }, facts: { ground } }) => service !== undefined && ground !== null,
    unset: 'No frigates[].service is set.',
    mend: 'Check frigates[].service, its name and port: kubectl get services',
  },
  pod_proxy: {
    isSet: ({ facts: { ground } }) => ground !== null,
    unset: 'No cluster is set for this Frigate.',
    mend: 'Check frigates[].pod_port, and the right to get pods/proxy.',
  },
  exec: {
    isSet: ({ frigate: { exec }, facts: { ground } }) => exec && ground !== null,
    unset: 'frigates[].exec is off.',
    mend: 'Check the right to get and create pods/exec, or switch frigates[].exec off.',
  },
};

const ORDER = Object.keys(WAYS) as readonly VantageId[];

function wayTo(seen: Heard, id: VantageId): Found {
  const { isSet, unset, mend } = WAYS[id];
  if (!isSet(seen)) return notUsed(unset);
  const said = seen.answers.vantages[id] ?? closedReason(seen, id);
  if (said === 'ok') return ok(`Frigate answers${versionOf(seen.facts)}.`);
  if (said.status === 401) {
    return warning(`Frigate lives there, and wants a login: ${said.reason}`, 'Set frigates[].username and password.');
  }
  // A proxy that nobody has named is an offer, and not what was asked for.
  return id === 'pod_proxy' ? warning(said.reason, mend) : failed(said.reason, mend);
}

function versionOf({ version }: FrigateFacts): string {
  return version === null ? '' : `, version ${version}`;
}

/** Closed ways stand in the order of all that are configured. */
function closedReason(seen: Heard, id: VantageId): Pick<Failure, 'reason' | 'status'> {
  const { vantages, closed = [] } = seen.answers;
  const missing = ORDER.filter((one) => WAYS[one].isSet(seen) && vantages[one] === undefined);
  return { reason: closed[missing.indexOf(id)] ?? 'This way was not asked.' };
}
