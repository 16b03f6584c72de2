/** Lines on a terminal: what is said stays, and the last quiet line moves on in its place until something is said. */

export interface Screen {
  say(lines: readonly string[]): void;
  /** Takes the place of the quiet line before it. */
  hum(line: string): void;
}

/** `isMoving`: the output can go back to the start of a line. Otherwise a quiet line is written once, at its end. */
export function openScreen(write: (text: string) => void, isMoving: boolean): Screen {
  let quiet: string | null = null;
  return {
    say(lines) {
      if (quiet !== null) write(isMoving ? '\n' : `${quiet}\n`);
      quiet = null;
      for (const line of lines) write(`${line}\n`);
    },
    hum(line) {
      if (isMoving) write(`\r\u001B[2K${line}`);
      quiet = line;
    },
  };
}
