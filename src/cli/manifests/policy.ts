/** What a Role cannot say: which fields the account may change, and which pods it may touch. The API server judges. */
import type { ObjectName } from '../../doors/ports.ts';
import { rightsOf, type Wanted } from '../../targets/frigate/rights.ts';
import { OWN_PREFIX, TIMES_KEY } from '../../targets/ground/ledger.ts';
import { type Account, accountOf, objectOf } from './account.ts';
import type { Manifest } from './yaml.ts';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
/** The API server raises it itself with each new pod template: Kubernetes source, pkg/apis/apps/v1/conversion.go. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
/** The API server's own, or raised by it with each write. */
const UNJUDGED = ['managedFields', 'resourceVersion', 'generation'];

interface Policy {
  name: string;
  about: string;
  rules: readonly { apiGroups: string[]; operations: string[]; resources: string[] }[];
  variables: Readonly<Record<string, string>>;
  validations: readonly { expression: string; message: string }[];
}

export function policyManifests(wanted: readonly [Wanted, ...Wanted[]]): readonly Manifest[] {
  const account = accountOf(wanted);
  return [workloadPolicy(), notesPolicy(), podsPolicy(wanted)].flatMap((policy) => [
    { about: [policy.about], object: policyOf(policy, account) },
    { about: [], object: bindingOf(policy) },
  ]);
}

/** A map that is judged key by key: where it stands, and what the condition on a key `k` lets pass. */
interface Judged {
  name: string;
  path: string;
  passes: string;
  /** Ends the sentence "This would change …". */
  what: string;
}

const among = (...names: readonly string[]) => `k in ${JSON.stringify(names)}`;

/** As it is and as it was, under names; `dyn`, for the keys of a typed object cannot be counted. */
function variablesOf(judged: readonly Judged[]): Record<string, string> {
  return Object.fromEntries(
    judged.flatMap(({ name, path }) => [
      [name, `dyn(object${path})`],
      [`${name}Before`, `dyn(oldObject${path})`],
    ]),
  );
}

/** What there is was there before, and what was there is there. */
function unchanged({ name, passes }: Pick<Judged, 'name' | 'passes'>): string {
  const [now, before] = [`variables.${name}`, `variables.${name}Before`];
  return (
    `${now}.all(k, ${passes} || (k in ${before} && ${now}[k] == ${before}[k])) &&\n` +
    `${before}.all(k, ${passes} || k in ${now})`
  );
}

const WORKLOAD: readonly Judged[] = [
  { name: 'whole', path: '', passes: among('metadata', 'spec', 'status'), what: 'its form' },
  { name: 'metadata', path: '.metadata', passes: among(...UNJUDGED, 'annotations'), what: 'its metadata' },
  {
    name: 'notes',
    path: '.metadata.?annotations.orValue({})',
    passes: among(TEMPLATE_GENERATION),
    what: 'its annotations',
  },
  { name: 'spec', path: '.spec', passes: among('template'), what: 'its spec' },
  { name: 'template', path: '.spec.template', passes: among('metadata'), what: 'its pod template' },
  {
    name: 'labels',
    path: '.spec.template.metadata',
    passes: among('annotations'),
    what: 'the metadata of its pod template',
  },
  {
    name: 'annotations',
    path: '.spec.template.metadata.?annotations.orValue({})',
    passes: among(RESTARTED_AT),
    what: 'another annotation of its pod template',
  },
];

const STAMP = '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$';

function workloadPolicy(): Policy {
  const only = 'The Warden may change nothing of a workload but the time of its restart';
  const key = JSON.stringify(RESTARTED_AT);
  return {
    name: 'frigate-warden-workload',
    about:
      `Of a workload the account may change the annotation ${RESTARTED_AT} of the pod template, which is a rollout ` +
      'restart, and nothing else: no image, no replicas, no volume, no other annotation. Without this policy the ' +
      'right to patch is the right to change all of it.',
    rules: [
      {
        apiGroups: ['apps'],
        operations: ['*'],
        resources: ['deployments', 'statefulsets', 'daemonsets'].flatMap((one) => [one, `${one}/*`]),
      },
    ],
    variables: {
      isChange: 'request.operation == "UPDATE" && request.?subResource.orValue("") == ""',
      ...variablesOf(WORKLOAD),
    },
    validations: [
      { expression: 'variables.isChange', message: `${only}; it may not make, delete or scale one.` },
      ...WORKLOAD.map((judged) => ({
        expression: `!variables.isChange || (\n${unchanged(judged)})`,
        message: `${only}; this would change ${judged.what}.`,
      })),
      {
        expression:
          '!variables.isChange || variables.annotations == variables.annotationsBefore ||\n' +
          `(${key} in variables.annotations && variables.annotations[${key}].matches("${STAMP}"))`,
        message: 'The time of a restart is written as in 2026-01-06T04:06:54Z.',
      },
    ],
  };
}

const NOTES: readonly Judged[] = [
  { name: 'whole', path: '', passes: among('metadata', 'data', 'spec'), what: 'its form' },
  { name: 'metadata', path: '.metadata', passes: among(...UNJUDGED, 'annotations'), what: 'its metadata' },
  {
    name: 'annotations',
    path: '.metadata.?annotations.orValue({})',
    passes: `k.startsWith("${OWN_PREFIX}")`,
    what: 'an annotation of others',
  },
  { name: 'keys', path: '.?data.orValue({})', passes: among(TIMES_KEY), what: 'a key of others' },
];

function notesPolicy(): Policy {
  const only = 'The Warden may change nothing of its ledger and its lease but what it keeps there';
  return {
    name: 'frigate-warden-notes',
    about:
      `In the ledger the account may write ${TIMES_KEY}, in a Lease its holder and times, in both its own ` +
      `annotations (${OWN_PREFIX}…); what other checkers keep there it cannot touch.`,
    rules: [
      { apiGroups: [''], operations: ['UPDATE'], resources: ['configmaps'] },
      { apiGroups: ['coordination.k8s.io'], operations: ['UPDATE'], resources: ['leases'] },
    ],
    variables: variablesOf(NOTES),
    validations: NOTES.map((judged) => ({
      expression: unchanged(judged),
      message: `${only}; this would change ${judged.what}.`,
    })),
  };
}

/** A name by chance: Kubernetes source, apimachinery, pkg/util/rand: without vowels, 0, 1 and 3. */
const CHANCE = '[bcdfghjklmnpqrstvwxz2456789]';
/** Names that are made of longer ones are cut at this length: Kubernetes source, apiserver, pkg/storage/names. */
const LONGEST_BASE = 58;

/** The names that a workload's own pods have. */
export function podPattern({ kind, name }: ObjectName): string {
  const base = (letters: number) => name.slice(0, letters).replaceAll('.', '[.]');
  if (kind === 'statefulset') return `${base(name.length)}-[0-9]+`;
  if (kind === 'daemonset') return `${base(LONGEST_BASE - 1)}-${CHANCE}{5}`;
  // Its ReplicaSets have a hash of up to ten letters: where that is cut, the end cannot be told from chance.
  if (name.length > LONGEST_BASE - 12) return `${base(LONGEST_BASE - 12)}[a-z0-9.-]*`;
  return `${base(name.length)}-${CHANCE}{1,10}-${CHANCE}{5}`;
}

function podsPolicy(wanted: readonly Wanted[]): Policy {
  const asking = (id: string) => wanted.filter((one) => rightsOf(one).some((right) => right.id === id));
  const isOne = (of: readonly Wanted[], end: (one: Wanted) => string) =>
    `${JSON.stringify(of.map((one) => `^${one.workload.namespace}/${podPattern(one.workload)}${end(one)}$`))}` +
    '.exists(p, (request.namespace + "/" + request.name).matches(p))';
  const isOther = 'variables.part in ["proxy", "exec"]';
  const isDeletion = 'request.operation == "DELETE" && variables.part == ""';
  return {
    name: 'frigate-warden-pods',
    about:
      'Pods of a Deployment have names by chance, so a Role gives all pods of the namespace or none. Here the ' +
      "account is kept to the workload's own pods, and through the proxy to Frigate's port. (Reading a log passes no " +
      'admission and cannot be kept so.)',
    rules: [
      { apiGroups: [''], operations: ['CONNECT'], resources: ['pods/*'] },
      { apiGroups: [''], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['pods', 'pods/*'] },
    ],
    variables: { part: 'request.?subResource.orValue("")' },
    validations: [
      {
        expression: `variables.part != "proxy" ||\n${isOne(wanted, ({ podPort }) => `:${podPort}`)}`,
        message: "The Warden may ask Frigate's own pods through the proxy, at Frigate's port, and no other.",
      },
      {
        expression: `variables.part != "exec" ||\n${isOne(asking('exec'), () => '')}`,
        message: "The Warden may run a command in Frigate's own pods only, and only with the option exec.",
      },
      {
        expression: `${isOther} ||\n(${isDeletion} && ${isOne(asking('delete_pod'), () => '')})`,
        message: "The Warden may delete Frigate's own pods, with the remedy delete_pod, and do nothing else to pods.",
      },
    ],
  };
}

function policyOf({ name, rules, variables, validations }: Policy, { namespace, name: account }: Account) {
  return {
    ...objectOf('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', { name }),
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: rules.map((rule) => ({ ...rule, apiVersions: ['*'], scope: '*' })) },
      matchConditions: [
        {
          name: 'is-the-warden',
          expression: `request.userInfo.username == "system:serviceaccount:${namespace}:${account}"`,
        },
      ],
      ...(Object.keys(variables).length === 0
        ? {}
        : { variables: Object.entries(variables).map(([key, expression]) => ({ name: key, expression })) }),
      validations: validations.map((each) => ({ ...each, reason: 'Forbidden' })),
    },
  };
}

function bindingOf({ name }: Policy) {
  return {
    ...objectOf('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', { name }),
    spec: { policyName: name, validationActions: ['Deny'] },
  };
}
