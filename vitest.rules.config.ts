import { defineConfig } from 'vitest/config';

/** The tables of the rules alone, for mutation testing. */
export default defineConfig({ test: { include: ['test/rules/**/*.test.ts'], pool: 'threads' } });
