// Mutation testing of the engine: every small sabotage of a rule must be caught by that rule's own table.
export default {
  mutate: ['src/rules/**/*.ts', '!src/rules/types.ts'],
  testRunner: 'vitest',
  // The tables only: what the simulation happens to catch proves nothing about them. `testFiles` would let every
  // mutant of a module-level table survive falsely (stryker-js issues 6144 and 6209), so vitest is told instead.
  vitest: { related: false, configFile: 'vitest.rules.config.ts' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  incremental: false,
  // A mutant may loop for ever; a table never needs a second.
  timeoutMS: 5_000,
  timeoutFactor: 2,
  thresholds: { high: 98, low: 96, break: 95 },
  reporters: ['clear-text', 'progress', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'reports/mutation.html' },
  jsonReporter: { fileName: 'reports/mutation.json' },
  tempDirName: '.stryker-tmp',
  // TypeScript 7 has no parser for the rewriting of a tsconfig; ours reaches nothing outside, so it need not be copied.
  ignorePatterns: ['/tsconfig.json', '/reports', '/dist', '/test/cases', '/demo', '/bench', '/addon'],
};
