/** TABLE: every real server that the product is held against. */
import { homeAssistants } from './home-assistant/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import { mosquitto } from './mosquitto/index.ts';
import type { Suite } from './suite.ts';

export const SUITES: readonly Suite[] = [mosquitto, kubernetes, ...homeAssistants];
