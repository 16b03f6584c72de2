/** `manifests`: prints what a cluster must be given for these options. Asks nobody; no secret is printed. */
import { existsSync } from 'node:fs';
import { checkOptions, type OptionsAnswer } from '../options.ts';
import type { Wanted } from '../targets/frigate/rights.ts';
import { wantedOf } from '../targets/index.ts';
import type { Arguments, Part } from './arguments.ts';
import { refuse } from './assess.ts';
import { PARTS } from './commands.ts';
import { accountManifests, accountOf } from './manifests/account.ts';
import { deploymentManifests } from './manifests/deployment.ts';
import { policyManifests } from './manifests/policy.ts';
import { type Manifest, yamlStream } from './manifests/yaml.ts';
import { optionsOf, placeOfOptions } from './options-file.ts';

/** Where nobody has written options yet. */
export const EXAMPLE = {
  frigates: [{ name: 'Frigate', namespace: 'frigate', workload: 'deployment/frigate', service: 'frigate' }],
  kubernetes: { kubeconfig: 'kubeconfig' },
};

export function manifestsCommand(given: Pick<Arguments, 'optionsFile' | 'only' | 'isJson'>): number {
  const answer = optionsFor(given);
  if (!answer.ok) return refuse(answer.sentences);
  const { in_cluster: isInside } = answer.options.kubernetes;
  const [first, ...more] = wantedOf(answer.options);
  if (!first) return refuse(['frigates[].namespace: is not set, so there is no workload that rights could be for.']);
  const parts = given.only ? [given.only] : PARTS.filter((part) => part !== 'deployment' || isInside);
  const manifests = parts.flatMap((part) => MAKERS[part]([first, ...more], isInside));
  const list = { apiVersion: 'v1', kind: 'List', items: manifests.map(({ object }) => object) };
  const head = [`Made by: frigate-warden manifests${given.only ? ` --only ${given.only}` : ''}`];
  process.stdout.write(given.isJson ? `${JSON.stringify(list)}\n` : yamlStream(manifests, head));
  return 0;
}

/** TABLE: what each part consists of. */
const MAKERS: Readonly<
  Record<Part, (wanted: readonly [Wanted, ...Wanted[]], isInside: boolean) => readonly Manifest[]>
> = {
  rights: accountManifests,
  policy: policyManifests,
  deployment: (wanted) => deploymentManifests(accountOf(wanted)),
};

function optionsFor({ optionsFile }: Pick<Arguments, 'optionsFile'>): OptionsAnswer {
  const isThere = optionsFile !== null || existsSync(placeOfOptions(null));
  return isThere ? optionsOf({ optionsFile, frigateUrl: null }) : checkOptions(EXAMPLE, 'the example');
}
