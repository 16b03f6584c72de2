import { describe, expect, it } from 'vitest';
import { createVoice } from '../../../src/doors/kubernetes/voice.ts';
import type { Reply } from '../../../src/doors/ports.ts';
import { recordingLog } from './rude-server.ts';

const fine: Reply<unknown> = { ok: true, value: {}, status: 200, serverTime: null };
const silent: Reply<unknown> = { ok: false, kind: 'timeout', reason: 'Cannot read x: no answer.' };
const denied: Reply<unknown> = { ok: false, kind: 'status', reason: 'No.', status: 403, body: 'Forbidden: no' };
const proxy: Reply<unknown> = {
  ok: false,
  kind: 'status',
  reason: 'Cannot read x: a page.',
  status: 502,
  body: '<html>',
};
const aborted: Reply<unknown> = { ok: false, kind: 'aborted', reason: 'Over.' };
const large: Reply<unknown> = { ok: false, kind: 'too_large', reason: 'Too large.' };

const DOWN = 'warn The Kubernetes API at https://a does not answer. Cannot read x: no answer.';
const UP = 'info The Kubernetes API at https://a answers again.';

function linesAfter(replies: readonly Reply<unknown>[]): string[] {
  const log = recordingLog();
  const voice = createVoice(log, () => 'https://a');
  for (const reply of replies) voice.begin()(reply);
  return log.lines;
}

describe('the door says once that the API went down and once that it is back', () => {
  it.each<[string, Reply<unknown>[], string[]]>([
    ['says nothing while all is well', [fine, fine, denied, large], []],
    ['says it once however long it lasts', [fine, silent, silent, silent], [DOWN]],
    ['says that it is back once', [silent, silent, fine, fine], [DOWN, UP]],
    ['says it anew at the next outage', [silent, fine, silent, fine], [DOWN, UP, DOWN, UP]],
    ['takes a refusal by the API itself for an answer', [silent, denied], [DOWN, UP]],
    ['takes a proxy for no answer', [proxy], [DOWN.replace('no answer', 'a page')]],
    ['takes a broken-off turn for nothing', [aborted, silent, aborted, fine, aborted], [DOWN, UP]],
  ])('%s', (_, replies, lines) => {
    expect(linesAfter(replies)).toEqual(lines);
  });

  it('does not call the API down for one slow call among others that were answered', () => {
    const log = recordingLog();
    const voice = createVoice(log, () => 'https://a');
    const slow = voice.begin();
    voice.begin()(fine);
    slow(silent);
    expect(log.lines).toEqual([]);
    voice.begin()(silent);
    expect(log.lines).toEqual([DOWN]);
  });
});
