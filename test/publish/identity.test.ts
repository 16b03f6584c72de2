import { describe, expect, it } from 'vitest';
import { hubId, instanceId, OBJECT_PREFIX, slugsOf } from '../../src/publish/identity.ts';

const slugs = (names: string[], targets: string[] = ['home']) => [...slugsOf(names, 'home', targets).values()];

describe('the slug of a name', () => {
  it.each([
    ['front_door', 'front_door'],
    ['_replay_1', '_replay_1'],
    ['Front Door', 'front_door'],
    ['FrontDoor-2', 'frontdoor_2'],
    ['--Gärten--', 'garten'],
  ])('%s is %s', (name, slug) => {
    expect(slugs([name])).toEqual([slug]);
  });

  it('of a name without a single usable letter is made of a hash', () => {
    expect(slugs(['Вход'])[0]).toMatch(/^x_[0-9a-f]{6}$/);
  });

  it('is kept by the one that is a slug already, and hashed for all others that share it', () => {
    const [plain, dashed, spaced] = slugs(['front_door', 'front-door', 'Front Door']);
    expect(plain).toBe('front_door');
    expect(dashed).toMatch(/^front_door_[0-9a-f]{6}$/);
    expect(spaced).toMatch(/^front_door_[0-9a-f]{6}$/);
    expect(dashed).not.toBe(spaced);
    expect(slugs(['Front Door', 'front-door', 'front_door'])).toEqual([spaced, dashed, plain]);
  });

  it.each([
    'front/door',
    'front+door',
    'front#door',
    '$front door',
    '../front\tdoor',
    'FRONT\u0000DOOR',
    '  front  door  ',
  ])('of %j has nothing that a topic could take for its own', (name) => {
    expect(slugs([name])).toEqual(['front_door']);
  });

  it('is cut where it is too long, and still one of its own', () => {
    const long = 'a'.repeat(64);
    expect(slugs([long])).toEqual([long]);
    const [one, other] = slugs([`${long}_left`, `${long}_right`]);
    expect(one).toMatch(/^a{64}_[0-9a-f]{6}$/);
    expect(one).not.toBe(other);
  });

  it.each([
    ['garage', ['home', 'home_garage']],
    ['garage_left', ['home', 'home_garage']],
  ])('%s does not read like a part of the target that is called home_garage', (name, targets) => {
    expect(slugs([name], targets)[0]).toMatch(new RegExp(`^${name}_[0-9a-f]{6}$`));
  });

  it.each([
    ['garages', ['home', 'home_garage']],
    ['garage', ['home', 'garage', 'homes_garage']],
  ])('%s stays as it is beside targets that read otherwise', (name, targets) => {
    expect(slugs([name], targets)).toEqual([name]);
  });
});

it('hub and instances are told apart by their ids, and so are two hubs', () => {
  expect(hubId('frigate_warden')).toBe(OBJECT_PREFIX);
  expect(instanceId('frigate')).toBe('frigate_warden_frigate');
  expect(hubId('second/warden')).toBe('frigate_warden__second_warden');
});
