/** TABLE: every rule of the house. Each can be shown a bad example, and rules.test.ts does. */
import { HABIT_RULES } from './habits.ts';
import type { Rule } from './source.ts';
import { WALL_RULES } from './walls.ts';
import { WORD_RULES } from './words.ts';

export const RULES: readonly Rule[] = [...WALL_RULES, ...WORD_RULES, ...HABIT_RULES];
