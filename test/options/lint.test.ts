import { describe, expect, it } from 'vitest';
import { lintOptions } from '../../src/options/lint.ts';
import { checkOptions, optionsForUrl } from '../../src/options.ts';

const own = { name: 'House', namespace: 'f' };
const kubernetes = { server: 'https://k', token: 'a-token' };

function advice(value: object): readonly string[] {
  const frigates = [{ name: 'House', url: 'http://f', namespace: 'f' }];
  const answer = checkOptions({ frigates, kubernetes, ...value }, 'options.json');
  if (!answer.ok) throw new Error(answer.sentences.join('\n'));
  return lintOptions(answer.options);
}

describe('limits that are allowed and make no sense', () => {
  it('are none of the defaults', () => expect(advice({})).toEqual([]));

  const rows: [value: object, said: string | null][] = [
    [{ rules: { restarts_per_hour: 6, restarts_per_day: 6 } }, null],
    [{ rules: { restarts_per_hour: 7, restarts_per_day: 6 } }, 'restarts_per_hour can never bind'],
    [{ rules: { breaker_tries: 6, restarts_per_day: 6 } }, null],
    [{ rules: { breaker_tries: 7, restarts_per_day: 6 } }, 'breaker_tries can never bind'],
    [{ rules: { moved_grace_seconds: 600 } }, null],
    [{ rules: { moved_grace_seconds: 599 } }, 'moved_grace_seconds is shorter'],
    [{ rules: { settle_seconds: 599 } }, null],
    [{ rules: { settle_seconds: 120 } }, null],
    [{ rules: { settle_seconds: 119 } }, 'settle_seconds is below 120'],
    [{ rules: { settle_seconds: 600 } }, 'settle_seconds is as long'],
    [{ rules: { inference_cpu_ms: 100 } }, null],
    [{ rules: { inference_cpu_ms: 99 } }, 'inference_cpu_ms is below'],
    [{ interval_seconds: 90 }, null],
    [{ interval_seconds: 91 }, 'a fault is confirmed only after minutes'],
    [{ interval_seconds: 31, rules: { confirm_failures: 4 } }, 'a fault is confirmed only after minutes'],
    [{ frigates: [{ name: 'House', url: 'http://f' }] }, 'has no namespace'],
    [{ frigates: [{ ...own, url: 'http://f:8971', username: 'me', password: 'hunter22' }] }, 'in clear text'],
    [{ frigates: [{ ...own, url: 'https://f:8971', verify_tls: false }] }, 'verify_tls is off'],
    [{ frigates: [{ ...own, url: 'https://f:8971', username: 'me', password: 'hunter22' }] }, null],
  ];
  it.each(rows)('%j: %s', (value, said) => {
    expect(advice(value)).toEqual(
      said === null ? [] : [expect.stringMatching(`frigates\\[0\\] \\(House\\): .*${said}`)],
    );
  });

  it('are automatic restarts without a cluster', () => {
    const alone = { kubernetes: {}, frigates: [{ name: 'House', url: 'http://f' }] };
    expect(advice(alone)).toEqual([
      'automatic_restarts means nothing: no cluster is configured, so nothing can be restarted; ' +
        'only the remedy in_place needs none.',
    ]);
    expect(advice({ ...alone, automatic_restarts: false })).toEqual([]);
  });

  it('are automatic restarts without a remedy', () => {
    const said = 'automatic_restarts means nothing: remedies is empty, so nothing is ever restarted.';
    expect(advice({ remedies: [] })).toEqual([said]);
    expect(advice({ remedies: [], kubernetes: {}, frigates: [{ name: 'House', url: 'http://f' }] })).toEqual([said]);
    expect(advice({ remedies: [], automatic_restarts: false })).toEqual([]);
  });

  it('are none for one address alone', () => {
    const answer = optionsForUrl('http://f:5000');
    expect(answer.ok && lintOptions(answer.options)).toEqual([]);
  });

  const house = { name: 'House', url: 'http://f', namespace: 'f' };
  const yard = { name: 'Yard', url: 'http://g', namespace: 'f', workload: 'deployment/yard', ledger: 'yard' };
  const ledger =
    'frigates[1] (Yard): has the ledger of frigates[0]: a restart of one counts for both; give each its own.';
  const url = 'frigates[1] (Yard): has the url of frigates[0]: one Frigate is watched twice.';
  const pairs: [what: string, second: object, said: readonly string[]][] = [
    ['nothing in common', yard, []],
    ['one ledger in one namespace', { ...yard, ledger: 'frigate-health-state' }, [ledger]],
    ['one name of a ledger in two namespaces', { ...yard, ledger: 'frigate-health-state', namespace: 'g' }, []],
    ['one address', { ...yard, url: 'http://f' }, [url]],
    ['one address, written in two ways', { ...yard, url: 'http://F:80/' }, [url]],
  ];
  it.each(pairs)('are of two Frigates: %s', (_what, second, said) => {
    expect(advice({ frigates: [house, second] })).toEqual(said);
  });
});
