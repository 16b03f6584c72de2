/** What everything that is followed from look to look is given, besides what it remembers itself. */
import type { FrigateAnswers } from '../observe/answers.ts';
import type { Configured } from '../read/configured.ts';
import type { FrigateStats } from '../read/stats.ts';
import type { FrigateSettings } from '../settings.ts';

/** One run of Frigate's process. */
export interface RunMemory {
  /** By the stats' own uptime, steady while the run lasts; null: they do not say. */
  startedAt: number | null;
  /** The container's run as the cluster names it: it tells a new run earlier than any answer does. */
  container: string | null;
  uptimeSeconds: number | null;
  /** First valid answer in this run. */
  answeredAt: number | null;
}

export interface Following {
  settings: FrigateSettings;
  answers: FrigateAnswers;
  /** Of this look and of a layout that is understood; null: none. */
  stats: FrigateStats | null;
  /** As it was last read in this run; null: never. */
  configured: Configured | null;
  run: RunMemory;
  /** This look is the first of another run of Frigate. */
  isNewRun: boolean;
  /** When the evidence of the stats was made, in our clock. */
  at: number;
  now: number;
}

/** What the memory says of cameras to whoever decides which of them are asked. */
export interface KnownCameras {
  configured: Configured | null;
  cameras: Readonly<Record<string, { silentSince: number | null }>>;
}
