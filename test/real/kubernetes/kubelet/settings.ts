/** What a kubelet of the rig is started with, and what it can be told while it runs. */
import type { Certificate } from '../certificates.ts';

export interface KubeletSettings {
  node: string;
  index: number;
  address: string;
  server: string;
  authority: string;
  /** As which it speaks to the API server. */
  client: Certificate;
  /** As which it answers on port 10250. */
  serving: Certificate;
  version: string;
  /** Where containers find what outlives them, and where they listen for faults. */
  folder: string;
  labels: Readonly<Record<string, string>>;
}

export type Command =
  /** Lease and node status. */
  | { say: 'beats'; on: boolean }
  /** Taking up pods, stopping them, and telling of them; what runs goes on. */
  | { say: 'work'; on: boolean }
  | { say: 'node'; version?: string; bootId?: string; ready?: boolean }
  /** As the kernel does when a container is over its limit. */
  | { say: 'out_of_memory'; uid: string }
  /** A process that waits for a device for ever cannot be killed. */
  | { say: 'unkillable'; uid: string; on: boolean };

export const PORT = 10_250;
