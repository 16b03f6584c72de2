/**
 * Draws icon.png and logo.png, which the store shows, from the two pictures in this folder: `npm run pictures`.
 * It knows what they are made of and no more: paths of M, L, H, V, C, Q and Z with whole coordinates, each in one colour.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

/** TABLE: what is drawn, and how large the store wants it. */
export const PICTURES = [
  { from: 'icon.svg', to: 'icon.png', width: 128, height: 128 },
  { from: 'logo.svg', to: 'logo.png', width: 250, height: 100 },
] as const;

type Point = readonly [x: number, y: number];

interface Shape {
  colour: readonly [red: number, green: number, blue: number];
  /** Closed lines; the last point is joined to the first. */
  lines: readonly (readonly Point[])[];
}

export interface Bitmap {
  width: number;
  height: number;
  /** Red, green, blue and opacity of each point, row by row. */
  bytes: Uint8Array;
}

/** Points between two ends of a curve. At these sizes more cannot be seen. */
const CURVE_STEPS = 16;
/** Each point is looked at this often across and down, so that edges are smooth. */
const SAMPLES = 8;

const FOLDER = import.meta.dirname;

export function drawn({ from, width, height }: (typeof PICTURES)[number]): Bitmap {
  const svg = readFileSync(join(FOLDER, from), 'utf8');
  const box = /viewBox="0 0 (\d+) (\d+)"/.exec(svg);
  if (Number(box?.[1]) !== width || Number(box?.[2]) !== height)
    throw new Error(`${from} is not ${width} × ${height}.`);
  const bytes = new Uint8Array(width * height * 4);
  for (const shape of shapesOf(svg)) paint({ width, height, bytes }, shape);
  return { width, height, bytes };
}

function shapesOf(svg: string): readonly Shape[] {
  return [...svg.matchAll(/<path fill="#([0-9a-f]{6})" d="([^"]+)"\/>/g)].map(([, colour = '', path = '']) => {
    const value = Number.parseInt(colour, 16);
    return { colour: [value >> 16, (value >> 8) & 255, value & 255], lines: linesOf(path) };
  });
}

function linesOf(path: string): readonly (readonly Point[])[] {
  const lines: Point[][] = [];
  let at: Point = [0, 0];
  for (const [, command = '', numbers = ''] of path.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const given = (numbers.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
    if (command === 'M') lines.push([]);
    for (const points of stepsOf(command, given, at)) {
      lines.at(-1)?.push(...points);
      at = points.at(-1) ?? at;
    }
  }
  return lines;
}

/** The points that each part of a command leads to. */
function stepsOf(command: string, given: readonly number[], from: Point): readonly (readonly Point[])[] {
  const pairs = given.flatMap((x, n): Point[] => (n % 2 === 0 ? [[x, given[n + 1] ?? 0]] : []));
  switch (command) {
    case 'M':
    case 'L':
      return pairs.map((pair) => [pair]);
    case 'H':
      return given.map((x) => [[x, from[1]]]);
    case 'V':
      return given.map((y) => [[from[0], y]]);
    case 'C':
      return curves(pairs, 3, from);
    case 'Q':
      return curves(pairs, 2, from);
    case 'Z':
      return [];
    default:
      throw new Error(`A path has the command ${command}, which is not known here.`);
  }
}

function curves(pairs: readonly Point[], degree: number, from: Point): readonly (readonly Point[])[] {
  const steps: Point[][] = [];
  for (let n = 0; n < pairs.length; n += degree) {
    const hull = [pairs[n - 1] ?? from, ...pairs.slice(n, n + degree)];
    steps.push(Array.from({ length: CURVE_STEPS }, (_, step) => between(hull, (step + 1) / CURVE_STEPS)));
  }
  return steps;
}

/** De Casteljau: a point of a curve is found by halving nothing but lines. */
function between(hull: readonly Point[], share: number): Point {
  const [first = [0, 0], ...rest] = hull;
  if (rest.length === 0) return first;
  const mix = (a: number, b: number) => a + (b - a) * share;
  return between(
    rest.map(([x, y], n): Point => [mix(hull[n]?.[0] ?? 0, x), mix(hull[n]?.[1] ?? 0, y)]),
    share,
  );
}

function paint({ width, height, bytes }: Bitmap, { colour, lines }: Shape): void {
  const covered = new Uint16Array(width * height);
  for (let row = 0; row < height * SAMPLES; row++) {
    for (const [from, to] of spans(lines, (row + 0.5) / SAMPLES)) {
      // A sample is inside when its middle is.
      const last = Math.min(width * SAMPLES, Math.ceil(to * SAMPLES - 0.5));
      for (let column = Math.max(0, Math.ceil(from * SAMPLES - 0.5)); column < last; column++) {
        const point = Math.floor(row / SAMPLES) * width + Math.floor(column / SAMPLES);
        covered[point] = (covered[point] ?? 0) + 1;
      }
    }
  }
  for (const [point, count] of covered.entries()) if (count > 0) blend(bytes, point * 4, colour, count / SAMPLES ** 2);
}

/** Where a line from left to right is inside. Holes turn the other way round than what they are in. */
function spans(lines: Shape['lines'], y: number): readonly (readonly [number, number])[] {
  const crossings = lines
    .flatMap((line) =>
      line.flatMap(([x1, y1], n): [x: number, turn: number][] => {
        const [x2, y2] = line[(n + 1) % line.length] ?? [x1, y1];
        if (y1 <= y === y2 <= y) return [];
        return [[x1 + ((y - y1) / (y2 - y1)) * (x2 - x1), y1 < y2 ? 1 : -1]];
      }),
    )
    .toSorted((a, b) => a[0] - b[0]);
  let turns = 0;
  return crossings.flatMap(([x, turn], n) => {
    turns += turn;
    return turns === 0 ? [] : [[x, crossings[n + 1]?.[0] ?? x] as const];
  });
}

/** Lays a colour over what is there. */
function blend(bytes: Uint8Array, at: number, colour: Shape['colour'], share: number): void {
  const below = (bytes[at + 3] ?? 0) / 255;
  const opacity = share + below * (1 - share);
  for (const [n, value] of colour.entries()) {
    bytes[at + n] = Math.round((value * share + (bytes[at + n] ?? 0) * below * (1 - share)) / opacity);
  }
  bytes[at + 3] = Math.round(opacity * 255);
}

export function asPng({ width, height, bytes }: Bitmap): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits for each of red, green, blue and opacity.
  head.set([8, 6, 0, 0, 0], 8);
  // Before each row: it is written as it is.
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.concat([Buffer.from([0]), bytes.subarray(y * width * 4, (y + 1) * width * 4)]),
  );
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const body = deflateSync(Buffer.concat(rows), { level: 9 });
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), content]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(content.length, 0);
  whole.set(named, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}

if (import.meta.main) {
  for (const picture of PICTURES) writeFileSync(join(FOLDER, '..', '..', picture.to), asPng(drawn(picture)));
}
