/** Rights as the rules of a Role: what may be said together stands together. */
import type { Right } from '../../targets/frigate/rights.ts';

/** As Kubernetes has it. */
export interface RbacRule {
  apiGroups: readonly string[];
  resources: readonly string[];
  resourceNames?: readonly string[];
  verbs: readonly string[];
}

/** In the order of the rights; no rule gives more than they say. */
export function rulesOf(rights: readonly Right[]): readonly RbacRule[] {
  const byThing = merged(rights.map(ruleOf), 'verbs', ({ apiGroups, resources, resourceNames }) => [
    apiGroups,
    resources,
    resourceNames,
  ]);
  return merged(byThing, 'resources', ({ apiGroups, resourceNames, verbs }) => [apiGroups, resourceNames, verbs]);
}

function ruleOf({ group, resource, names, verbs }: Right): RbacRule {
  return { apiGroups: [group], resources: [resource], ...(names ? { resourceNames: names } : {}), verbs };
}

/** Rules that differ in one list only become one that has both lists. */
function merged(
  rules: readonly RbacRule[],
  list: 'verbs' | 'resources',
  rest: (rule: RbacRule) => unknown,
): readonly RbacRule[] {
  return [...Map.groupBy(rules, (rule) => JSON.stringify(rest(rule))).values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, [list]: [...new Set(group.flatMap((rule) => rule[list]))] }] : [];
  });
}
