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
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
