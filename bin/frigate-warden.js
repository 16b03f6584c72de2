#!/usr/bin/env node
// Starts the program on a Node that can run it. Plain and old in form, so that an old Node can still say what is wrong.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;
const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const built = at('../dist/main.js');
const program = existsSync(built) ? built : at('../src/main.ts');
const ownNode = at('../node_modules/.bin/node');

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  await import(pathToFileURL(program).href);
} else if (existsSync(ownNode)) {
  const child = spawn(ownNode, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 1;
  });
} else {
  process.stderr.write(`Frigate Warden needs Node ${NEEDED} or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
}
