/** What a suite of real-server checks is. */

/** A check that does not hold throws; its message says what was there. */
export type Check = (sentence: string, body: () => void | Promise<void>) => Promise<void>;

/** Why the server cannot be had here, in one sentence; null: it can. */
export type Missing = string | null;

export interface Suite {
  name: string;
  /** Looks for the server, and installs it where that is possible. */
  prepare(): Promise<Missing>;
  run(check: Check): Promise<void>;
}
