import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { startBroker } from '../../demo/broker.ts';
import type { Rule } from '../../demo/kubernetes/access.ts';
import { startKubernetes } from '../../demo/kubernetes/index.ts';
import { doctorCommand } from '../../src/cli/doctor.ts';
import { rulesOf } from '../../src/cli/manifests/rules.ts';
import { checkOptions } from '../../src/options.ts';
import { rightsOf } from '../../src/targets/frigate/rights.ts';
import { wantedOf } from '../../src/targets/index.ts';
import { aFrigate, nobody } from './looked-at.ts';
import { printed } from './printed.ts';
import { scratch, written } from './started.ts';
import { typed } from './typed.ts';

const LOGIN = { username: 'warden', password: 'the-password-of-mqtt' };
const TOKEN = 'the-token-of-the-cluster';

interface Scene {
  /** Rights that the account lacks, by id. */
  without?: readonly string[];
  frigate?: object;
  mqtt?: object;
  kubernetes?: object;
}

/** A well Frigate in a well cluster, with the rights of the manifests and a broker at which it speaks. */
async function scene({ without = [], frigate = {}, mqtt = {}, kubernetes = {} }: Scene = {}): Promise<string> {
  const { url } = await aFrigate();
  const broker = await startBroker();
  onTestFinished(() => broker.close());
  broker.requireLogin(LOGIN);
  await broker.publish('frigate/available', 'online', { retain: true });
  const rights: Rule[] = [];
  const cluster = await startKubernetes({
    now: () => Date.now() / 1000,
    token: TOKEN,
    ageSeconds: 86_400,
    deployments: [{ name: 'frigate', namespace: 'cctv' }],
    rights,
  });
  onTestFinished(() => cluster.close());
  cluster.openPort(5000, url);
  cluster.writeConfigMap('cctv', 'frigate-health-state', {});
  cluster.writeLease('cctv', 'frigate-warden');
  const options = {
    frigates: [{ name: 'Front house', url, namespace: 'cctv', service: 'frigate', ...frigate }],
    kubernetes: { server: cluster.url, token: TOKEN, ...kubernetes },
    mqtt: { host: '127.0.0.1', port: broker.port, ...LOGIN, ...mqtt },
  };
  const read = checkOptions(options, 'the test');
  if (!read.ok) throw new Error(read.sentences.join(' '));
  const given = wantedOf(read.options)
    .flatMap(rightsOf)
    .filter(({ id }) => !without.includes(id));
  rights.push(...given.flatMap((right) => rulesOf([right]).map((rule) => ({ ...rule, namespace: right.namespace }))));
  return written(scratch(), options);
}

async function doctor(file: string, ...words: readonly string[]) {
  const { out, errors } = printed();
  const code = await doctorCommand(typed('doctor', '--options', file, '--data', join(file, '..', 'kept'), ...words));
  return { code, out: out(), errors: errors() };
}

describe('doctor', () => {
  it('finds nothing wrong where all is well and the account has the rights of the manifests', async () => {
    const { code, out, errors } = await doctor(await scene());
    expect(out).not.toMatch(/^FAILED/m);
    expect(out.split('\n').filter((line) => line.startsWith('warning'))).toEqual([]);
    expect(out).toMatch(/^ok {8}direct +Frigate answers, version 0\.17/m);
    expect(out).toMatch(/^ok {8}Frigate's MQTT +Frigate is heard at frigate\/: it says online\.$/m);
    expect(out).not.toContain('Missing');
    expect(code).toBe(0);
    expect(errors).toBe('');
  });

  it.each<[string, number, string]>([
    ['rollout', 1, 'FAILED'],
    ['service_proxy', 1, 'FAILED'],
    ['log', 0, 'warning'],
    ['nodes', 0, 'warning'],
  ])('without the right %s has the exit code %i and the rule to paste', async (id, expected, mark) => {
    const { code, out } = await doctor(await scene({ without: [id] }));
    expect(code).toBe(expected);
    const row = out.split('\n').find((line) => line.includes('May not'));
    expect(row).toMatch(new RegExp(`^${mark} +right +May not `));
    const [, , block = ''] = out.split(/^Missing in the (.*):$/m);
    const { rules } = parse(block.split('\n\n')[0] ?? '') as { rules: object[] };
    expect(rules).toHaveLength(1);
  });

  it('says that a password is wrong without saying it', async () => {
    const { code, out, errors } = await doctor(await scene({ mqtt: { password: 'another-password' } }));
    expect(code).toBe(1);
    expect(out).toMatch(
      /^FAILED +broker +The MQTT broker at 127\.0\.0\.1:\d+ is not connected: bad user name or password\.$/m,
    );
    for (const secret of [TOKEN, LOGIN.password, 'another-password']) expect(out + errors).not.toContain(secret);
  });

  it.each<readonly string[]>([[], ['--json']])(
    'takes out every secret, wherever it may stand: %j',
    async (...words) => {
      const { out } = await doctor(await scene({ frigate: { name: LOGIN.password } }), ...words);
      expect(out).toContain('***');
      expect(out).not.toContain(LOGIN.password);
    },
  );

  it('says that a token is wrong, and what follows from it only once', async () => {
    const { code, out } = await doctor(await scene({ kubernetes: { token: 'another-token-that-is-long' } }));
    expect(code).toBe(1);
    expect(out).toMatch(/^FAILED +cluster .*401 Unauthorized/m);
    expect(out.split('\n').filter((line) => / right {2}/.test(line))).toHaveLength(1);
    expect(out).not.toContain('another-token');
  });

  it('prints only JSON where JSON is wanted', async () => {
    const { code, out } = await doctor(await scene({ without: ['rollout'] }), '--json');
    expect(code).toBe(1);
    const report = JSON.parse(out);
    expect(report.well).toBe(false);
    const missing = report.probes.filter((row: { missing_rule: unknown }) => row.missing_rule !== null);
    expect(missing).toEqual([
      expect.objectContaining({
        frigate: 'Front house',
        door: 'right',
        state: 'failed',
        missing_rule: {
          role: 'Role frigate-warden in the namespace cctv',
          rule: { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['frigate'], verbs: ['patch'] },
        },
      }),
    ]);
  });

  it('needs no options for one address, and has exit code 1 where nobody answers there', async () => {
    const { out } = printed();
    expect(await doctorCommand(typed('doctor', '--frigate', await nobody()))).toBe(1);
    expect(out()).toMatch(/^FAILED +direct +http:\S+ refuses connections\.$/m);
    expect(out()).toMatch(/^ok +options +Taken from --frigate: 1 Frigate\.$/m);
  });

  it('has exit code 2 and a sentence where the options are wrong', async () => {
    const { code, out, errors } = await doctor(written(scratch(), { frigates: [] }));
    expect(code).toBe(2);
    expect(errors).toMatch(/^frigates: /);
    expect(out).toBe('');
  });
});
