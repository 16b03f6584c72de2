/** Figures of many looks in one row of five minutes, for charts over weeks. Pure. */

/** What one look measured; null and missing: it said nothing of it. */
export interface Figures {
  verdict: string;
  /** Milliseconds of one inference, by detector. */
  inferenceMs: Readonly<Record<string, number>>;
  /** Detections per second, all cameras together. */
  detectionRate: number | null;
  /** Frames per second of the camera that sends fewest. */
  leastFps: number | null;
  /** Skipped share of all arriving frames, 0 to 1. */
  skippedRatio: number | null;
}

export interface Range {
  mean: number;
  max: number;
}

export interface Rollup {
  /** Its beginning, in epoch seconds: a multiple of its length. */
  at: number;
  looks: number;
  /** How many looks had each verdict. */
  verdicts: Readonly<Record<string, number>>;
  inferenceMs: Readonly<Record<string, Range>>;
  detectionRate: Range | null;
  leastFps: number | null;
  skippedRatio: Range | null;
}

const ROLLUP_SECONDS = 300;

interface Sum {
  n: number;
  sum: number;
  max: number;
}

/** A row as it is kept: sums, so that it can go on where it was after a restart. Plain JSON. */
export interface Bucket {
  looks: number;
  verdicts: Readonly<Record<string, number>>;
  inference: Readonly<Record<string, Sum>>;
  rate: Sum | null;
  leastFps: number | null;
  skipped: Sum | null;
}

export const EMPTY_BUCKET: Bucket = {
  looks: 0,
  verdicts: {},
  inference: {},
  rate: null,
  leastFps: null,
  skipped: null,
};

export function bucketStart(at: number): number {
  return Math.floor(at / ROLLUP_SECONDS) * ROLLUP_SECONDS;
}

export function withFigures(before: Bucket, figures: Figures): Bucket {
  const { verdict, inferenceMs, detectionRate, leastFps, skippedRatio } = figures;
  const inference = Object.entries(inferenceMs).map(([id, ms]) => [id, added(own(before.inference, id), ms)]);
  return {
    looks: before.looks + 1,
    verdicts: { ...before.verdicts, [verdict]: (own(before.verdicts, verdict) ?? 0) + 1 },
    inference: { ...before.inference, ...Object.fromEntries(inference) },
    rate: added(before.rate, detectionRate),
    leastFps: leastFps === null ? before.leastFps : Math.min(leastFps, before.leastFps ?? leastFps),
    skipped: added(before.skipped, skippedRatio),
  };
}

export function rollupOf(at: number, { looks, verdicts, inference, rate, leastFps, skipped }: Bucket): Rollup {
  const ranges = Object.entries(inference).map(([id, { n, sum, max }]) => [id, { mean: sum / n, max }]);
  return {
    at,
    looks,
    verdicts,
    inferenceMs: Object.fromEntries(ranges),
    detectionRate: rangeOf(rate),
    leastFps,
    skippedRatio: rangeOf(skipped),
  };
}

function added(before: Sum | null | undefined, value: number | null): Sum | null {
  if (value === null || !Number.isFinite(value)) return before ?? null;
  return before
    ? { n: before.n + 1, sum: before.sum + value, max: Math.max(before.max, value) }
    : { n: 1, sum: value, max: value };
}

function rangeOf(sum: Sum | null): Range | null {
  return sum && { mean: sum.sum / sum.n, max: sum.max };
}

/** A detector may be called like something that every object has. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
