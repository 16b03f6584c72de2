/** What the error codes of a connection mean, in words that follow the address. */
import type { FailureKind } from './ports.ts';

export type NetworkCodes = Readonly<Record<string, [kind: FailureKind, words: string]>>;

/** TABLE: the codes that every connection has; a door adds those of its own protocol. */
export const NETWORK_CODES: NetworkCodes = {
  ECONNREFUSED: ['refused', 'refuses connections'],
  ECONNRESET: ['unreachable', 'dropped the connection'],
  ENOTFOUND: ['unreachable', 'is a name that cannot be found'],
  EAI_AGAIN: ['unreachable', 'is a name that cannot be looked up just now'],
  EHOSTUNREACH: ['unreachable', 'cannot be reached'],
  ETIMEDOUT: ['timeout', 'does not accept connections in time'],
};
