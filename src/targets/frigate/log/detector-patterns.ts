/** TABLE: what log lines say of detectors. The texts are those of Frigate's source, 0.11 to 0.18. */
import { begins, holds, type LogPattern } from './pattern.ts';

export const DETECTOR_PATTERNS: readonly LogPattern[] = [
  {
    id: 'stuck',
    texts: [begins('Detection appears to be stuck')],
    meaning: 'An inference took more than 10 seconds; Frigate replaces the process of that detector.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'waiting_exit',
    texts: [begins('Waiting for detection process to exit gracefully')],
    meaning: 'Frigate waits up to 30 seconds for a detector to end.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'force_kill',
    // Up to 0.13 without its apostrophe.
    texts: [begins("Detection process didn't exit. Force killing", 'Detection process didnt exit. Force killing')],
    meaning: 'The detector did not end and is killed; at the wrong moment that blocks the queue for its successor.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'exited',
    texts: [begins('Detection process has exited')],
    meaning: 'The old detector process is gone.',
    since: '0.12',
    outlivesRun: true,
  },
  {
    id: 'detector_stopped',
    texts: [begins('Detection appears to have stopped')],
    meaning: 'A detector process has died; Frigate ends itself and the whole container restarts.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'detector_crash',
    // The head of its traceback.
    texts: [/^Process (?:frigate\.)?detector:(?<member>.{1,100}?):$/],
    meaning: 'A detector process ended by an error; the traceback that follows says which.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'detector_start',
    texts: [begins('Starting detection process: {number}')],
    member: 'logger',
    meaning: 'A detector process starts; 0.17 and later do not say so any more.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'tpu_load',
    texts: [begins('Attempting to load TPU as')],
    meaning: 'A detector process for a Coral starts.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'tpu_found',
    texts: [begins('TPU found')],
    meaning: 'The Coral is there and loaded.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'no_edgetpu',
    texts: [begins('No EdgeTPU was detected', 'No EdgeTPU detected')],
    meaning: 'The Coral is not there: hardware, driver or pass-through.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'delegate_failed',
    texts: [holds('Failed to load delegate from')],
    meaning: 'The driver of the Coral could not be loaded.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'usb_error',
    texts: [holds('USB transfer error', 'HandleQueuedBulkIn', 'driver/usb/usb_driver.cc')],
    meaning: 'The Coral fell off the USB bus: cable, port, power or pass-through.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'detector_error',
    texts: [
      // Said as warnings, though nothing was detected.
      begins('Model not ready, returning zero detections', 'ZMQ detector received', 'Execute returned false'),
      begins('[process_input] Unexpected error', '[receive_output] Error receiving output'),
      holds('HIB Error. hib_error_status'),
    ],
    errorsOf: /^(?:frigate\.detectors\.|frigate\.edgetpu$|detector\.)/,
    member: 'logger',
    meaning: 'A detector could not do what it was asked for; its answer is empty, which looks fast.',
    since: '0.11',
  },
];
