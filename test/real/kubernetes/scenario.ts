/** What a scenario is, and how scenarios are run. */
import type { Cluster } from './cluster.ts';

export interface Scenario {
  /** A whole sentence: what must happen. */
  says: string;
  /** Its namespace, and so that of all it puts on the stage. */
  name: string;
  run(cluster: Cluster, name: string): Promise<void>;
}
