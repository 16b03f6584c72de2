import { describe } from 'vitest';
import { CAMERA_PATTERNS, RECORDING_PATTERNS } from '../../../../src/targets/frigate/log/camera-patterns.ts';
import { holdsForEach } from './pattern-rows.ts';

describe('what log lines say of cameras and recordings', () =>
  holdsForEach([...CAMERA_PATTERNS, ...RECORDING_PATTERNS]));
