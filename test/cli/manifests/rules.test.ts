import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../../src/cli/manifests/rules.ts';
import type { Right } from '../../../src/targets/frigate/rights.ts';

const TEXT = { id: 'a', namespace: 'cctv', purpose: 'a', lost: 'A.', isNeeded: false };
const right = (resource: string, verbs: readonly string[], names: readonly string[] | null = null): Right => ({
  ...TEXT,
  group: '',
  resource,
  verbs,
  names,
});
const rule = (resources: readonly string[], verbs: readonly string[], more: object = {}) => ({
  apiGroups: [''],
  resources,
  ...more,
  verbs,
});

describe('the rules of a Role', () => {
  it.each<[string, readonly Right[], readonly object[]]>([
    ['nothing', [], []],
    ['verbs on one thing in one rule', [right('a', ['get']), right('a', ['patch'])], [rule(['a'], ['get', 'patch'])]],
    ['things with the same verbs in one rule', [right('a', ['get']), right('b', ['get'])], [rule(['a', 'b'], ['get'])]],
    [
      'what is the same for two Frigates once',
      [right('a', ['get'], ['x']), right('a', ['get'], ['x'])],
      [rule(['a'], ['get'], { resourceNames: ['x'] })],
    ],
    [
      'other names apart',
      [right('a', ['get'], ['x']), right('a', ['get'], ['y']), right('a', ['get'])],
      [
        rule(['a'], ['get'], { resourceNames: ['x'] }),
        rule(['a'], ['get'], { resourceNames: ['y'] }),
        rule(['a'], ['get']),
      ],
    ],
    [
      'other verbs apart',
      [right('a', ['get']), right('b', ['list']), right('c', ['get', 'list'])],
      [rule(['a'], ['get']), rule(['b'], ['list']), rule(['c'], ['get', 'list'])],
    ],
    [
      'other groups apart',
      [right('a', ['get']), { ...right('a', ['get']), group: 'apps' }],
      [rule(['a'], ['get']), { ...rule(['a'], ['get']), apiGroups: ['apps'] }],
    ],
  ])('hold %s', (_, rights, rules) => {
    expect(rulesOf(rights)).toEqual(rules);
  });
});
