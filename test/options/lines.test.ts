import { describe, expect, it } from 'vitest';
import { withLimitGroups } from '../../src/options/lines.ts';
import { checkOptions } from '../../src/options.ts';

const frigate = { name: 'House', url: 'http://frigate:5000' };
const own = (rules: unknown) => ({ frigates: [{ ...frigate, rules }] });

function limits(rules: unknown) {
  const answer = checkOptions(own(rules), 'options.json');
  return answer.ok
    ? answer.options.frigates[0]?.rules
    : answer.sentences.map((sentence) => sentence.replace(' (in options.json)', ''));
}

describe("a Frigate's own limits", () => {
  const right: [rules: unknown, limits: object][] = [
    [{ restarts_per_hour: 1 }, { restarts_per_hour: 1 }],
    [['restarts_per_hour=1', 'inference_ms: 80.5'], { restarts_per_hour: 1, inference_ms: 80.5 }],
    [['  restarts_per_hour  =  1  '], { restarts_per_hour: 1 }],
    [['', ' '], {}],
    [[], {}],
  ];
  it.each(right)('are read from %j', (rules, expected) => expect(limits(rules)).toEqual(expected));

  const line = (place: number) =>
    `frigates[0].rules[${place}]: this line is not right; give one such as restarts_per_hour=1.`;
  const wrong: [rules: unknown, said: readonly string[]][] = [
    [['restarts_per_hour'], [line(0)]],
    [['inference_ms=50', 'restarts_per_hour='], [line(1)]],
    [['=1'], [line(0)]],
    [['restarts_per_hour=1\ninference_ms=50'], [line(0)]],
    [
      ['restarts_per_hour=1', 'restarts_per_hour=2'],
      ['frigates[0].rules[1]: gives restarts_per_hour a second time; give each limit once.'],
    ],
    [[5], ['frigates[0].rules[0]: a number is not right; give one such as restarts_per_hour=1.']],
    [[{ restarts_per_hour: 1 }], ['frigates[0].rules[0]: a group is not right; give one such as restarts_per_hour=1.']],
    [[['restarts_per_hour=1']], ['frigates[0].rules[0]: a list is not right; give one such as restarts_per_hour=1.']],
    [
      'restarts_per_hour=1',
      ['frigates[0].rules: a text is not right; give lines such as restarts_per_hour=1, or a group.'],
    ],
    [5, ['frigates[0].rules: a number is not right; give lines such as restarts_per_hour=1, or a group.']],
    [
      ['restart_per_hour=1'],
      ['frigates[0].rules.restart_per_hour: there is no such option; did you mean restarts_per_hour.'],
    ],
    [['restarts_per_hour=often'], ['frigates[0].rules.restarts_per_hour: "often" is not right; give a number.']],
    [['restarts_per_hour=1e400'], ['frigates[0].rules.restarts_per_hour: "1e400" is not right; give a number.']],
    [['restarts_per_hour=0x2'], ['frigates[0].rules.restarts_per_hour: "0x2" is not right; give a number.']],
    [['restarts_per_hour=-1'], ['frigates[0].rules.restarts_per_hour: -1 is not right; the least is 1.']],
  ];
  it.each(wrong)('are refused from %j', (rules, said) => expect(limits(rules)).toEqual(said));

  it.each([[null], [5], [{}], [{ frigates: 5 }], [{ frigates: [5, null] }], [own({ inference_ms: 5 })]])(
    'leave %j as it is',
    (value) => expect(withLimitGroups(value)).toEqual({ value, sentences: [] }),
  );
});
