import { describe, expect, it } from 'vitest';
import { claimTopic, openClaims } from '../../src/publish/claim.ts';

const message = (payload: string, retained = false) => ({ topic: claimTopic('base'), payload, retained });
const THEIRS = '{"identity":"pi","at":"…"}';

describe('a claim to lead', () => {
  it.each<[what: string, payload: string, retained: boolean, isTheirs: boolean]>([
    ['of another one, spoken now', THEIRS, false, true],
    ['of another one, from some day', THEIRS, true, false],
    ['of ourselves', '{"identity":"nuc"}', false, false],
    ['that was taken down', '', false, false],
    ['of nobody', '{}', false, false],
    ['that is no JSON', 'pi', false, false],
  ])('%s', (_, payload, retained, isTheirs) => {
    const claims = openClaims('nuc');
    claims.hear(message(payload, retained), 1000);
    expect(claims.isAnothers(1000)).toBe(isTheirs);
  });

  it('is believed for a minute and a half after it was heard last', () => {
    const claims = openClaims('nuc');
    claims.hear(message(THEIRS), 1000);
    expect(claims.isAnothers(1089)).toBe(true);
    expect(claims.isAnothers(1090)).toBe(false);
  });

  it('is said again every half minute, and at once to whom it is new', () => {
    const claims = openClaims('nuc');
    expect(JSON.parse(claims.due(1000) ?? '')).toEqual({ identity: 'nuc', at: '1970-01-01T00:16:40.000Z' });
    expect(claims.due(1029)).toBeNull();
    expect(claims.due(1030)).not.toBeNull();
    expect(claims.due(1031)).toBeNull();
    claims.startAnew();
    expect(claims.due(1031)).not.toBeNull();
  });
});
