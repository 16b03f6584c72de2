import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real servers are asked by `npm run test:real`, which says which of them it found.
    exclude: ['test/real/**'],
    pool: 'threads',
    allowOnly: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
