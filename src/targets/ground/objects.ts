/** Reads the API's own objects: strict in what rules stand on, forgiving of all the rest. */
import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const count = z.number().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const words = z.record(z.string(), z.string()).nullish().catch(undefined);

/** A list that the API may leave out or write as null; entries of another form are passed over. */
function listOf<T extends z.ZodType>(entry: T) {
  return z
    .array(z.unknown())
    .nullish()
    .catch(undefined)
    .transform((list) =>
      (list ?? []).flatMap((one) => {
        const read = entry.safeParse(one);
        return read.success ? [read.data] : [];
      }),
    );
}

const owners = listOf(z.object({ uid: z.string(), kind: text, controller: flag }));

const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: text,
  message: text,
  lastTransitionTime: text,
});

const expression = z.object({ key: z.string(), operator: z.string(), values: listOf(z.string()) });

/** A selector with an expression of another form is no selector: passing one over would select strangers. */
const selector = z
  .object({ matchLabels: words, matchExpressions: z.array(expression).nullish() })
  .optional()
  .catch(undefined);

const surge = z
  .object({ maxSurge: z.union([z.number(), z.string()]).optional().catch(undefined), partition: count })
  .nullish()
  .catch(undefined);
const strategy = z.object({ type: text, rollingUpdate: surge }).optional().catch(undefined);

const volume = z.object({
  name: z.string(),
  hostPath: z.object({ path: z.string() }).optional().catch(undefined),
  persistentVolumeClaim: z.object({ claimName: z.string() }).optional().catch(undefined),
  emptyDir: z.object({}).optional().catch(undefined),
  ephemeral: z.object({}).optional().catch(undefined),
});

/** Amounts as the API writes them; a whole number may come as one. */
const amounts = z
  .record(z.string(), z.union([z.string(), z.number()]).transform(String))
  .nullish()
  .catch(undefined);
const resources = z.object({ limits: amounts, requests: amounts }).optional().catch(undefined);

const mountingContainer = z.object({
  name: z.string(),
  image: text,
  volumeMounts: listOf(z.object({ name: z.string(), mountPath: z.string() })),
  resources,
  ports: listOf(z.object({ hostPort: count })),
});

const toleration = z.object({ key: text, operator: text, value: text, effect: text });

const nodeTest = z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() });
const nodeTerm = z.object({ matchExpressions: z.array(nodeTest).nullish(), matchFields: z.array(nodeTest).nullish() });
const required = z.object({ nodeSelectorTerms: z.array(nodeTerm).nullish() });
/** With a part of another form nothing can be said of it: passing it over would let other nodes in. */
const affinity = z
  .union([
    z.object({
      nodeAffinity: z.object({ requiredDuringSchedulingIgnoredDuringExecution: required.nullish() }).nullish(),
    }),
    z.literal('unread'),
  ])
  .nullish()
  .catch('unread');

const podTemplate = z.object({
  volumes: listOf(volume),
  containers: listOf(mountingContainer),
  initContainers: listOf(z.object({ resources })),
  nodeName: text,
  nodeSelector: words,
  affinity,
  tolerations: listOf(toleration),
  hostNetwork: flag,
  resourceClaims: listOf(z.object({ name: z.string() })),
});

const workloadObject = z.object({
  // Kind and names are for whoever reads a recording.
  kind: text,
  metadata: z.object({
    name: text,
    namespace: text,
    uid: z.string().min(1),
    resourceVersion: z.string().min(1),
    generation: count,
  }),
  spec: z.object({
    replicas: count,
    paused: flag,
    selector,
    strategy,
    updateStrategy: strategy,
    podManagementPolicy: text,
    template: z.object({ spec: podTemplate.optional() }).optional().catch(undefined),
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      readyReplicas: count,
      terminatingReplicas: count,
      currentRevision: text,
      updateRevision: text,
      desiredNumberScheduled: count,
      currentNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
      numberReady: count,
      conditions: listOf(condition),
    })
    .optional()
    .catch(undefined),
});

const state = z
  .object({
    running: z.object({ startedAt: text }).optional().catch(undefined),
    waiting: z.object({ reason: text, message: text }).optional().catch(undefined),
    terminated: z.object({ reason: text, finishedAt: text }).optional().catch(undefined),
  })
  .optional()
  .catch(undefined);

const containerStatus = z.object({
  name: z.string(),
  image: text,
  imageID: text,
  containerID: text,
  restartCount: count,
  ready: flag,
  state,
  lastState: state,
});

const podObject = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    resourceVersion: text,
    creationTimestamp: text,
    deletionTimestamp: text,
    deletionGracePeriodSeconds: count,
    annotations: words,
    ownerReferences: owners,
  }),
  spec: z
    .object({
      nodeName: text,
      containers: listOf(z.object({ name: z.string(), image: text })),
      // Some are added when the pod is made, and its template does not have them.
      tolerations: listOf(toleration),
    })
    .optional()
    .catch(undefined),
  status: z
    .object({
      phase: text,
      podIP: text,
      conditions: listOf(condition),
      containerStatuses: listOf(containerStatus),
      initContainerStatuses: listOf(containerStatus),
    })
    .optional()
    .catch(undefined),
});

const replicaSetObject = z.object({ metadata: z.object({ uid: z.string(), ownerReferences: owners }) });

const taint = z.object({ key: z.string(), value: text, effect: z.string() });

const nodeObject = z.object({
  metadata: z.object({ name: z.string(), labels: words }),
  spec: z
    .object({ unschedulable: flag, taints: listOf(taint) })
    .optional()
    .catch(undefined),
  status: z.object({
    conditions: listOf(condition),
    allocatable: amounts,
    nodeInfo: z.object({ kubeletVersion: text, bootID: text }).optional().catch(undefined),
  }),
});

const autoscalerObject = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ scaleTargetRef: z.object({ kind: text, name: text }), maxReplicas: count }),
});

/** A long list comes in pieces: then more nodes are there than were read. */
const nodeList = z.object({
  metadata: z.object({ continue: text }).optional().catch(undefined),
  items: z.array(nodeObject).nullable(),
});

/** All other keys are kept: the object is written back as it was read. */
const configMapObject = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string().min(1),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  data: z.record(z.string(), z.string()).nullish(),
});

export type WorkloadObject = z.infer<typeof workloadObject>;
export type PodObject = z.infer<typeof podObject>;
export type ReplicaSetObject = z.infer<typeof replicaSetObject>;
export type NodeObject = z.infer<typeof nodeObject>;
export type AutoscalerObject = z.infer<typeof autoscalerObject>;
export type ConfigMapObject = z.infer<typeof configMapObject>;
export type ContainerStatus = z.infer<typeof containerStatus>;

/** Each reader answers null where the text is not an object of its kind. */
export const readWorkload = reader(workloadObject);
export const readPods = reader(
  z.object({ items: z.array(podObject).nullable() }).transform(({ items }) => items ?? []),
);
export const readReplicaSets = reader(
  z.object({ items: z.array(replicaSetObject).nullable() }).transform(({ items }) => items ?? []),
);
export const readNode = reader(nodeObject);
export const readNodes = reader(
  nodeList.transform(({ metadata, items }) => ({ items: items ?? [], isWhole: !metadata?.continue })),
);
export const readAutoscalers = reader(
  z.object({ items: z.array(autoscalerObject).nullable() }).transform(({ items }) => items ?? []),
);
export const readConfigMap = reader(configMapObject);

function reader<T>(schema: z.ZodType<T>): (value: unknown) => T | null {
  return (value) => {
    const read = schema.safeParse(value);
    return read.success ? read.data : null;
  };
}

/** An API timestamp in epoch seconds; null where it is none. */
export function secondsOf(stamp: string | undefined): number | null {
  if (stamp === undefined || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(stamp)) return null;
  const milliseconds = Date.parse(stamp);
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}

/** The selector in the API's text form, expressions included; null where nothing is selected, or not surely. */
export function selectorText(workload: WorkloadObject): string | null {
  const { matchLabels, matchExpressions } = workload.spec.selector ?? {};
  const terms = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values } of matchExpressions ?? []) {
    if (operator === 'In') terms.push(`${key} in (${values.join(',')})`);
    else if (operator === 'NotIn') terms.push(`${key} notin (${values.join(',')})`);
    else if (operator === 'Exists') terms.push(key);
    else if (operator === 'DoesNotExist') terms.push(`!${key}`);
    else return null;
  }
  return terms.length === 0 ? null : terms.join(',');
}
