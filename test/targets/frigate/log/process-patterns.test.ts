import { describe } from 'vitest';
import { PROCESS_PATTERNS, RUN_PATTERNS } from '../../../../src/targets/frigate/log/process-patterns.ts';
import { holdsForEach } from './pattern-rows.ts';

describe('what log lines say of processes and runs', () => holdsForEach([...PROCESS_PATTERNS, ...RUN_PATTERNS]));
