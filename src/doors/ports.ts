/**
 * What the house needs from the world, as types. Times are epoch seconds, durations are seconds.
 * A door never throws for what the world does: every failure is a typed answer with its reason.
 */

export type FailureKind = 'timeout' | 'refused' | 'unreachable' | 'tls' | 'status' | 'form' | 'too_large' | 'aborted';

/** `reason` is one sentence without secrets. `status` is the HTTP status where there was one. */
export interface Failure {
  ok: false;
  kind: FailureKind;
  reason: string;
  status?: number;
  /** Start of the answer's text, at most 200 characters, where there was one. */
  body?: string;
}

/** `serverTime`: the answer's Date header in epoch seconds, null without one. */
export type Reply<T> = { ok: true; value: T; status: number; serverTime: number | null } | Failure;

export interface HttpRequest {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: unknown;
  timeoutSeconds: number;
  signal: AbortSignal;
  /** Without it a certificate must be trusted by the system. */
  tls?: TlsTrust;
}

/** How a server's certificate is judged. `fingerprint`: the SHA-256 that it must have, then nothing else counts. */
export interface TlsTrust {
  verify: boolean;
  fingerprint: string | null;
}

export interface HttpDoor {
  json(request: HttpRequest): Promise<Reply<unknown>>;
  text(request: HttpRequest): Promise<Reply<string>>;
  /** The `Set-Cookie` headers of the answer, as they came. */
  cookies(request: HttpRequest): Promise<Reply<readonly string[]>>;
}

export interface ObjectName {
  kind: 'deployment' | 'statefulset' | 'daemonset';
  namespace: string;
  name: string;
}

/** One restart-annotation patch, with its preconditions. */
export interface RestartPatch {
  workload: ObjectName;
  /** RFC 3339, whole seconds, UTC. */
  restartedAt: string;
  uid: string;
  resourceVersion: string;
}

/** One pod to be ended in order; its owner makes another. */
export interface PodDeletion {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
}

export interface LogQuery {
  namespace: string;
  pod: string;
  /** Null: the pod has one container only. */
  container: string | null;
  /** RFC 3339; the server compares whole seconds. Null: from the beginning, or the last `tailLines`. */
  sinceTime: string | null;
  tailLines: number | null;
  /** The log of the run before this one. */
  previous: boolean;
  limitBytes: number;
}

/** A request through the API server to something in the cluster. `path` begins with a slash. */
export interface ProxyRoad {
  /** Without it a GET; a POST has no body. */
  method?: 'POST';

  kind: 'pods' | 'services';
  namespace: string;
  name: string;
  port: number;
  path: string;
}

/** The Kubernetes API. Bodies are the API's own JSON, timestamps as strings. */
export interface KubernetesDoor {
  workload(name: ObjectName, signal: AbortSignal): Promise<Reply<unknown>>;
  /** `selector` is a label selector in the API's text form. */
  pods(namespace: string, selector: string, signal: AbortSignal): Promise<Reply<unknown>>;
  replicaSets(namespace: string, selector: string, signal: AbortSignal): Promise<Reply<unknown>>;
  node(name: string, signal: AbortSignal): Promise<Reply<unknown>>;
  /** The first 250; `metadata.continue` tells that there are more. */
  nodes(signal: AbortSignal): Promise<Reply<unknown>>;
  /** HorizontalPodAutoscalers of a namespace. */
  autoscalers(namespace: string, signal: AbortSignal): Promise<Reply<unknown>>;
  configMap(namespace: string, name: string, signal: AbortSignal): Promise<Reply<unknown>>;
  /** Replaces the whole object; it must carry its resourceVersion. */
  replaceConfigMap(namespace: string, name: string, body: unknown, signal: AbortSignal): Promise<Reply<unknown>>;
  createConfigMap(namespace: string, body: unknown, signal: AbortSignal): Promise<Reply<unknown>>;
  restart(patch: RestartPatch, signal: AbortSignal): Promise<Reply<unknown>>;
  deletePod(pod: PodDeletion, signal: AbortSignal): Promise<Reply<unknown>>;
  /** The container's log as text, each line with the kubelet's RFC 3339 stamp in front. */
  log(query: LogQuery, signal: AbortSignal): Promise<Reply<string>>;
  /** The body as text; a status of what is behind the proxy is a failure with that status. */
  proxy(road: ProxyRoad, signal: AbortSignal): Promise<Reply<string>>;
  /** What a command in a container wrote to its standard output. */
  exec(place: ExecPlace, command: readonly string[], signal: AbortSignal): Promise<Reply<string>>;
  /** May the account do this? Asks the API itself, which judges its own rules. */
  allowed(question: AccessQuestion, signal: AbortSignal): Promise<Reply<boolean>>;
  close(): Promise<void>;
}

/** One right, in the words of a Role. */
export interface AccessQuestion {
  verb: string;
  /** Empty for the core group. */
  group: string;
  /** With its part after a slash, e.g. `pods/log`. */
  resource: string;
  /** Null for what lies in no namespace. */
  namespace: string | null;
  /** Null: any of them. */
  name: string | null;
}

/** Of several Wardens one acts: whoever holds the Lease. No target asks for it. */
export interface LeaseDoor {
  lease(namespace: string, name: string, signal: AbortSignal): Promise<Reply<unknown>>;
  /** Replaces the whole object; it must carry its resourceVersion. */
  replaceLease(namespace: string, name: string, body: unknown, signal: AbortSignal): Promise<Reply<unknown>>;
  createLease(namespace: string, body: unknown, signal: AbortSignal): Promise<Reply<unknown>>;
}

export interface ExecPlace {
  namespace: string;
  pod: string;
  container: string;
}

export interface TcpDoor {
  /** Connects, sends nothing, and hangs up. */
  reach(
    place: { host: string; port: number },
    limit: { timeoutSeconds: number; signal: AbortSignal },
  ): Promise<Reply<true>>;
}

export interface Letter {
  /** When it came, in our clock. */
  at: number;
  topic: string;
  payload: string;
  retained: boolean;
}

export interface Mail {
  /** Since when the broker is connected without a break; null: it is not. */
  connectedSince: number | null;
  /** What came since the box was last emptied, oldest first. */
  letters: readonly Letter[];
  /** Letters that found the box full and are lost. */
  dropped: number;
}

/** A bounded box for what Frigate says over MQTT. */
export interface MailboxDoor {
  /**
   * Empties the box of this reader for this topic prefix; the first time it begins to collect for it. While the broker
   * is connected, the last word on `<prefix>/available` that left the box before comes first, as retained. A box that
   * nobody has emptied for ten minutes is dropped.
   */
  empty(reader: string, prefix: string): Mail;
  /** Not kept by the broker; resolves when it has acknowledged it, which does not say that anybody heard it. */
  post(topic: string, payload: string): Promise<Failure | null>;
}

/** What targets may ask of the world. A door that is not configured is null. */
export interface Doors {
  http: HttpDoor;
  kubernetes: KubernetesDoor | null;
  tcp: TcpDoor | null;
  mailbox: MailboxDoor | null;
}

export interface Clock {
  /** Epoch seconds; steady, never backwards, also over a restart. */
  now(): number;
  /** When wall time was last seen to jump against the steady time, or null. */
  jumpedAt(): number | null;
}

export interface MqttMessage {
  topic: string;
  payload: string;
  retained: boolean;
}

export interface MqttDoor {
  /** Resolves true when the broker has acknowledged it; false when it could not be delivered. */
  publish(topic: string, payload: string, options: { retain: boolean; qos: 0 | 1 }): Promise<boolean>;
  /** Subscriptions are renewed at every connect. */
  subscribe(topics: readonly string[], onMessage: (message: MqttMessage) => void): void;
  /** Called at every connect. */
  onConnect(listener: () => void): void;
  connected(): boolean;
  /** Publishes `offline`, unless it is to be silent, and disconnects, within the given time. */
  close(timeoutSeconds: number, isSilent?: boolean): Promise<void>;
}

export interface Log {
  debug(sentence: string, fields?: Record<string, unknown>): void;
  info(sentence: string, fields?: Record<string, unknown>): void;
  warn(sentence: string, fields?: Record<string, unknown>): void;
  error(sentence: string, fields?: Record<string, unknown>): void;
}

/** An announcement in its final form, waiting for its delivery. `payload` is the event's JSON text. */
export interface OutboxEntry {
  id: string;
  target: string;
  incidentId: string | null;
  at: number;
  payload: string;
}

/** What one turn leaves behind, written as one transaction. */
export interface TurnRecord {
  target: string;
  at: number;
  state: unknown;
  memory: unknown;
  outbox: readonly OutboxEntry[];
}

export interface StoreDoor {
  /** The last saved state and memory of a target, or null. */
  load(target: string): { state: unknown; memory: unknown } | null;
  /** One durable transaction; throws when it cannot be written, and then nothing is. */
  save(record: TurnRecord): void;
  /** Undelivered announcements, oldest first. */
  outbox(): readonly OutboxEntry[];
  delivered(ids: readonly string[]): void;
  /** Latest time that was ever saved, for a clock that never runs backwards. Null when new. */
  lastTime(): number | null;
  close(): void;
}
