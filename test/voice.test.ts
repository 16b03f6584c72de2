import { describe, expect, it } from 'vitest';
import type { Log } from '../src/doors/ports.ts';
import type { View } from '../src/publish/view.ts';
import { decide } from '../src/rules/decide.ts';
import { newState, type State } from '../src/rules/state.ts';
import type { AnyTarget, Looked } from '../src/targets/target.ts';
import { tellChange, tellFirstLook, tellPreflight } from '../src/voice.ts';
import { circumstances, finding, policy } from './rules/builders.ts';

const NOW = 1_000_000;

function ear(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const hear = (level: string) => (sentence: string) => void lines.push(`${level} ${sentence}`);
  return { log: { debug: hear('debug'), info: hear('info'), warn: hear('warn'), error: hear('error') }, lines };
}

const target = { id: 'tree', name: 'Tree', policy: policy({}) } as AnyTarget;

function look(answer: 'ok' | 'bad', before: State = newState(target.policy)) {
  const findings = [finding('rot', answer, NOW)];
  const looked = { findings, circumstances: circumstances({}), cannotSee: [] as string[] } as unknown as Looked;
  const given = { now: NOW, findings, members: [], circumstances: circumstances({}), receipts: [], wishes: [] };
  return { looked, decision: decide(target.policy, before, given) };
}

describe('the voice of the loop', () => {
  it('says a new verdict with its cause, and nothing where it stays', () => {
    const { decision } = look('ok');
    const { log, lines } = ear();
    const other = { ...decision.state, verdict: 'unhealthy' as const };
    tellChange(other, { ...decision, verdict: 'healthy', cause: null, announcements: [] }, target, log);
    tellChange({ ...other, verdict: 'healthy' }, { ...decision, verdict: 'healthy', announcements: [] }, target, log);
    expect(lines).toEqual(['info Tree is healthy.']);
  });

  it('says at the first look what is bad and what cannot be seen, each once', () => {
    const { decision, looked } = look('bad');
    const [bad] = decision.findings.filter(({ answer }) => answer === 'bad');
    const { log, lines } = ear();
    tellFirstLook(decision, { ...looked, cannotSee: ['It is dark.', 'It is dark.'] }, target, log);
    expect(lines).toEqual([`warn Tree: ${bad?.detail}`, 'warn Tree: It is dark.']);
  });

  it('says at a first look without suspects what was seen', () => {
    const { decision, looked } = look('ok');
    const { log, lines } = ear();
    tellFirstLook(decision, looked, target, log);
    expect(lines).toEqual([`info Tree was seen for the first time: ${decision.verdict}.`]);
  });

  it('says what would hold a restart back once, and that it is over', () => {
    const { decision, looked } = look('ok');
    const { log, lines } = ear();
    const view = { target, decision, looked, preflight: [] } as unknown as View;
    const windy = { ...view, preflight: ['A restart would be refused just now: It is windy.'] };
    const before = tellPreflight([], windy, log);
    expect(tellPreflight(before, windy, log)).toEqual(before);
    expect(tellPreflight(before, view, log)).toEqual([]);
    expect(lines).toEqual([
      'warn Tree: A restart would be refused just now: It is windy.',
      'info Tree: Nothing speaks against a restart any more.',
    ]);
  });
});
