/** The list of targets: what the options ask to be watched. */

import type { ObjectName } from '../doors/ports.ts';
import { type FrigateOptions, hasCluster, idOf, type Options, rulesOf } from '../options.ts';
import type { Limits } from '../rules/types.ts';
import { frigateTarget } from './frigate/index.ts';
import type { Wanted } from './frigate/rights.ts';
import { FRIGATE_LIMITS, KEPT_PATHS } from './frigate/settings.ts';
import type { GroundSettings } from './ground/types.ts';
import type { AnyTarget } from './target.ts';

/** Well below the shortest interval between two looks at a default of 30 s, and above any healthy answer. */
const TIMEOUT_SECONDS = 8;

export function targetsOf(options: Options): readonly AnyTarget[] {
  return options.frigates.map((frigate) => {
    const rules = rulesOf(options, frigate);
    return frigateTarget({
      id: idOf(frigate),
      name: frigate.name,
      url: frigate.url ?? null,
      login: loginOf(frigate),
      tls: { verify: frigate.verify_tls, fingerprint: frigate.tls_fingerprint ?? null },
      service: serviceOf(frigate),
      podPort: frigate.pod_port,
      exec: frigate.exec,
      camerasIgnored: frigate.cameras_ignored,
      restartWithCamerasOff: frigate.restart_with_cameras_off,
      ground: hasCluster(options) ? groundOf(frigate) : null,
      limits: {
        ...FRIGATE_LIMITS,
        startupGraceSeconds: rules.startup_grace_seconds,
        movedGraceSeconds: rules.moved_grace_seconds,
        staleSeconds: rules.stats_stale_seconds,
        inferenceMs: rules.inference_ms,
        inferenceCpuMs: rules.inference_cpu_ms,
        framesPerSecond: rules.frames_per_second,
        skippedRatio: rules.skipped_percent / 100,
        slowCameraRatio: rules.slow_camera_percent / 100,
        overloadSkippedRatio: rules.overload_skipped_percent / 100,
        stuckCount: rules.stuck_count,
        detectorErrorsPerMinute: rules.detector_errors_per_minute,
        backlogCount: rules.discarded_count,
        segmentSeconds: rules.segment_seconds,
      },
      rules: limitsOf(options, frigate),
      remedies: options.remedies,
      automatic: options.automatic_restarts,
      links: linksOf(options, frigate),
      timeoutSeconds: TIMEOUT_SECONDS,
    });
  });
}

/** What the rights in the cluster depend on, for each Frigate that has a workload there. */
export function wantedOf({ frigates, kubernetes, remedies }: Options): readonly Wanted[] {
  const first = frigates.find(({ namespace }) => namespace !== undefined);
  return frigates.flatMap((frigate) => {
    const ground = groundOf(frigate);
    if (!ground) return [];
    const { workload, ledger } = ground;
    const { pod_port: podPort, exec } = frigate;
    const lease = frigate === first ? kubernetes.lease : null;
    return [{ workload, ledger, lease, service: serviceOf(frigate), podPort, exec, remedies }];
  });
}

function groundOf(frigate: FrigateOptions): GroundSettings | null {
  if (frigate.namespace === undefined) return null;
  const [kind, name] = frigate.workload.split('/');
  const workload: ObjectName = { kind: kind as ObjectName['kind'], namespace: frigate.namespace, name: name ?? '' };
  return {
    workload,
    container: frigate.container ?? null,
    imageHint: 'frigate',
    ledger: frigate.ledger,
    dataPaths: KEPT_PATHS,
  };
}

function loginOf({ username, password }: FrigateOptions): { username: string; password: string } | null {
  return username === undefined || password === undefined ? null : { username, password };
}

/** Frigate's port without login, where none is named. */
const SERVICE_PORT = 5000;

export function serviceOf({ service }: FrigateOptions): { name: string; port: number } | null {
  if (service === undefined) return null;
  const [name = '', port] = service.split(':');
  return { name, port: port === undefined ? SERVICE_PORT : Number(port) };
}

/** Frigate's own page is a link unless another address is set for people. */
function linksOf({ links }: Options, { url }: FrigateOptions): Record<string, string> {
  const set = Object.entries(links).flatMap(([name, link]) => (link === undefined ? [] : [[name, link] as const]));
  return { ...(url === undefined ? {} : { frigate: url }), ...Object.fromEntries(set) };
}

const HOUR = 3600;

/** The engine's limits; those that no option names are the design's own. */
export function limitsOf(options: Options, frigate: FrigateOptions): Limits {
  const rules = rulesOf(options, frigate);
  return {
    intervalSeconds: options.interval_seconds,
    confirmFailures: rules.confirm_failures,
    majorityPercent: rules.majority_percent,
    youngSeconds: 120,
    settleSeconds: rules.settle_seconds,
    groundReadySeconds: rules.node_ready_seconds,
    groundChangedSeconds: rules.node_changed_seconds,
    otherHealerSeconds: rules.other_checker_seconds,
    restartsPerHour: rules.restarts_per_hour,
    restartsPerDay: rules.restarts_per_day,
    breakerTries: rules.breaker_tries,
    breakerRestSeconds: [HOUR, 6 * HOUR, 24 * HOUR],
    relapseSeconds: rules.relapse_seconds,
    reopenSeconds: rules.reopen_seconds,
    flapGoodSeconds: HOUR,
    flapGoodMaxSeconds: 6 * HOUR,
    clockRestSeconds: HOUR,
    unansweredSeconds: 60,
    maintenanceSeconds: options.maintenance_hours * HOUR,
  };
}
