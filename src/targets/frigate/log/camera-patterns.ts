/** TABLE: what log lines say of cameras and recordings. The texts are those of Frigate's source, 0.11 to 0.18. */
import { begins, holds, type LogPattern } from './pattern.ts';

export const CAMERA_PATTERNS: readonly LogPattern[] = [
  {
    id: 'shm_frame',
    texts: [begins('Failed to get frame {member} from SHM', 'Failed to retrieve many frames for {member} from SHM')],
    meaning: 'A frame was gone from shared memory before it was processed.',
    since: '0.15',
  },
  {
    id: 'ffmpeg_crash',
    texts: [/^[Ff]{2}(?:mpeg|MPEG) process crashed unexpectedly for (?<member>.{1,100}?)\.?$/],
    meaning: 'The ffmpeg of a camera ended; Frigate starts it again.',
    since: '0.11',
  },
  {
    id: 'no_frames',
    texts: [begins('No frames received from {member} in {number} seconds')],
    meaning: 'A camera sent no frame; Frigate restarts its ffmpeg.',
    since: '0.11',
  },
  {
    id: 'fps_limit',
    texts: [begins('{member} exceeded fps limit')],
    meaning: 'A camera sent more frames than configured, mostly a burst after a stall; Frigate restarts its ffmpeg.',
    since: '0.11',
  },
  {
    id: 'unable_to_read',
    texts: [begins('{member}: Unable to read frames from ffmpeg process')],
    meaning: 'The frames of a camera end; one end brings up to a hundred such lines.',
    since: '0.11',
  },
  {
    id: 'ffmpeg_not_running',
    texts: [begins('{member}: ffmpeg process is not running. exiting')],
    meaning: 'The ffmpeg of a camera is gone.',
    since: '0.11',
  },
];

export const RECORDING_PATTERNS: readonly LogPattern[] = [
  {
    id: 'no_new_segments',
    texts: [
      begins('No new recording segments were created for {member} in the last {number}'),
      begins('No new valid recording segments were created for {member} in the last {number}'),
      begins('No valid segments created since last invalid segment for {member} in the last {number}'),
    ],
    meaning: 'A camera brought no segment to record for two minutes; Frigate restarts its recording ffmpeg.',
    since: '0.12',
  },
  {
    id: 'invalid_segment',
    texts: [begins('Invalid recording segment detected for {member} at ')],
    meaning: 'A segment to record held no video.',
    since: '0.17',
  },
  {
    id: 'keep_up',
    texts: [begins('Unable to keep up with recording segments in cache for {member}. Keeping')],
    meaning: 'Recordings come faster than the storage takes them; the oldest are thrown away.',
    since: '0.12',
  },
  {
    id: 'unprocessed',
    texts: [begins('Too many unprocessed recording segments in cache for {member}. This likely')],
    meaning: 'Detection is behind, so nobody knows which recordings to keep; the oldest are thrown away.',
    since: '0.15',
  },
  {
    id: 'no_space',
    // The kernel says the same of too many watched files, which is not about the disk.
    texts: [/\[Errno 28\](?! inotify)/, holds('No space left on device')],
    meaning: 'A file could not be written, for the disk is full.',
    since: '0.11',
  },
  {
    id: 'not_writable',
    // A configuration that may only be read is how many run it, and records as any other.
    texts: [/(?:\[Errno 30\]|Read-only file system)(?!.{0,40}['"]\/config)/, holds('[Errno 5] Input/output error')],
    meaning: 'A file could not be written: the storage is read-only or fails.',
    since: '0.11',
  },
  {
    id: 'segment_lost',
    texts: [
      begins('Failed to probe corrupt segment', 'Discarding a corrupt recording segment'),
      begins('Invalid or missing video stream in segment', 'Unable to convert /', 'Unable to store recording segment'),
      begins('Error occurred when attempting to maintain recording cache'),
    ],
    member: /\/cache\/(?<member>.{1,100}?)[@-]\d{14}/,
    meaning: 'A recording could not be kept; where it names no reason, the next line does.',
    since: '0.11',
  },
  {
    id: 'could_not_clear',
    texts: [begins('Could not clear ')],
    from: /^frigate\.storage$/,
    meaning: 'The disk is full and nothing may be deleted.',
    since: '0.12',
  },
  {
    id: 'low_space',
    texts: [begins('Less than 1 hour of recording space left')],
    meaning: 'The disk is full; Frigate deletes the oldest recordings, as it always does on a full disk.',
    since: '0.12',
  },
  {
    id: 'database_locked',
    texts: [holds('database is locked')],
    meaning: 'The database is used by somebody else or lies on slow storage.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'database_refused',
    texts: [holds('attempt to write a readonly database', 'unable to open database file', 'disk I/O error')],
    meaning: 'The database cannot be opened or written: rights, a read-only volume, or a disk that fails.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'database_malformed',
    texts: [holds('database disk image is malformed', 'file is not a database')],
    meaning: 'The database is damaged.',
    since: '0.11',
    outlivesRun: true,
    outlivesDay: true,
  },
];
