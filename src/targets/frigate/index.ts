/** A Frigate as a target: all that is known of the product comes together here. */
import type { Policy } from '../../rules/types.ts';
import type { Target } from '../target.ts';
import { CHECKS } from './checks/index.ts';
import { digest } from './digest.ts';
import type { FrigateFacts } from './facts.ts';
import { foreseeSwitches } from './follow/switches.ts';
import { LAYERS } from './layers.ts';
import { look } from './looked.ts';
import type { FrigateMemory } from './memory.ts';
import type { FrigateAnswers } from './observe/answers.ts';
import { observe } from './observe/observe.ts';
import { newSession } from './observe/session.ts';
import { carryOut, remediesOf } from './remedies.ts';
import type { FrigateSettings } from './settings.ts';

export function frigateTarget(settings: FrigateSettings): Target<FrigateAnswers, FrigateMemory, FrigateFacts> {
  const standing = { settings, session: newSession() };
  return {
    id: settings.id,
    name: settings.name,
    kind: 'frigate',
    policy: policy(settings),
    checks: CHECKS,
    links: settings.links,
    observe: (doors, memory, context) => observe(standing, doors, memory, context),
    digest: (memory, answers, now) => digest(settings, memory, answers, now),
    look,
    foresee: (memory, { switches }, ordered) => ({
      ...memory,
      switches: foreseeSwitches(memory.switches, switches, ordered),
    }),
    carryOut: (order, facts, doors, context) => carryOut({ ...standing, order, facts, doors, context }),
  };
}

/** What the engine must know of this Frigate. */
export function policy(settings: FrigateSettings): Policy {
  return {
    target: settings.id,
    layers: LAYERS,
    checks: CHECKS,
    remedies: remediesOf(settings),
    limits: settings.rules,
    automatic: settings.automatic,
  };
}
