/** What is read out of Frigate's container log: lines become events, events are counted. Plain JSON. */
import type { Reply } from '../../../doors/ports.ts';

/** One or more lines of the same meaning within one second. */
export interface LogEvent {
  /** Epoch seconds of the line, by the stamp that the kubelet gave it; else by the line's own. */
  at: number;
  /** Id of a row in the table of patterns. */
  pattern: string;
  /** The camera, detector, process or service that the line names; of a start the version. */
  member: string | null;
  /** So many such lines came within that second. */
  count: number;
  /** The first of them, without its stamps and without secrets, cut. */
  text: string;
}

/** Where the next look goes on: the kubelet's latest stamp as text, and how many lines bear it. */
export interface LogPosition {
  stamp: string;
  lines: number;
}

/** What one reading brought. */
export interface ReadLog {
  events: readonly LogEvent[];
  /** Null: not a line came with a stamp of the kubelet. */
  position: LogPosition | null;
  lines: number;
  bytes: number;
  /** Times of the earliest and the latest line, those without an event included; null: no line bears one. */
  firstAt: number | null;
  lastAt: number | null;
  /** It is longer than what one look reads: the next goes on where this one ends. */
  isCut: boolean;
  /** Why a part is missing, a sentence; null: it is whole. */
  skipped: string | null;
}

/** The log as one look brought it. */
export interface LogAnswer {
  at: number;
  /** The container's run that was read, as the cluster names it; null: nobody says. */
  run: string | null;
  /** What was taken off its times: the cluster's clock minus ours. Without it nothing was. */
  skewSeconds?: number;
  current: Reply<ReadLog>;
  /** The end of the run before, from where it was last read; asked once after a restart. */
  previous: Reply<ReadLog> | null;
}

/** Times and counts of one kind of event, oldest first. */
export type Counted = readonly (readonly [at: number, count: number])[];

export interface LogMemory {
  position: LogPosition | null;
  /** The container's run that was read last. */
  run: string | null;
  /** By pattern, or pattern and member (`pattern/member`); bounded in number and age. */
  kept: Readonly<Record<string, Counted>>;
  /** The last line's text, by pattern. */
  texts: Readonly<Record<string, string>>;
  /** The last run boundary that the log shows. */
  startedAt: number | null;
  /** Since when the log is known without a gap. */
  since: number | null;
  readAt: number | null;
}

export interface LogFacts {
  /** `unread`: it should be readable and was not in this look. `not_observed`: nobody can or may. */
  state: 'read' | 'unread' | 'not_observed';
  /** Why it is not read, or that a part is missing: a sentence. */
  why: string | null;
  /** Up to when it is known. */
  readAt: number | null;
  since: number | null;
  startedAt: number | null;
  kept: LogMemory['kept'];
  texts: LogMemory['texts'];
}
