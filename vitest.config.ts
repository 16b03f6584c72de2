import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real servers are asked by `npm run test:real`, which says which of them it found.
    exclude: ['test/real/**'],
    pool: 'threads',
    // By default one core is left free, which of two cores is half.
    maxWorkers: 2,
    allowOnly: false,
    // A simulated day takes a few seconds of a quiet processor, and a minute of a busy one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
