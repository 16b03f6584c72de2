/** One thing that Frigate says, in every layout in which it reaches a reader. */

export interface Spoken {
  logger: string | null;
  level: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL' | null;
  message: string;
}

/** Whole seconds, so that every layout can hold it. */
export const SPOKEN_AT = 1_700_000_000;
const UTC = '2023-11-14 22:13:20';
const RFC = '2023-11-14T22:13:20.000000000Z';

/** As the process itself writes it: Frigate's loggers with a stamp, scripts and native libraries without. */
export function spoken({ logger, level, message }: Spoken): string {
  if (logger !== null) return `[${UTC}] ${logger.padEnd(30)} ${(level ?? 'INFO').padEnd(8)}: ${message}`;
  return level === null ? message : `[${level}] ${message}`;
}

const RED = '\u001b[31m';
const PLAIN = '\u001b[0m';

/** TABLE: `isPlaced`: the layout itself says when. */
export const LAYOUTS: Readonly<Record<string, { isPlaced: boolean; write: (line: Spoken) => string }>> = {
  'as the process writes it': { isPlaced: false, write: spoken },
  'with the stamp of s6': { isPlaced: true, write: (line) => `${UTC}.000000000  ${spoken(line)}` },
  'from the kubelet': { isPlaced: true, write: (line) => `${RFC} ${spoken(line)}` },
  'from the kubelet, with the stamp of s6': {
    isPlaced: true,
    write: (line) => `${RFC} ${UTC}.000000000  ${spoken(line)}`,
  },
  'from a kubelet in another zone': {
    isPlaced: true,
    write: (line) => `2023-11-15T03:43:20.000000000+05:30 ${spoken(line)}`,
  },
  "in the node's own file": { isPlaced: true, write: (line) => `${RFC} stdout F ${spoken(line)}` },
  'as Docker keeps it': {
    isPlaced: true,
    write: (line) => JSON.stringify({ log: `${spoken(line)}\n`, stream: 'stderr', time: '2023-11-14T22:13:20Z' }),
  },
  'from Docker Compose': { isPlaced: true, write: (line) => `frigate-1  | ${UTC}.000000000  ${spoken(line)}` },
  'from kubectl with a prefix': { isPlaced: true, write: (line) => `[pod/frigate-0/frigate] ${RFC} ${spoken(line)}` },
  'with Windows line ends': { isPlaced: true, write: (line) => `${RFC} ${spoken(line)}\r` },
  'in colours': { isPlaced: true, write: (line) => `${RED}${RFC}${PLAIN} ${RED}${spoken(line)}${PLAIN}` },
};
