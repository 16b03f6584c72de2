/** The simulated Frigate as the process of a container: its API on port 5000, its log on stdout, faults over a socket. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { logOf } from '../../../demo/frigate/log.ts';
import { breakDetector, newFrigate, setCamera } from '../../../demo/frigate/model.ts';
import { frigateListener } from '../../../demo/frigate/server.ts';
import type { Faults } from './faults.ts';
import { pause } from './pause.ts';

const { FRIGATE_PORT = '5000', CONTROL_SOCKET = '', VOLUME = '' } = process.env;
const API_SECONDS = 3;
const STOP_SECONDS = 0.5;
const now = () => Date.now() / 1000;

const frigate = newFrigate(['doorbell', 'driveway', 'garden'], now());
frigate.apiAfterSeconds = API_SECONDS;
let [isReady, isDeaf] = [true, false];

function suffer(faults: Faults): void {
  if (faults.detector) breakDetector(frigate, faults.detector, now(), faults.inferenceMs);
  if (faults.camera) setCamera(frigate, faults.camera.name, faults.camera.state, now());
  if (faults.api) frigate.api = faults.api;
  isReady = faults.ready ?? isReady;
  isDeaf = faults.deaf ?? isDeaf;
  if (faults.crashAfterSeconds !== undefined) void pause(faults.crashAfterSeconds).then(() => process.exit(1));
}

const answer = frigateListener(frigate, now);
createServer((request, response) => {
  const isRestart = request.method === 'POST' && request.url === '/api/restart';
  if (isRestart && frigate.api === 'answers') {
    const message = 'Restarting (this can take up to one minute)...';
    response.end(JSON.stringify({ success: true, message }), () => process.exit(0));
    return;
  }
  // nginx serves the page, whatever the API behind it does.
  if (request.url === '/') response.writeHead(isReady ? 200 : 503).end('<html><title>Frigate</title></html>');
  else answer(request, response);
}).listen(Number(FRIGATE_PORT), '0.0.0.0');

rmSync(CONTROL_SOCKET, { force: true });
createServer((request, response) => {
  text(request).then(
    (body) => {
      suffer(JSON.parse(body) as Faults);
      response.end();
    },
    () => response.destroy(),
  );
}).listen(CONTROL_SOCKET);
if (existsSync(VOLUME)) suffer(JSON.parse(readFileSync(VOLUME, 'utf8')) as Faults);

process.on('SIGTERM', () => {
  if (!isDeaf) void pause(STOP_SECONDS).then(() => process.exit(0));
});

let written = Number.NEGATIVE_INFINITY;
for (;;) {
  const lines = logOf(frigate, now()).filter(({ at }) => at > written);
  for (const { text: line } of lines) process.stdout.write(`${line}\n`);
  written = lines.at(-1)?.at ?? written;
  await pause(0.5);
}
