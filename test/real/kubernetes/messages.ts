/** What the run inside its world tells the one outside. */
export type Message =
  | { say: 'begun'; id: number; sentence: string }
  | { say: 'held'; id: number }
  | { say: 'failed'; id: number; message: string }
  | { say: 'done' };
