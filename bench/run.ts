/** `npm run bench [-- memory check assess log start cluster]`: builds the bundle and measures it beside what cannot be done without. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { measureAssess } from './assess.ts';
import { measureCheck } from './check.ts';
import { measureCluster } from './cluster.ts';
import { measureLog } from './log.ts';
import { measureMemory } from './memory.ts';
import { BUNDLE } from './processes.ts';
import { CAMERAS, openServers, type ServersProcess, serve } from './servers.ts';
import { measureStart } from './start.ts';

const IDLE_SECONDS = 60;
const STARTS = 15;
const TURNS = 2000;
const TURN_MARKS = [TURNS / 10, TURNS / 2, TURNS].join(', ');
const MOST_CAMERAS = Math.max(...CAMERAS);

/** One line of the table: what, ours, beside what, and how many times that. */
type Line = readonly [string, string, string, string];

/** TABLE: what is measured, and what it must not exceed. */
const PARTS: Readonly<Record<string, (servers: ServersProcess) => Promise<readonly Line[]>>> = {
  memory: async (servers) => {
    const { seconds, warden, bare, fetching } = await measureMemory(servers, IDLE_SECONDS);
    const what = `memory after ${seconds} s idle, all doors open (at most 90 MB)`;
    return [
      [what, mb(warden.residentMb), `bare Node ${mb(bare.residentMb)}`, times(warden.residentMb / bare.residentMb)],
      ['', '', `Node that fetches ${mb(fetching.residentMb)}`, times(warden.residentMb / fetching.residentMb)],
      ['of it the process’s own', mb(warden.ownMb), `bare Node ${mb(bare.ownMb)}`, times(warden.ownMb / bare.ownMb)],
    ];
  },
  check: async (servers) => {
    // As the bundle runs.
    for (const flag of flagsOf(BUNDLE)) setFlagsFromString(flag);
    const lines: Line[] = [];
    for (const count of CAMERAS) {
      const { cameras, bodyBytes, bareMs, bothMs, checkMs } = await measureCheck(servers.recorded[count] ?? '', count);
      const what = `CPU of one check, ${cameras} cameras, ${(bodyBytes / 1024).toFixed(1)} KB (at most 2 ×)`;
      lines.push([what, ms(checkMs), `fetch + JSON.parse ${ms(bareMs)}`, times(checkMs / bareMs)]);
      lines.push(['', '', `the same and /api/version ${ms(bothMs)}`, times(checkMs / bothMs)]);
    }
    return lines;
  },
  assess: async () => {
    const { looks, cameras, assessMs, startMs, parseMs } = measureAssess(MOST_CAMERAS);
    const what = `assess of ${looks} looks at ${cameras} cameras, beyond the start of ${ms(startMs)}`;
    const beyond = assessMs - startMs;
    return [[what, ms(beyond), `JSON.parse of the same bodies ${ms(parseMs)}`, times(beyond / parseMs)]];
  },
  log: async () => {
    const { megabytes, readerSpeed, grepSpeed } = await measureLog();
    const what = `reading a container log of ${megabytes.toFixed(0)} MB (at least 150 MB/s)`;
    return [[what, speed(readerSpeed), `grep -c ${speed(grepSpeed)}`, times(readerSpeed / grepSpeed)]];
  },
  start: async (servers) => {
    const { starts, medianMs, slowestMs, bareMs } = await measureStart(servers, STARTS);
    const what = `start to first verdict at the broker, median of ${starts} (at most 1 s)`;
    return [
      [what, ms(medianMs), `bare Node ${ms(bareMs)}`, times(medianMs / bareMs)],
      ['the slowest of them', ms(slowestMs), '', ''],
    ];
  },
  cluster: async (servers) => {
    const how = { program: import.meta.filename, flags: flagsOf(BUNDLE), turns: TURNS };
    const { product, door, stock } = await measureCluster(how, servers);
    const what = `${TURNS} turns of ${(door.requests / TURNS).toFixed(0)} calls to a cluster over TLS`;
    const beside = (text: string) => `stock client ${text}`;
    const [opened, most] = [door.opened / stock.opened, door.mostAtOnce / stock.mostAtOnce];
    const [cpu, stockCpu] = [door.cpuMsPerTurn, stock.cpuMsPerTurn];
    return [
      [`${what}: connections opened`, `${door.opened}`, beside(`${stock.opened}`), `${opened.toFixed(4)} ×`],
      ['the most open at once', `${door.mostAtOnce}`, beside(`${stock.mostAtOnce}`), `${most.toFixed(4)} ×`],
      ['CPU of one turn', ms(cpu), beside(ms(stockCpu)), times(cpu / stockCpu)],
      [`memory at turn ${TURN_MARKS}`, each(door.residentMb), beside(each(stock.residentMb)), ''],
      ['of it in use', each(door.heapMb), beside(each(stock.heapMb)), ''],
      ['memory of whole turns, 6 cameras', each(product.residentMb), `connections ${product.opened}`, ''],
      ['of it in use', each(product.heapMb), `the most at once ${product.mostAtOnce}`, ''],
    ];
  },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in PARTS));
if (asked[0] === 'serve') {
  await serve();
} else if (asked[0] === 'turns') {
  // Only here: it loads what the other measurements are to do without.
  const { runTurns } = await import('./turns.ts');
  const figures = await runTurns(JSON.parse(asked[1] ?? ''));
  process.stdout.write(`FIGURES ${JSON.stringify(figures)}\n`);
  process.exit(0);
} else if (unknown.length > 0) {
  process.stderr.write(`There is no measurement ${unknown.join(', ')}; there is ${Object.keys(PARTS).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  execFileSync(process.execPath, [join(import.meta.dirname, '..', 'build.mjs')], { stdio: 'inherit' });
  const servers = await openServers(import.meta.filename);
  process.stdout.write(`Node ${process.versions.node}, ${process.arch}\n\n`);
  process.stdout.write('| what | ours | beside | ratio |\n|---|---|---|---|\n');
  try {
    for (const [name, measure] of Object.entries(PARTS)) {
      if (asked.length > 0 && !asked.includes(name)) continue;
      for (const line of await measure(servers)) process.stdout.write(`| ${line.join(' | ')} |\n`);
    }
  } finally {
    servers.end();
  }
}

function each(megabytes: readonly number[]): string {
  return `${megabytes.map((value) => value.toFixed(1)).join(', ')} MB`;
}

/** What the start of the bundle tells V8. */
function flagsOf(bundle: string): readonly string[] {
  const list = /for \(const flag of (\[.*?\])\)/.exec(readFileSync(bundle, 'utf8'))?.[1];
  if (list === undefined) throw new Error(`${bundle} sets no flags.`);
  return JSON.parse(list) as string[];
}

function mb(value: number): string {
  return `${value.toFixed(1)} MB`;
}

function speed(megabytesPerSecond: number): string {
  return `${megabytesPerSecond.toFixed(0)} MB/s`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}
