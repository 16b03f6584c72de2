/** What a command prints while it runs in this process. */
import { onTestFinished, vi } from 'vitest';

export interface Printed {
  out(): string;
  errors(): string;
}

export function printed(): Printed {
  const kept = { out: '', errors: '' };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      kept.out += chunk;
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      kept.errors += chunk;
      return true;
    }),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return { out: () => kept.out, errors: () => kept.errors };
}
