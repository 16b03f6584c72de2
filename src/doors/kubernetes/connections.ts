/** The connections for one set of credentials: kept from call to call, closed when others take their place. */

import { KubeConfig, RequestContext } from '@kubernetes/client-node';
import type { Dispatcher } from './exec.ts';
import type { Credentials } from './material.ts';

export interface Connections {
  /** Adds the login and kept connections to a request. Other credentials than the last ones get new connections. */
  apply(context: RequestContext, credentials: Credentials): Promise<void>;
  /** The connections of this request are used no more; what is under way on them may end within its own time. */
  leave(context: RequestContext): void;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

interface Kept {
  credentials: Credentials;
  dispatcher: Dispatcher;
  authorization: string | undefined;
}

type DispatcherOptions = ReturnType<KubeConfig['createDispatcherOptions']>;

/** The library opens connections for every call, which nobody closes; here it is asked once for all of them. */
class OwnConfig extends KubeConfig {
  override createDispatcherOptions(...given: Parameters<KubeConfig['createDispatcherOptions']>): DispatcherOptions {
    const options = super.createDispatcherOptions(...given);
    // Without an agent of our own the process-wide one would be used, which nobody may close.
    return options.type === 'none' ? { type: 'agent', connect: { keepAlive: true } } : options;
  }
}

export function openConnections(): Connections {
  const open = new Set<Dispatcher>();
  let kept: Kept | null = null;

  async function keep(credentials: Credentials): Promise<Kept> {
    const { cluster, user } = credentials;
    const config = new OwnConfig();
    config.loadFromClusterAndUser(cluster, user);
    const pattern = new RequestContext(cluster.server, 'GET');
    await config.applySecurityAuthentication(pattern);
    const dispatcher = pattern.getDispatcher();
    if (!dispatcher) throw new Error('The Kubernetes client has no connections of its own.');
    // Calls that begin together ask together; the first answer is for all of them.
    if (kept?.credentials === credentials) return kept;
    if (kept) retire(kept);
    open.add(dispatcher);
    kept = { credentials, dispatcher, authorization: pattern.getHeaders().Authorization };
    return kept;
  }

  function retire({ dispatcher }: Kept): void {
    kept = null;
    const gone = () => void open.delete(dispatcher);
    // It rejects when the door was closed in the meantime.
    dispatcher.close().then(gone, gone);
  }

  return {
    async apply(context, credentials) {
      const { dispatcher, authorization } = kept?.credentials === credentials ? kept : await keep(credentials);
      context.setDispatcher(dispatcher);
      if (authorization !== undefined) context.setHeaderParam('Authorization', authorization);
    },
    leave(context) {
      if (kept && kept.dispatcher === context.getDispatcher()) retire(kept);
    },
    async close() {
      kept = null;
      await Promise.all([...open].map((dispatcher) => dispatcher.destroy()));
    },
  };
}
