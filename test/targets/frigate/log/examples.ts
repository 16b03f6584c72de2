/** TABLE: true lines of every pattern, over the versions of Frigate. */
import type { Spoken } from './layouts.ts';

export interface Example extends Spoken {
  pattern: string;
  member: string | null;
}

type Level = Spoken['level'];

function say(pattern: string, logger: string | null, level: Level, messages: Readonly<Record<string, string | null>>) {
  return Object.entries(messages).map(([message, member]): Example => ({ pattern, logger, level, message, member }));
}

const EDGETPU = 'frigate.detectors.plugins.edgetpu_tfl';
const MAINTAINER = 'frigate.record.maintainer';
const REST = 'most recent segments out of 13 and discarding the rest...';
const STREAM = 'This likely indicates an issue with the detect stream, keeping the 6';

export const EXAMPLES: readonly Example[] = [
  ...say('stuck', 'frigate.watchdog', 'INFO', {
    'Detection appears to be stuck. Restarting detection process...': null,
  }),
  ...say('waiting_exit', 'root', 'INFO', { 'Waiting for detection process to exit gracefully...': null }),
  ...say('force_kill', 'root', 'INFO', {
    "Detection process didn't exit. Force killing...": null,
    'Detection process didnt exit. Force killing...': null,
  }),
  ...say('exited', 'root', 'INFO', { 'Detection process has exited...': null }),
  ...say('detector_stopped', 'frigate.watchdog', 'INFO', {
    'Detection appears to have stopped. Exiting Frigate...': null,
    'Detection appears to have stopped. Exiting frigate...': null,
  }),
  ...say('detector_crash', null, null, {
    'Process detector:hailo8l:': 'hailo8l',
    'Process frigate.detector:my 2nd coral:': 'my 2nd coral',
  }),
  ...say('detector_start', 'detector.coral', 'INFO', { 'Starting detection process: 21446': 'coral' }),
  ...say('detector_start', 'detector.my 2nd coral', 'INFO', { 'Starting detection process: 7': 'my 2nd coral' }),
  ...say('tpu_load', EDGETPU, 'INFO', {
    'Attempting to load TPU as usb': null,
    'Attempting to load TPU as pci:0': null,
  }),
  ...say('tpu_load', 'frigate.edgetpu', 'INFO', { 'Attempting to load TPU as usb:1': null }),
  ...say('tpu_found', EDGETPU, 'INFO', { 'TPU found': null }),
  ...say('no_edgetpu', EDGETPU, 'ERROR', {
    'No EdgeTPU was detected. If you do not have a Coral device yet, you must configure CPU detectors.': null,
    'No EdgeTPU detected. If you do not have a Coral device yet, you must configure CPU detectors.': null,
  }),
  ...say('delegate_failed', null, null, { 'ValueError: Failed to load delegate from libedgetpu.so.1.0': null }),
  ...say('usb_error', null, null, {
    'F driver/usb/usb_driver.cc:857] transfer on tag 2 failed. Abort. Deadline exceeded: USB transfer error 2 [LibUsbDataOutCallback]':
      null,
    'E :0] HandleQueuedBulkIn transfer in failed. Not found: USB transfer error 5 [LibUsbDataInCallback]': null,
  }),
  ...say('detector_error', 'frigate.detectors.plugins.deepstack', 'ERROR', {
    'Error calling deepstack API: HTTPConnectionPool(host=ai, port=80): Max retries exceeded': null,
  }),
  ...say('detector_error', 'frigate.detectors.plugins.hailo8l', 'ERROR', {
    'Timeout waiting for inference results for request 17': null,
  }),
  ...say('detector_error', 'frigate.detectors.detection_runners', 'ERROR', {
    'Failed to initialize RKNN runtime': null,
    'Error during OpenVINO inference: Exception from src/inference': null,
  }),
  ...say('detector_error', 'frigate.detectors.plugins.zmq_ipc', 'WARNING', {
    'Model not ready, returning zero detections': null,
    'ZMQ detector received empty reply': null,
  }),
  ...say('detector_error', 'frigate.detectors.plugins.memryx', 'WARNING', {
    '[receive_output] Error receiving output: gone': null,
    '[process_input] Unexpected error: gone': null,
  }),
  ...say('detector_error', 'frigate.detectors.plugins.tensorrt', 'WARNING', { 'Execute returned false': null }),
  ...say('detector_error', 'frigate.edgetpu', 'CRITICAL', { 'Anything at all': null }),
  ...say('detector_error', 'detector.coral', 'ERROR', { 'Anything at all': 'coral' }),
  ...say('detector_error', null, null, { 'E :237] HIB Error. hib_error_status = 0000000000002200': null }),
  ...say('shm_frame', 'frigate.object_detection.base', 'WARNING', { 'Failed to get frame front from SHM': 'front' }),
  ...say('shm_frame', 'frigate.output.output', 'WARNING', {
    'Failed to retrieve many frames for front from SHM, consider increasing SHM size if this continues.': 'front',
  }),
  ...say('ffmpeg_crash', 'watchdog.1. Front Door', 'ERROR', {
    'Ffmpeg process crashed unexpectedly for 1. Front Door.': '1. Front Door',
  }),
  ...say('ffmpeg_crash', 'watchdog.front', 'ERROR', { 'Ffmpeg process crashed unexpectedly for front.v2': 'front.v2' }),
  ...say('ffmpeg_crash', 'watchdog.yard', 'ERROR', { 'FFMPEG process crashed unexpectedly for yard.': 'yard' }),
  ...say('no_frames', 'watchdog.garage', 'INFO', {
    'No frames received from garage in 20 seconds. Exiting ffmpeg...': 'garage',
  }),
  ...say('fps_limit', 'watchdog.garage 2', 'INFO', { 'garage 2 exceeded fps limit. Exiting ffmpeg...': 'garage 2' }),
  ...say('unable_to_read', 'frigate.video', 'ERROR', { 'yard: Unable to read frames from ffmpeg process.': 'yard' }),
  ...say('unable_to_read', 'frigate.video.ffmpeg', 'ERROR', {
    '3rd: floor: Unable to read frames from ffmpeg process.': '3rd: floor',
  }),
  ...say('ffmpeg_not_running', 'frigate.video', 'ERROR', {
    'yard: ffmpeg process is not running. exiting capture thread...': 'yard',
  }),
  ...say('no_new_segments', 'watchdog.yard', 'ERROR', {
    'No new recording segments were created for yard in the last 120s. restarting the ffmpeg record process...': 'yard',
    'No new valid recording segments were created for yard in the last 120s. Restarting the ffmpeg record process...':
      'yard',
    'No valid segments created since last invalid segment for my. yard in the last 130s. Restarting the ffmpeg record process...':
      'my. yard',
  }),
  ...say('invalid_segment', 'watchdog.yard', 'WARNING', {
    'Invalid recording segment detected for yard at 1767672000.0': 'yard',
  }),
  ...say('keep_up', MAINTAINER, 'WARNING', {
    [`Unable to keep up with recording segments in cache for back_deck. Keeping the 5 ${REST}`]: 'back_deck',
    [`Unable to keep up with recording segments in cache for 2. deck. Keeping the 6 ${REST}`]: '2. deck',
  }),
  ...say('unprocessed', MAINTAINER, 'WARNING', {
    [`Too many unprocessed recording segments in cache for front. ${STREAM} ${REST}`]: 'front',
  }),
  ...say('no_space', MAINTAINER, 'ERROR', {
    "[Errno 28] No space left on device: '/media/frigate/recordings/2026-01-06/04/front/00.00.mp4'": null,
  }),
  ...say('no_space', 'ffmpeg.front.record', 'ERROR', {
    'av_interleaved_write_frame(): No space left on device': null,
  }),
  ...say('not_writable', MAINTAINER, 'ERROR', {
    "[Errno 30] Read-only file system: '/media/frigate/recordings/2026-01-06'": null,
    "OSError: [Errno 5] Input/output error: '/media/frigate/clips/a.jpg'": null,
    'mkdir: cannot create directory: Read-only file system': null,
  }),
  ...say('segment_lost', MAINTAINER, 'WARNING', {
    'Failed to probe corrupt segment /tmp/cache/front@20260106040000+0000.mp4': 'front',
    'Discarding a corrupt recording segment: /tmp/cache/2nd-door-20230621142907.mp4': '2nd-door',
    'Invalid or missing video stream in segment /tmp/cache/front@20260106040000+0000.mp4. Discarding.': 'front',
  }),
  ...say('segment_lost', MAINTAINER, 'ERROR', {
    'Unable to store recording segment /tmp/cache/front@20260106040000+0000.mp4': 'front',
    'Unable to convert /tmp/cache/front@20260106040000+0000.mp4 to /media/frigate/recordings/a.mp4': 'front',
    'Error occurred when attempting to maintain recording cache': null,
  }),
  ...say('could_not_clear', 'frigate.storage', 'ERROR', {
    'Could not clear 4500 MB, currently 120 MB have been cleared. Retained recordings must be deleted.': null,
    'Could not clear 4500 currently 120, retained recordings must be deleted.': null,
  }),
  ...say('low_space', 'frigate.storage', 'INFO', {
    'Less than 1 hour of recording space left, running storage maintenance...': null,
  }),
  ...say('database_locked', null, null, { 'peewee.OperationalError: database is locked': null }),
  ...say('database_refused', null, null, {
    'peewee.OperationalError: attempt to write a readonly database': null,
    'sqlite3.OperationalError: unable to open database file': null,
    'peewee.OperationalError: disk I/O error': null,
  }),
  ...say('database_malformed', null, null, {
    'sqlite3.DatabaseError: database disk image is malformed': null,
    'peewee.DatabaseError: file is not a database': null,
  }),
  ...say('shm_small', 'frigate.camera.maintainer', 'WARNING', {
    'The current SHM size of 64.0MB is too small, recommend increasing it to at least 162MB.': null,
  }),
  ...say('bus_error', null, null, { 'Fatal Python error: Bus error': null, 'Bus error (core dumped)': null }),
  ...say('native_abort', null, null, {
    'Fatal Python error: Aborted': null,
    'Fatal Python error: Segmentation fault': null,
    "terminate called after throwing an instance of 'std::system_error'": null,
    '/run.sh: line 50: 97 Segmentation fault (core dumped) python3 -u -m frigate': null,
    'Illegal instruction (core dumped)': null,
  }),
  ...say('out_of_memory', null, null, {
    MemoryError: null,
    'OSError: [Errno 12] Cannot allocate memory': null,
    'Out of memory: Killed process 314 (python3)': null,
  }),
  ...say('process_exited', 'frigate.watchdog', 'WARNING', {
    'Process frigate.recording (PID 317) exited with code -9': 'frigate.recording',
  }),
  ...say('process_restarted', 'frigate.watchdog', 'INFO', {
    'Restarted frigate.recording (PID 999)': 'frigate.recording',
  }),
  ...say('process_backoff', 'frigate.watchdog', 'ERROR', {
    'Process frigate.recording restarting too frequently (5 times in 60s), backing off': 'frigate.recording',
  }),
  ...say('mqtt_unreachable', 'frigate.comms.mqtt', 'ERROR', {
    'Unable to connect to MQTT server: MQTT Server unavailable': null,
    'Unable to connect to MQTT server: [Errno 111] Connection refused': null,
  }),
  ...say('mqtt_disconnected', 'frigate.comms.mqtt', 'ERROR', { 'MQTT disconnected': null }),
  ...say('go2rtc_silent', null, 'ERROR', { 'The go2rtc service is not responding to ping, restarting...': null }),
  ...say('upstream_refused', null, null, {
    '2026/11/21 06:25:30 [error] 61#61: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1, server: , request: "GET /api/version HTTP/1.1", subrequest: "/auth", upstream: "http://127.0.0.1:5001/auth", host: "127.0.0.1:5000"':
      null,
    '2026/11/21 06:25:30 [error] 61#61: *1 connect() failed (111: Connection refused) while connecting to upstream, upstream: "http://127.0.0.1:5001api/stats"':
      null,
  }),
  ...say('enrichment_error', 'frigate.embeddings.maintainer', 'ERROR', {
    'Unable to handle embeddings request boom': null,
  }),
  ...say('enrichment_error', 'frigate.data_processing.common.license_plate.mixin', 'WARNING', {
    'Error running LPR box detection model: boom': null,
    'Error running YOLOv9 license plate detection model: boom': null,
  }),
  ...say('enrichment_error', 'frigate.genai.ollama', 'WARNING', { 'Ollama returned an error: timed out': null }),
  ...say('enrichment_error', 'frigate.genai.openai', 'WARNING', {
    'OpenAI request timed out: 60 s': null,
    'OpenAI streaming returned an error: 500': null,
  }),
  ...say('enrichment_error', 'frigate.genai.gemini', 'WARNING', { 'Gemini returned an error: 429': null }),
  ...say('enrichment_error', 'frigate.genai.llama_cpp', 'WARNING', { 'llama.cpp embeddings request timed out': null }),
  ...say('gpu_error', 'frigate.util.services', 'ERROR', {
    'Unable to poll intel GPU stats: Failed to initialize PMU! (Permission denied)': null,
    'Unable to poll radeon GPU stats: ': null,
  }),
  ...say('gpu_error', 'frigate.util.services', 'WARNING', {
    'Unable to collect Intel GPU stats: /proc could not be read': null,
  }),
  ...say('preparing', null, 'INFO', { 'Preparing Frigate...': null }),
  ...say('starting', null, 'INFO', { 'Starting Frigate...': null }),
  ...say('starting', 'frigate.app', 'INFO', { 'Starting Frigate (0.12.1-367d724)': '0.12.1-367d724' }),
  ...say('stopping', 'frigate.app', 'INFO', { 'Stopping...': null }),
  ...say('service_exited', null, 'INFO', {
    'Service Frigate exited with code 256 (by signal 9)': 'Frigate',
    'Service NGINX exited with code 0 (by signal 0)': 'NGINX',
    'The go2rtc service exited with code 0 (by signal 0)': 'go2rtc',
  }),
  ...say('config_invalid', null, null, { '***    Your config file is not valid!                     ***': null }),
  ...say('safe_mode', null, null, { 'Starting Frigate in safe mode.': null }),
];

/** Lines that resemble a fault and are none. */
export const HARMLESS: readonly Spoken[] = [
  { logger: 'frigate.output.output', level: 'DEBUG', message: 'Failed to get frame front from SHM' },
  { logger: 'frigate.object_detection', level: 'INFO', message: 'Exited detection process...' },
  { logger: 'watchdog.front', level: 'INFO', message: 'Waiting for ffmpeg to exit gracefully...' },
  { logger: 'watchdog.front', level: 'INFO', message: 'FFmpeg did not exit. Force killing...' },
  { logger: 'audio.front', level: 'ERROR', message: 'ffmpeg process is not running, restarting...' },
  { logger: 'watchdog.front', level: 'INFO', message: 'Stopping...' },
  { logger: 'ffmpeg.front.detect', level: 'ERROR', message: 'Failed to inject frame: Cannot allocate memory' },
  { logger: 'frigate.events.external', level: 'ERROR', message: '[Errno 28] inotify watch limit reached' },
  { logger: null, level: null, message: "OSError: [Errno 30] Read-only file system: '/config/config.yml'" },
  { logger: 'ffmpeg.front.detect', level: 'ERROR', message: 'rtsp://10.0.0.9/live: Input/output error' },
  { logger: 'frigate.embeddings', level: 'WARNING', message: 'Failed to decode semantic search stats, clearing file' },
  { logger: 'frigate.detectors.plugins.onnx', level: 'INFO', message: 'ONNX: loaded' },
  { logger: null, level: null, message: 'watchdog: "Detection appears to be stuck. Restarting detection process..."' },
  { logger: null, level: 'INFO', message: 'Starting NGINX...' },
  { logger: null, level: null, message: '06:25:31.123 WRN [rtsp] error="dial tcp: connection refused" stream=front' },
  {
    logger: null,
    level: null,
    message:
      '2026/11/21 06:25:30 [error] 61#61: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1, upstream: "http://127.0.0.1:1984/api", host: "h"',
  },
  {
    logger: null,
    level: null,
    message:
      '10.0.0.7 - - [21/Nov/2026:06:35:38 +0100] "GET /api/x?q=database is locked HTTP/1.1" 200 75 "-" "curl/7.88.1"',
  },
];
