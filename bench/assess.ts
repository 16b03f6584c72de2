/** What judging a recorded day costs beyond the start of the program, beside JSON.parse of the same bodies. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE } from './processes.ts';
import { RECORDED_FROM, recordingOf, SAMPLE_SECONDS } from './servers.ts';

export interface AssessFigures {
  looks: number;
  cameras: number;
  /** Of the whole command, and of the same program when it only says its version: medians of the rounds. */
  assessMs: number;
  startMs: number;
  /** Of JSON.parse alone, in a process that has done nothing else. */
  parseMs: number;
}

const LOOKS = 60;
const ROUNDS = 9;

export function measureAssess(cameras: number): AssessFigures {
  const folder = mkdtempSync(join(tmpdir(), 'warden-bench-'));
  try {
    const files = writeCase(folder, cameras);
    const parse =
      `const texts = ${JSON.stringify(files)}.map((file) => require('fs').readFileSync(file, 'utf8'));` +
      'const begun = performance.now(); for (const text of texts) JSON.parse(text); console.log(performance.now() - begun);';
    const times = { assess: [] as number[], start: [] as number[], parse: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      times.start.push(timed(() => node(BUNDLE, '--version')));
      times.assess.push(timed(() => isHealthy(node(BUNDLE, 'assess', folder, '--json'))));
      times.parse.push(Number(node('-e', parse)));
    }
    const [assessMs, startMs, parseMs] = [median(times.assess), median(times.start), median(times.parse)];
    return { looks: LOOKS, cameras, assessMs, startMs, parseMs };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A case folder; answers its bodies of stats. */
function writeCase(folder: string, cameras: number): readonly string[] {
  const { stats, settings } = recordingOf(cameras);
  const write = (name: string, value: unknown): string => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(value));
    return file;
  };
  write('case.json', { start: RECORDED_FROM, every_seconds: SAMPLE_SECONDS });
  write('frigate-config.json', settings);
  const { service } = stats;
  return Array.from({ length: LOOKS }, (_, i) => {
    const passed = i * SAMPLE_SECONDS;
    const last_updated = RECORDED_FROM + passed;
    const uptime = service.uptime + passed;
    return write(`stats-${String(i + 1).padStart(3, '0')}.json`, {
      ...stats,
      service: { ...service, uptime, last_updated },
    });
  });
}

function isHealthy(report: string): void {
  const { verdict } = JSON.parse(report) as { verdict: string };
  if (verdict !== 'healthy') throw new Error(`What should be healthy is ${verdict}.`);
}

function node(...words: readonly string[]): string {
  return execFileSync(process.execPath, words, { encoding: 'utf8', env: { PATH: process.env.PATH } });
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
