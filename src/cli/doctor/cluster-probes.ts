/** TABLE: what is asked of the cluster for each Frigate: its workload, pod and node, each right, ledger and log. */
import type { Circumstance } from '../../rules/types.ts';
import type { Right } from '../../targets/frigate/rights.ts';
import type { AskedRight, FrigateEvidence } from './evidence.ts';
import { failed, notUsed, ok, type Probe, type Row, roleOf, warning } from './row.ts';

type Found = Omit<Row, 'door'>;

const RIGHTS_FILE = 'addon/kubernetes/README.md';
const WORKLOAD_MEND = 'Check frigates[].namespace and workload: kubectl get deployments,statefulsets,daemonsets -A';
const CLUSTER_MEND = 'Mend the way to the cluster first.';
const DAY = 86_400;

export const CLUSTER_PROBES: readonly Probe<FrigateEvidence>[] = [
  {
    door: 'workload',
    look: ({ facts: { ground }, frigate }) => {
      if (!ground) return [notUsed('No cluster, or no namespace, is set for this Frigate.')];
      const { workload, cluster } = ground;
      if (!workload.known) return [failed(workload.why, cluster.answers ? WORKLOAD_MEND : CLUSTER_MEND)];
      const { kind, name, replicas, ready, scaledToZero } = workload.value;
      const said = `The ${kind} ${name} has ${ready} of ${replicas} pods ready.`;
      if (scaledToZero) return [warning(`The ${kind} ${name} is scaled to 0.`, 'Scale it to 1, if it is to run.')];
      return [
        ready < replicas
          ? warning(said, `kubectl -n ${frigate.namespace} describe ${kind} ${name} says why.`)
          : ok(said),
      ];
    },
  },
  {
    door: 'pod',
    look: ({ facts: { ground } }) => {
      if (!ground?.workload.known) return [];
      const { pods, pod } = ground;
      if (!pods.known) return [unseen(pods)];
      if (!pod) return [warning('There is no living pod.', 'kubectl get events says why none is made.')];
      const { name, node, container } = pod;
      const where = node === null ? 'on no node yet' : `on the node ${node}`;
      if (!container) {
        return [
          failed(`The pod ${name} has no such container.`, "Set frigates[].container to the name of Frigate's own."),
        ];
      }
      const said = `The pod ${name} ${where}, container ${container.name}`;
      if (container.startedAt !== null) return [ok(`${said}, runs.`)];
      return [warning(`${said}, does not run${container.waitingReason ? ` (${container.waitingReason})` : ''}.`, null)];
    },
  },
  {
    door: 'node',
    look: ({ facts: { ground } }) => {
      if (!ground?.pod?.node) return [];
      const { node } = ground;
      if (!node.known) return [unseen(node)];
      const { name, ready, cordoned, why } = node.value;
      if (!ready)
        return [failed(why, `kubectl describe node ${name} says why; nothing is restarted until it is ready.`)];
      if (cordoned)
        return [warning(`The node ${name} is cordoned.`, `kubectl uncordon ${name}, when its work is done.`)];
      return [ok(`The node ${name} is ready.`)];
    },
  },
  { door: 'right', look: ({ rights }) => (rights ? judged(rights) : []) },
  {
    door: 'ledger',
    look: ({ facts: { ground }, answers, frigate }) => {
      if (!ground) return [];
      const { ledger } = ground;
      if (!ledger.known) return [unseen(ledger)];
      const reply = answers.ground?.configMap.reply;
      if (reply && !reply.ok && reply.status === 404) {
        const said = `The ConfigMap ${frigate.ledger} does not exist: the budget is kept in the data folder only.`;
        return [warning(said, `Apply the one of ${RIGHTS_FILE}.`)];
      }
      const recent = ledger.value.times.filter((at) => ground.at.configMap - at < DAY).length;
      return [
        ok(`The ConfigMap ${frigate.ledger} holds ${recent} restarts of the last day.`),
        ...ledger.value.dropped.map((sentence) =>
          warning(sentence, 'Whoever writes there should write epoch seconds.'),
        ),
      ];
    },
  },
  {
    door: 'log',
    look: ({ answers: { log }, facts: { ground } }) => {
      if (!ground) return [];
      if (!log) return ground.pod ? [warning("Frigate's log was not asked for.", null)] : [];
      const { current } = log;
      if (!current.ok) return [warning(current.reason, 'Without the log, what only the log tells is not named.')];
      return [ok(`Frigate's log can be read: ${current.value.lines} lines.`)];
    },
  },
  {
    door: 'restart',
    look: ({ looked: { circumstances }, remedies }) =>
      circumstances.hazards
        .filter(({ against }) => against === null || against.some((id) => remedies.includes(id)))
        .map(({ sentence }) => warning(sentence, 'Until this is mended, it is not restarted so.')),
  },
];

/** A right that is missing is another row's to mend. */
function unseen(part: Exclude<Circumstance<unknown>, { known: true }>): Found {
  return warning(part.why, part.asked ? null : `Give the right, or leave it: ${RIGHTS_FILE} says what is lost.`);
}

/** While nobody answers, one row says so for all. */
function judged(rights: readonly AskedRight[]): readonly Found[] {
  const [silent] = rights.flatMap(({ reply }) => (reply.ok ? [] : [reply]));
  if (silent) return [warning(`The rights cannot be asked for: ${silent.reason}`, CLUSTER_MEND)];
  const byRight = Map.groupBy(rights, ({ right }) => right.id);
  return [...byRight.values()].map((asked): Found => {
    const [{ right }] = asked as [AskedRight];
    const verbs = asked.flatMap(({ reply, question }) => (reply.ok && reply.value ? [] : [question.verb]));
    const all = asked.map(({ question }) => question.verb);
    if (verbs.length === 0) return ok(`May ${inWords(right, all)}.`);
    const sentence = `May not ${inWords(right, verbs)}. ${right.lost}`;
    const mend = `Add the rule below to the ${roleOf(right)}`;
    const found = right.isNeeded ? failed(sentence, `${mend}.`) : warning(sentence, `${mend}, or leave it so.`);
    return { ...found, missing: { ...right, verbs } };
  });
}

function inWords({ resource, names, namespace }: Right, verbs: readonly string[]): string {
  const place = namespace === null ? 'in the whole cluster' : `in the namespace ${namespace}`;
  return [verbs.join(' and '), resource, ...(names ?? []), place].join(' ');
}
