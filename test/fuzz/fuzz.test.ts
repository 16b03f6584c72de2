/** A part of what `npm run fuzz` does, with a fixed seed, so that every test run is the same. */
import { describe, it } from 'vitest';
import { fuzzLogs } from './logs.ts';
import { fuzzPayloads } from './payloads.ts';

const SEED = 20_261_121;

describe('garbage', () => {
  it('in 2,000 payloads breaks nothing and restarts nothing', () => {
    fuzzPayloads({ payloads: 2000, seed: SEED });
  });

  it('in 1,000 logs breaks nothing, restarts nothing, and is read the same however it is cut', () => {
    fuzzLogs({ logs: 1000, seed: SEED });
  });
});
