import { describe, expect, it } from 'vitest';
import { optionsSchema } from '../../src/options/schema.ts';

const frigates = [{ name: 'House', url: 'http://frigate:5000' }];

describe('the form of the options', () => {
  const bounds: [path: string, least: number, most: number][] = [
    ['interval_seconds', 5, 300],
    ['maintenance_hours', 0.1, 168],
    ['history_megabytes', 0, 10_000],
    ['rules.confirm_failures', 1, 20],
    ['rules.majority_percent', 1, 99],
    ['rules.startup_grace_seconds', 60, 7200],
    ['rules.moved_grace_seconds', 60, 14_400],
    ['rules.settle_seconds', 0, 3600],
    ['rules.node_ready_seconds', 0, 7200],
    ['rules.node_changed_seconds', 0, 14_400],
    ['rules.other_checker_seconds', 0, 7200],
    ['rules.restarts_per_hour', 1, 10],
    ['rules.restarts_per_day', 1, 50],
    ['rules.breaker_tries', 1, 10],
    ['rules.relapse_seconds', 0, 86_400],
    ['rules.reopen_seconds', 0, 604_800],
    ['rules.inference_ms', 5, 10_000],
    ['rules.inference_cpu_ms', 5, 10_000],
    ['rules.stats_stale_seconds', 30, 3600],
    ['mqtt.port', 1, 65_535],
  ];
  const takes = (path: string, value: number) => {
    const [group = '', name] = path.split('.');
    const given = name === undefined ? { [group]: value } : { [group]: { [name]: value } };
    return optionsSchema.safeParse({ frigates, ...given }).success;
  };
  it.each(bounds)('has the bounds of %s', (path, least, most) => {
    expect([takes(path, least), takes(path, most)]).toEqual([true, true]);
    expect([takes(path, least - 1), takes(path, most + 1)]).toEqual([false, false]);
  });

  const ids: [id: string, takes: boolean][] = [
    ['house', true],
    ['front_house_2', true],
    ['Front', false],
    ['front house', false],
    ['front-house', false],
    ['_house', false],
    ['house_', false],
    ['front__house', false],
    ['a'.repeat(60), true],
    ['a'.repeat(61), false],
  ];
  it.each(ids)('takes %s for an id: %s', (id, expected) => {
    expect(optionsSchema.safeParse({ frigates: [{ ...frigates[0], id }] }).success).toBe(expected);
  });

  const names: [name: string, takes: boolean][] = [
    ['frigate', true],
    ['frigate-2.a', true],
    ['Frigate', false],
    ['-frigate', false],
    ['frigate/', false],
    ['a'.repeat(253), true],
    ['a'.repeat(254), false],
  ];
  it.each(names)('takes %s for a name in the cluster: %s', (name, expected) => {
    for (const key of ['namespace', 'container', 'ledger']) {
      expect(optionsSchema.safeParse({ frigates: [{ ...frigates[0], [key]: name }] }).success).toBe(expected);
    }
    const workload = `daemonset/${name}`;
    expect(optionsSchema.safeParse({ frigates: [{ ...frigates[0], workload }] }).success).toBe(expected);
  });
});
