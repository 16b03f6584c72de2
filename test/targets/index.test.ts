import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../src/options.ts';
import { limitsOf, targetsOf, wantedOf } from '../../src/targets/index.ts';

function options(value: object) {
  const answer = checkOptions({ frigates: [{ name: 'Big house', url: 'http://f:5000' }], ...value }, 'options.json');
  if (!answer.ok) throw new Error(answer.sentences.join('\n'));
  return answer.options;
}

const kubernetes = { server: 'https://k', token: 'a-token' };

describe('the list of targets', () => {
  it('has one for each Frigate, with an id for topics', () => {
    const [target] = targetsOf(options({ links: { grafana: 'http://g' } }));
    expect(target).toMatchObject({
      id: 'big_house',
      name: 'Big house',
      kind: 'frigate',
      links: { frigate: 'http://f:5000', grafana: 'http://g' },
    });
  });

  it('keeps the id of one that is renamed, where it is given', () => {
    const [target] = targetsOf(options({ frigates: [{ name: 'Front house', id: 'big_house', url: 'http://f' }] }));
    expect(target).toMatchObject({ id: 'big_house', name: 'Front house' });
  });

  it('shows people the address of Frigate that is meant for them', () => {
    expect(targetsOf(options({ links: { frigate: 'https://cams' } }))[0]?.links).toEqual({ frigate: 'https://cams' });
  });

  it.each<[what: string, value: object, remedies: number]>([
    ['without a cluster only observes', {}, 0],
    ['without a namespace only observes', { kubernetes }, 0],
    ['with both can restart', { kubernetes, frigates: [{ name: 'a', url: 'http://f', namespace: 'f' }] }, 1],
    [
      'without a remedy only observes',
      { kubernetes, remedies: [], frigates: [{ name: 'a', url: 'http://f', namespace: 'f' }] },
      0,
    ],
  ])('%s', (_what, value, remedies) => {
    expect(targetsOf(options(value))[0]?.policy.remedies).toHaveLength(remedies);
  });

  it('asks a Frigate through the cluster where it has no address, and links to nothing', () => {
    const alone = { name: 'a', namespace: 'f', service: 'frigate:8080' };
    expect(targetsOf(options({ kubernetes, frigates: [alone] }))[0]?.links).toEqual({});
  });

  it('gives the engine every limit of the options', () => {
    const all = options({
      interval_seconds: 7,
      maintenance_hours: 2,
      rules: {
        confirm_failures: 3,
        majority_percent: 60,
        settle_seconds: 1,
        node_ready_seconds: 2,
        node_changed_seconds: 3,
        other_checker_seconds: 4,
        restarts_per_hour: 5,
        restarts_per_day: 9,
        breaker_tries: 4,
        relapse_seconds: 8,
        reopen_seconds: 9,
      },
    });
    const [frigate] = all.frigates;
    if (!frigate) throw new Error('There is one.');
    expect(limitsOf(all, frigate)).toEqual({
      intervalSeconds: 7,
      confirmFailures: 3,
      majorityPercent: 60,
      youngSeconds: 120,
      settleSeconds: 1,
      groundReadySeconds: 2,
      groundChangedSeconds: 3,
      otherHealerSeconds: 4,
      restartsPerHour: 5,
      restartsPerDay: 9,
      breakerTries: 4,
      breakerRestSeconds: [3600, 21_600, 86_400],
      relapseSeconds: 8,
      reopenSeconds: 9,
      flapGoodSeconds: 3600,
      flapGoodMaxSeconds: 21_600,
      clockRestSeconds: 3600,
      unansweredSeconds: 60,
      maintenanceSeconds: 7200,
    });
  });
});

describe('what the rights depend on', () => {
  it('is told for each Frigate that has a workload, and the Lease stands beside the first', () => {
    const frigates = [
      { name: 'a', url: 'http://a' },
      { name: 'b', url: 'http://b', namespace: 'cctv', workload: 'statefulset/nvr', ledger: 'led', pod_port: 80 },
      { name: 'c', namespace: 'away', service: 'web:8080', exec: true },
    ];
    expect(wantedOf(options({ kubernetes, frigates, remedies: ['rollout'] }))).toEqual([
      {
        workload: { kind: 'statefulset', namespace: 'cctv', name: 'nvr' },
        ledger: 'led',
        lease: 'frigate-warden',
        service: null,
        podPort: 80,
        exec: false,
        remedies: ['rollout'],
      },
      {
        workload: { kind: 'deployment', namespace: 'away', name: 'frigate' },
        ledger: 'frigate-health-state',
        lease: null,
        service: { name: 'web', port: 8080 },
        podPort: 5000,
        exec: true,
        remedies: ['rollout'],
      },
    ]);
  });
});
