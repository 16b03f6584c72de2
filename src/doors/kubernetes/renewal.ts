/** Credentials that change while the program runs: files are read again, and what can be used takes over at once. */

import type { Log } from '../ports.ts';
import { type KubernetesSettings, readCredentials } from './credentials.ts';
import type { Credentials } from './material.ts';

export interface Renewal {
  /** Those to be used now; where it is time, their files are read again. */
  current(): Credentials;
  /** Reads again although it is not time, because the ones in use failed; are there others now? */
  renew(): boolean;
}

export interface RenewalOptions {
  log: Log;
  /** Seconds of a steady clock. */
  now(): number;
  /** Hears the secrets of new credentials before they are used for the first time. */
  onSecrets(secrets: readonly string[]): void;
}

/** A kubelet renews a token well before it expires, so this is soon enough; a refusal is looked after at once. */
const EVERY_SECONDS = 30;

/** Throws one clear sentence where there are none to begin with. */
export function openRenewal(settings: KubernetesSettings, { log, now, onSecrets }: RenewalOptions): Renewal {
  const first = readCredentials(settings);
  if (!first.ok) throw new Error(first.reason);
  let { credentials } = first;
  let readAt = now();
  let isBroken = false;
  onSecrets(credentials.secrets);

  /** A file that is being written may be broken for a moment: the old credentials stay. */
  function read(): boolean {
    readAt = now();
    const answer = readCredentials(settings);
    if (!answer.ok) {
      if (!isBroken) log.warn(`The credentials for Kubernetes stay as they were, for new ones fail. ${answer.reason}`);
      isBroken = true;
      return false;
    }
    const isOther = materialOf(answer.credentials) !== materialOf(credentials);
    if (isOther) {
      onSecrets(answer.credentials.secrets);
      ({ credentials } = answer);
      log.info('The credentials for Kubernetes were renewed.');
    } else if (isBroken) {
      log.info('The credentials for Kubernetes can be read again.');
    }
    isBroken = false;
    return isOther;
  }

  return {
    current() {
      if (now() - readAt >= EVERY_SECONDS) read();
      return credentials;
    },
    renew: read,
  };
}

function materialOf({ cluster, user }: Credentials): string {
  return JSON.stringify([cluster, user]);
}
