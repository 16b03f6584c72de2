/** Cuts a stream of text into lines, wherever its pieces end. A line of any length takes bounded memory. */
import { LINE_LIMIT } from './lines.ts';

export interface Splitter {
  push(chunk: string): void;
  /** The last line, which no line break ends. */
  end(): void;
}

/** `onLine` is told where a line stands in a text, so that a line that nobody wants is never copied. */
export function openSplitter(onLine: (text: string, start: number, end: number) => void): Splitter {
  let rest = '';
  return {
    push: (chunk) => {
      const first = chunk.indexOf('\n');
      if (first < 0) {
        // What is beyond the limit nobody reads.
        if (rest.length <= LINE_LIMIT) rest += chunk.slice(0, LINE_LIMIT);
        return;
      }
      const head = rest + chunk.slice(0, first);
      onLine(head, 0, head.length);
      let start = first + 1;
      for (let end = chunk.indexOf('\n', start); end >= 0; end = chunk.indexOf('\n', start)) {
        onLine(chunk, start, end);
        start = end + 1;
      }
      rest = chunk.slice(start, start + LINE_LIMIT);
    },
    end: () => {
      onLine(rest, 0, rest.length);
      rest = '';
    },
  };
}
