import { describe } from 'vitest';
import { DETECTOR_PATTERNS } from '../../../../src/targets/frigate/log/detector-patterns.ts';
import { holdsForEach } from './pattern-rows.ts';

describe('what log lines say of detectors', () => holdsForEach(DETECTOR_PATTERNS));
