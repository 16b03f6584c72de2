/**
 * Where the scheduler could put a new pod: which nodes have what it asks for, and in words why none has. Labels count
 * only when a pod is placed, so one that runs well may find no node the next time. Pure.
 */
import type { NodeObject, WorkloadObject } from './objects.ts';

export interface LabelTerm {
  key: string;
  operator: string;
  values: readonly string[];
}

export interface Toleration {
  key: string | null;
  operator: string;
  value: string;
  /** Null: every effect. */
  effect: string | null;
}

/** What the template asks of a node. */
export interface Wants {
  /** The template names its node, so the scheduler is passed over. */
  node: string | null;
  labels: Readonly<Record<string, string>>;
  /** One of them must hold, with all its parts; null: nothing is asked. */
  terms: readonly { labels: readonly LabelTerm[]; fields: readonly LabelTerm[] }[] | null;
  tolerations: readonly Toleration[];
  /** Devices that a plugin of the node hands out, and how many. */
  devices: Readonly<Record<string, number>>;
}

export interface Place {
  name: string;
  ready: boolean;
  cordoned: boolean;
  labels: Readonly<Record<string, string>>;
  taints: readonly { key: string; value: string; effect: string }[];
  /** Null: nobody said, as in a recording that somebody has cut. */
  devices: Readonly<Record<string, number>> | null;
}

type Template = NonNullable<NonNullable<WorkloadObject['spec']['template']>['spec']>;

/** Null: what it asks for is of a form that is not known, so nothing is concluded. */
export function wantsOf(object: WorkloadObject): Wants | null {
  const spec = object.spec.template?.spec;
  const affinity = spec?.affinity;
  if (affinity === 'unread') return null;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? null;
  return {
    node: spec?.nodeName || null,
    labels: spec?.nodeSelector ?? {},
    terms:
      required &&
      (required.nodeSelectorTerms ?? []).map(({ matchExpressions, matchFields }) => ({
        labels: (matchExpressions ?? []).map(termOf),
        fields: (matchFields ?? []).map(termOf),
      })),
    tolerations: tolerationsOf(spec?.tolerations ?? []),
    devices: devicesOf(spec),
  };
}

function termOf({ key, operator, values }: { key: string; operator: string; values?: string[] | null | undefined }) {
  return { key, operator, values: values ?? [] };
}

export function tolerationsOf(list: Template['tolerations']): readonly Toleration[] {
  return list.map(({ key, operator, value, effect }) => ({
    key: key || null,
    operator: operator || 'Equal',
    value: value ?? '',
    effect: effect || null,
  }));
}

/** A name with a slash is a plugin's, unless it is Kubernetes' own. */
function isDevice(resource: string): boolean {
  return resource.includes('/') && !/(?:^|\.)kubernetes\.io\//.test(resource);
}

/** The most that one container asks for: enough to tell a node that has none. */
export function devicesOf(spec: Template | undefined): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { resources } of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
    for (const [name, amount] of Object.entries({ ...resources?.requests, ...resources?.limits })) {
      const count = Number(amount);
      if (isDevice(name) && count > 0) found[name] = Math.max(found[name] ?? 0, count);
    }
  }
  return found;
}

/** Labels and devices that the template names: nothing else of a node is worth keeping. */
export function namesIn(wants: Wants | null): readonly string[] {
  if (!wants) return [];
  const keys = (wants.terms ?? []).flatMap(({ labels }) => labels.map(({ key }) => key));
  return [...Object.keys(wants.labels), ...keys, ...Object.keys(wants.devices)];
}

export function placeOf({ metadata, spec, status }: NodeObject): Place {
  return {
    name: metadata.name,
    ready: status.conditions.some(({ type, status: said }) => type === 'Ready' && said === 'True'),
    cordoned: spec?.unschedulable === true,
    labels: metadata.labels ?? {},
    taints: (spec?.taints ?? []).map(({ key, value, effect }) => ({ key, value: value ?? '', effect })),
    devices: status.allocatable
      ? Object.fromEntries(Object.entries(status.allocatable).map(([name, n]) => [name, countOf(n)]))
      : null,
  };
}

/** An amount with a unit is plenty. */
function countOf(amount: string): number {
  const count = Number(amount);
  return Number.isNaN(count) ? Number.POSITIVE_INFINITY : count;
}

/** The nodes that would take a new pod just now. */
export function fitting(places: readonly Place[], wants: Wants): readonly Place[] {
  return places.filter((place) => hasLabels(place, wants) && isOpen(place, wants) && whyShut(place, wants) === null);
}

/** Why none of these nodes takes it, as the rest of a sentence. Only for nodes of which none is fitting. */
export function whyNone(places: readonly Place[], wants: Wants): string {
  const labelled = places.filter((place) => hasLabels(place, wants));
  if (labelled.length === 0) return missingLabel(places, wants);
  const reasons = labelled.map((place) => {
    if (place.cordoned && !isOpen({ ...place, ready: true }, wants)) return `${place.name} is cordoned`;
    if (!place.ready) return `${place.name} is not ready`;
    return `${place.name} ${whyShut(place, wants) ?? 'takes none'}`;
  });
  const [first = '', ...others] = reasons;
  if (others.length === 0) return `the only one that fits, ${first}`;
  return `of those that fit, ${reasons.slice(0, MOST_NAMED).join(', ')}`;
}

const MOST_NAMED = 3;

function isOpen({ ready, cordoned }: Place, { tolerations, node }: Wants): boolean {
  if (!ready) return false;
  return !cordoned || node !== null || tolerations.some((one) => tolerates(one, CORDON));
}

const CORDON = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** A taint that is not tolerated, or a device that it does not offer; null: neither. */
function whyShut({ taints, devices }: Place, { tolerations, devices: wanted, node }: Wants): string | null {
  // Where the scheduler is passed over, only what would throw the pod out again counts.
  const counted = node === null ? ['NoSchedule', 'NoExecute'] : ['NoExecute'];
  const taint = taints.find(
    (one) => counted.includes(one.effect) && !tolerations.some((toleration) => tolerates(toleration, one)),
  );
  if (taint) return `has the taint ${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`;
  const missing = Object.entries(devices ? wanted : {}).find(([name, count]) => !((devices?.[name] ?? 0) >= count));
  return missing ? `offers too few of the device ${missing[0]}` : null;
}

function tolerates({ key, operator, value, effect }: Toleration, taint: Place['taints'][number]): boolean {
  if (effect !== null && effect !== taint.effect) return false;
  if (key !== null && key !== taint.key) return false;
  if (operator === 'Equal') return key !== null && value === taint.value;
  // An operator of a version to come is taken for fulfilled: what is not understood holds nothing back.
  return true;
}

function hasLabels({ name, labels }: Place, wants: Wants): boolean {
  if (wants.node !== null && wants.node !== name) return false;
  if (Object.entries(wants.labels).some(([key, value]) => labels[key] !== value)) return false;
  return wants.terms === null || wants.terms.some((term) => holds(term, { name, labels }));
}

type Term = NonNullable<Wants['terms']>[number];

/** A term that asks for nothing fits nothing. */
function holds(term: Term, { name, labels }: Pick<Place, 'name' | 'labels'>): boolean {
  if (term.labels.length + term.fields.length === 0) return false;
  return (
    term.labels.every((one) => isTrue(one, labels[one.key])) &&
    term.fields.every((one) => one.key === 'metadata.name' && isTrue(one, name))
  );
}

/** Kubernetes source, apimachinery/pkg/labels: a label that is missing is in no set, and no number. */
function isTrue({ operator, values }: LabelTerm, label: string | undefined): boolean {
  const [bound] = values;
  const whole = (text: string | undefined) => (text !== undefined && /^-?\d+$/.test(text) ? Number(text) : Number.NaN);
  switch (operator) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    case 'Gt':
      return whole(label) > whole(bound);
    case 'Lt':
      return whole(label) < whole(bound);
    default:
      return true;
  }
}

/** The one thing that no node has, or all that no node has together. */
function missingLabel(places: readonly Place[], { node, labels, terms }: Wants): string {
  if (node !== null && !places.some(({ name }) => name === node)) return `there is no node ${node}, which it names`;
  const pairs = Object.entries(labels);
  const lone = pairs.find(([key, value]) => !places.some((place) => place.labels[key] === value));
  if (lone) return `none has the label ${lone[0]}=${lone[1]}, which it asks for`;
  const [term, ...others] = terms ?? [];
  if (term && others.length === 0) {
    const gone = term.labels.find((one) => !places.some((place) => isTrue(one, place.labels[one.key])));
    if (gone) return `none has ${wordsFor(gone)}, which its affinity asks for`;
  }
  const asked = [...pairs.map(([key, value]) => `${key}=${value}`), ...(terms ?? []).flatMap(wordsOf)];
  const words = asked.slice(0, MOST_NAMED).join(', ');
  return others.length > 0
    ? `none has what one of these asks for: ${words}`
    : `none has all that it asks for: ${words}`;
}

function wordsOf({ labels, fields }: Term): readonly string[] {
  return [...labels, ...fields].map(wordsFor);
}

function wordsFor({ key, operator, values }: LabelTerm): string {
  const [one = ''] = values;
  const words: Readonly<Record<string, string>> = {
    In: `${key} in (${values.join(', ')})`,
    NotIn: `${key} not in (${values.join(', ')})`,
    Exists: `the label ${key}`,
    DoesNotExist: `no label ${key}`,
    Gt: `${key} above ${one}`,
    Lt: `${key} below ${one}`,
  };
  return words[operator] ?? `${key} ${operator} ${values.join(', ')}`;
}
