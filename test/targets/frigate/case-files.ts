/** A case folder that lies in memory. */
import type { CaseFiles } from '../../../src/targets/frigate/recorded/files.ts';

/** Values by file name; a text is what the file holds, all else its JSON. */
export function caseFiles(files: Readonly<Record<string, unknown>>): CaseFiles {
  const textOf = (name: string) => (typeof files[name] === 'string' ? files[name] : JSON.stringify(files[name]));
  const ok = <T>(value: T) => ({ ok: true, value, status: 200, serverTime: null }) as const;
  return {
    has: (name) => Object.hasOwn(files, name),
    text: (name) => ok(textOf(name) ?? ''),
    json: (name) => {
      try {
        return ok(JSON.parse(textOf(name) ?? '') as unknown);
      } catch {
        return { ok: false, kind: 'form', reason: `${name} is not JSON.` };
      }
    },
    chunks: (name) => [textOf(name) ?? ''],
    numbered: (kind, ending) => {
      const rows = Object.keys(files).flatMap((name): [number, string][] => {
        const digits = new RegExp(`^${kind}-(\\d+)${ending.replaceAll('.', '\\.')}$`).exec(name)?.[1];
        return digits === undefined ? [] : [[Number(digits), name]];
      });
      return new Map(rows.toSorted(([a], [b]) => a - b));
    },
  };
}

/** 2026-01-06T04:00:00Z */
export const STARTS_AT = 1_767_672_000;

/** Stats of two cameras, `after` seconds into the case. */
export function statsAfter(after: number, changes: { uptime?: number; skew?: number; fps?: number } = {}): unknown {
  const { uptime = 86_400 + after, skew = 0, fps = 5 } = changes;
  const camera = {
    camera_fps: fps,
    process_fps: fps,
    skipped_fps: 0,
    detection_fps: 3,
    detection_enabled: true,
    pid: 30,
  };
  return {
    cameras: { yard: camera, door: camera },
    detectors: { coral: { inference_speed: 12 + (after % 7) / 10, detection_start: 0, pid: 296 } },
    service: { uptime, version: '0.17.2', last_updated: STARTS_AT + after - 5 + skew },
  };
}

/** The stats of so many looks, by file name. */
export function statsFiles(
  count: number,
  every: number,
  changes: Parameters<typeof statsAfter>[1] = {},
): Record<string, unknown> {
  const looks = Array.from({ length: count }, (_, index) => index);
  return Object.fromEntries(
    looks.map((index) => [`stats-${String(index + 1).padStart(3, '0')}.json`, statsAfter(index * every, changes)]),
  );
}
