/** TABLE: what log lines say of processes and runs. The texts are those of Frigate's source, 0.11 to 0.18. */
import { begins, holds, type LogPattern } from './pattern.ts';

export const PROCESS_PATTERNS: readonly LogPattern[] = [
  {
    id: 'shm_small',
    texts: [begins('The current SHM size of')],
    meaning: 'Shared memory is too small for the cameras.',
    since: '0.12',
  },
  {
    id: 'bus_error',
    texts: [holds('Bus error')],
    meaning: 'Shared memory ran out, and a process died of it.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'native_abort',
    texts: [
      begins('Fatal Python error: ', 'terminate called '),
      holds('Segmentation fault', 'Illegal instruction (core dumped)'),
    ],
    meaning: 'A process died in native code.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'out_of_memory',
    texts: [
      /\bMemoryError\b|\bOut of memory\b/,
      holds('Cannot allocate memory', '[Errno 12]', 'std::bad_alloc', 'oom-kill'),
    ],
    // ffmpeg says so of video surfaces, too.
    from: /^(?!ffmpeg\.)/,
    meaning: 'A process got no more memory.',
    since: '0.11',
    outlivesRun: true,
  },
  {
    id: 'process_exited',
    texts: [begins('Process {member} (PID {word}) exited with code')],
    meaning: 'A process of Frigate died.',
    since: '0.18',
  },
  {
    id: 'process_restarted',
    texts: [begins('Restarted {member} (PID {word})')],
    meaning: 'Frigate has started a dead process again.',
    since: '0.18',
  },
  {
    id: 'process_backoff',
    texts: [begins('Process {member} restarting too frequently')],
    meaning: 'A process dies again and again, and Frigate rests before it starts it again.',
    since: '0.18',
  },
  {
    id: 'mqtt_unreachable',
    texts: [begins('Unable to connect to MQTT server')],
    meaning: 'Frigate does not reach its MQTT broker.',
    since: '0.11',
  },
  {
    id: 'mqtt_disconnected',
    texts: [begins('MQTT disconnected')],
    meaning: 'Frigate lost its MQTT broker, or let go of it while it stops.',
    since: '0.12',
  },
  {
    id: 'go2rtc_silent',
    texts: [begins('The go2rtc service is not responding to ping')],
    meaning: 'The streams of go2rtc do not answer; it is restarted.',
    since: '0.12',
  },
  {
    id: 'upstream_refused',
    texts: [/\(111: [\w ]{1,40}\) while connecting to upstream.*"http:\/\/[^"/]{1,60}:5001/],
    meaning: 'The web server is up and the API behind it is not: it starts, or is dead.',
    since: '0.11',
  },
  {
    id: 'enrichment_error',
    // These are said as warnings.
    texts: [
      begins('Error running LPR', 'Error running YOLOv9', 'Failed to embed thumbnail', 'Error initializing Ollama'),
      begins('Gemini returned an error', 'Gemini API error', 'An unexpected error occurred with Gemini'),
      begins('OpenAI {any}returned an error', 'OpenAI {any}timed out'),
      begins('Ollama {any}error:', 'Ollama returned an error', 'Unexpected error in Ollama'),
      begins('llama.cpp {any}error:', 'llama.cpp {any}timed out', 'Unexpected error in llama.cpp'),
    ],
    errorsOf: /^frigate\.(?:embeddings|data_processing|genai)\b/,
    meaning: 'Recognition of faces, plates or scenes failed.',
    since: '0.15',
  },
  {
    id: 'gpu_error',
    texts: [begins('Unable to poll {any}GPU stats', 'Unable to collect {any}GPU stats', 'Unable to poll vainfo')],
    meaning: 'The figures of the GPU could not be read.',
    since: '0.12',
  },
];

export const RUN_PATTERNS: readonly LogPattern[] = [
  {
    id: 'preparing',
    texts: [begins('Preparing Frigate...')],
    meaning: "Frigate's start script begins.",
    since: '0.13',
    boundary: 'start',
    outlivesRun: true,
  },
  {
    id: 'starting',
    // The start script says it first, then Frigate itself with its version.
    texts: [begins('Starting Frigate...', 'Starting Frigate ({member})')],
    meaning: 'Frigate starts.',
    since: '0.11',
    boundary: 'start',
    outlivesRun: true,
  },
  {
    id: 'stopping',
    texts: [begins('Stopping...')],
    from: /^frigate\.app$/,
    meaning: 'Frigate stops in good order.',
    since: '0.11',
    boundary: 'end',
    outlivesRun: true,
  },
  {
    id: 'service_exited',
    texts: [/^(?:Service|The) (?<member>\S{1,60})(?: service)? exited with code/],
    meaning: 'A service of the container has ended.',
    since: '0.12',
    boundary: 'end',
    outlivesRun: true,
  },
  {
    id: 'config_invalid',
    texts: [/^\*{0,10} *Your config file is not valid/],
    meaning: "Frigate's configuration is not valid: 0.17 and later start in safe mode, earlier ones end.",
    since: '0.11',
  },
  {
    id: 'safe_mode',
    texts: [begins('Starting Frigate in safe mode')],
    meaning: 'Frigate runs without cameras and without MQTT until its configuration is mended.',
    since: '0.17',
  },
];
