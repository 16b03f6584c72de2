/** RBAC as far as one account needs it: rules that allow, and the review in which it asks what it may do. */

import { type ApiAnswer, type Attempt, failed } from './answers.ts';

/** A rule of a Role, with the namespace of that Role; null: of a ClusterRole that is bound everywhere. */
export interface Rule {
  namespace: string | null;
  apiGroups: readonly string[];
  resources: readonly string[];
  resourceNames?: readonly string[];
  verbs: readonly string[];
}

/** Null: everything is allowed. */
export type Rules = readonly Rule[] | null;

export const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

export function isAllowed(rules: Rules, attempt: Attempt): boolean {
  const { verb, group, resource, namespace, name } = attempt;
  return (
    rules === null ||
    rules.some(
      (rule) =>
        (rule.namespace === null || rule.namespace === namespace) &&
        rule.apiGroups.includes(group) &&
        rule.resources.includes(resource) &&
        rule.verbs.includes(verb) &&
        (rule.resourceNames === undefined || rule.resourceNames.includes(name)),
    )
  );
}

interface Attributes {
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** Every account may ask this; nothing is kept of it. */
export function answerReview(rules: Rules, body: Readonly<Record<string, unknown>>): ApiAnswer {
  const { resourceAttributes: asked } = (body.spec ?? {}) as { resourceAttributes?: Attributes };
  if (!asked) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    return failed(422, `SelfSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes: ${why}`);
  }
  const { verb = '', group = '', resource = '', subresource, namespace = null, name = '' } = asked;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const allowed = isAllowed(rules, { verb, group, resource: what, namespace, name });
  return { code: 201, body: { ...body, metadata: {}, status: { allowed } } };
}
