import { describe, expect, it } from 'vitest';
import { heldIn, recordingsIn, streamsIn } from '../../../../src/targets/frigate/recorded/views.ts';
import { caseFiles, STARTS_AT } from '../case-files.ts';

describe('what holds until the next number', () => {
  const held = () =>
    heldIn(caseFiles({ 'kind-002.json': 'b', 'kind-005.json': '"e"', 'kind-006.json': '"f"' }), 'kind', (reply) =>
      reply.ok ? reply.value : null,
    );

  it('is nothing before the first, and each from its number on', () => {
    const at = held();
    expect([1, 2, 5, 6, 9].map((number) => at(number))).toEqual([
      null,
      null,
      { number: 5, value: 'e' },
      { number: 6, value: 'f' },
      { number: 6, value: 'f' },
    ]);
  });
});

describe('recorded streams', () => {
  const streams = (bytes: number) => ({
    yard: {
      producers: [{ id: 1, url: 'rtsp://x', bytes_recv: bytes, receivers: [{ id: 2 }] }],
      consumers: [{ id: 3 }],
    },
  });
  const at = streamsIn(caseFiles({ 'go2rtc-001.json': streams(100), 'go2rtc-003.json': streams(200) }));
  const bytesAt = (number: number) => {
    const reply = at(number);
    return reply?.ok ? reply.value.yard?.bytes : undefined;
  };

  it('have counted bytes only in the look of their own number: what holds has not been counted again', () => {
    expect([1, 2, 3, 4].map(bytesAt)).toEqual([100, null, 200, null]);
  });

  it('are a failure where the file is none', () => {
    expect(streamsIn(caseFiles({ 'go2rtc-001.json': '{"yard"' }))(1)).toMatchObject({ ok: false, kind: 'form' });
  });
});

describe('recorded segments', () => {
  const segment = (end: number) => ({ start_time: end - 10, end_time: end });
  const newest = (end: number, number: number, files = {}) => {
    const at = recordingsIn(
      caseFiles({ 'recordings-001.json': { yard: [segment(end - 10), segment(end)] }, ...files }),
    );
    const reply = at({ number, theirs: STARTS_AT + (number - 1) * 30, everySeconds: 30 }).yard;
    return reply?.ok ? reply.value.at(-1)?.end : undefined;
  };

  it('go on where they still came at their own look', () => {
    expect(newest(STARTS_AT - 12, 1)).toBe(STARTS_AT - 12);
    expect(newest(STARTS_AT - 12, 11)).toBe(STARTS_AT - 12 + 300);
  });

  it('stand still where they had stopped by then', () => {
    expect(newest(STARTS_AT - 600, 11)).toBe(STARTS_AT - 600);
  });

  it('are those of the newest file', () => {
    expect(newest(STARTS_AT - 12, 3, { 'recordings-002.json': { yard: [] } })).toBeUndefined();
  });

  it('are none for a camera that was not asked for, and none at all without a file', () => {
    const at = recordingsIn(caseFiles({}));
    expect(at({ number: 1, theirs: STARTS_AT, everySeconds: 30 })).toEqual({});
  });
});
