import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CONTENT_POLICY, type StatusPage, statusPage } from '../../src/publish/status-page.ts';
import type { View } from '../../src/publish/view.ts';
import { NOW, streak, view } from './views.ts';

/** The page over these views, without its style. */
function written(views: readonly (View | null)[], changes: Partial<StatusPage> = {}): string {
  const targets = views.map((one, n) => ({ name: one?.target.name ?? `Frigate ${n}`, view: one }));
  const page = statusPage({ version: '1.2.3', now: NOW + 12, targets, isStill: false, ...changes });
  return page.replace(/<style>[\s\S]*<\/style>/, '');
}

const cause = { check: 'detector_speed', member: 'coral', layer: 'detector', detail: 'The Coral needs 512 ms.' };
const budget = { guard: 'budget', sentence: 'Two restarts lie within the last hour.', until: NOW + 900 };
const sick = view({
  state: {
    verdict: 'unhealthy',
    streaks: { 'detector_speed/coral': streak() },
    lastOutcome: { at: NOW - 600, outcome: 'ineffective', sentence: 'It was as bad as before.' },
    lastStart: { at: NOW - 2400, by: 'warden', orderId: 'one' },
  } as never,
  decision: {
    cause,
    vetoes: [budget, { guard: 'minority', sentence: '1 of 5 cameras', until: null }],
    startsLastHour: 2,
    layers: {
      node: 'good',
      api: 'good',
      detector: 'bad',
      frigate: 'pending',
      camera: 'unknown',
      network: 'not_observed',
    },
  } as never,
  looked: { cannotSee: ['The log cannot be read'] },
  view: { automatic: false, maintenanceUntil: NOW + 3612 },
});

describe('the status page', () => {
  const said: [what: string, text: string][] = [
    ['what is the matter, also without colour', '<p class="verdict"><span aria-hidden="true">✖</span> Unhealthy</p>'],
    ['the sentence of the cause', '<p>The Coral needs 512 ms.</p>'],
    [
      'its name, its member and since when',
      'Detector speed name (coral), since <time datetime="2026-01-06T04:01:54+00:00">',
    ],
    [
      'all that holds a restart back',
      'Two restarts lie within the last hour. There is no majority: 1 of 5 cameras.</dd>',
    ],
    ['when it was looked at', '>04:06 UTC</time>, 12 seconds ago</dd>'],
    ['what became of the last restart', '<dt>What became of it</dt><dd>It was as bad as before.</dd>'],
    ['how many restarts there were', '<dt>Restarts in the last hour</dt><dd>2</dd>'],
    ['that nothing is restarted automatically', '<dt>Automatic restarts</dt><dd>off</dd>'],
    ['when maintenance ends', '<dt>Maintenance</dt><dd>ends in 60 minutes'],
    [
      'where it lies, in one sentence',
      'Proven good up to the API; the detector is proven bad; nobody can see the camera.',
    ],
    ['a layer that is bad', '<th scope="row">Detector</th>\n<td class="bad">Bad</td>'],
    ['a layer that may be', '<td class="pending">Looks bad, not yet proven</td>'],
    ['a layer that nobody sees', '<td class="unknown">Cannot be seen</td>'],
    ['a layer that nobody looks at', '<td class="not_observed">Not looked at</td>'],
    ['what cannot be seen', '<li>The log cannot be read.</li>'],
    ['the version', 'Version 1.2.3.'],
    ['the worst verdict in its title', '<title>Unhealthy – Frigate Warden</title>'],
  ];
  it.each(said)('says %s', (_, text) => expect(written([view(), sick])).toContain(text));

  it('tells the worst layer first', () => {
    const order = [...written([sick]).matchAll(/<td class="(\w+)">/g)].map((match) => match[1]);
    expect(order).toEqual(['bad', 'pending', 'unknown', 'good', 'good', 'not_observed']);
  });

  it('says nothing of restarts where nothing can be restarted', () => {
    const alone = written([
      { ...sick, looked: { ...sick.looked, readings: { ...sick.looked.readings, cluster: 'not_configured' } } },
    ]);
    for (const word of ['Restarts in', 'Automatic', 'became of', 'Maintenance']) expect(alone).not.toContain(word);
  });

  it('says nothing of a maintenance that is over', () => {
    expect(written([view({ view: { maintenanceUntil: NOW + 5 } })])).not.toContain('Maintenance');
  });

  it('names a target that was not looked at yet', () => {
    expect(written([null])).toContain('<h2>Frigate 0</h2><p>It was not looked at yet.</p>');
    expect(written([null])).toContain('<title>Frigate Warden</title>');
  });

  it('says so when no answer ever came', () => {
    expect(written([view({ readings: { lastAnswerAt: null } })])).toContain('<dt>Last answer</dt><dd>none yet</dd>');
  });

  it('lets nobody write into it', () => {
    const name = '<script>alert(1)</script>"\'&';
    const hostile = view({ target: { name }, looked: { cannotSee: [name] }, readings: { version: name } });
    expect(written([hostile])).not.toContain('<script');
    expect(written([hostile]).match(/&lt;script&gt;alert\(1\)&lt;\/script&gt;&quot;&#39;&amp;/g)).toHaveLength(3);
  });

  it('links to pages only, and beside itself', () => {
    const links = { frigate: 'https://frigate.example/', runbook: 'file:///runbook', grafana: 'javascript:alert(1)' };
    expect([...written([view({ target: { links } })]).matchAll(/<a [^>]*>/g)].map((match) => match[0])).toEqual([
      '<a href="https://frigate.example/" target="_blank" rel="noopener noreferrer">',
      '<a href="./?still">',
    ]);
  });

  it('is fetched again by itself until a person wants to read in peace', () => {
    expect(written([view()])).toContain('<meta http-equiv="refresh" content="30">');
    const still = written([view()], { isStill: true });
    expect(still).not.toContain('http-equiv');
    expect(still).toContain('<a href="./">');
  });

  it('needs nothing but itself: no script, no picture, no address that begins at the root', () => {
    expect(written([view({ target: { links: {} } }), sick])).not.toMatch(
      /<(?:script|img|link|iframe|form|base)\b|(?:href|src)="\//,
    );
  });

  it('is a whole document in a language, for narrow screens too', () => {
    const page = written([sick]);
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    for (const tag of ['header', 'main', 'footer', 'h1', 'title'])
      expect(page.match(new RegExp(`<${tag}>`, 'g'))).toHaveLength(1);
    for (const [, tag] of page.matchAll(/<(article|dl|table|ul|details|p|dd|h\d)\b/g)) {
      expect(page.match(new RegExp(`<${tag}\\b`, 'g'))).toHaveLength(
        page.match(new RegExp(`</${tag}>`, 'g'))?.length ?? 0,
      );
    }
  });

  it('may load its own style and nothing else, and stands only in a frame of its own site', () => {
    const page = statusPage({ version: '1', now: NOW, targets: [], isStill: false });
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(CONTENT_POLICY.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${hash}'`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
    ]);
  });

  const pairs = /--(\w+):(#\w+)/g;
  it.each(['light', 'dark'])('has enough contrast for tired eyes, %s', (theme) => {
    const page = statusPage({ version: '1', now: NOW, targets: [], isStill: false });
    const [light = '', dark = ''] = page.split('@media (prefers-color-scheme:dark)');
    const colours = new Map(
      [...(theme === 'light' ? light : (dark.split('}}')[0] ?? '')).matchAll(pairs)].map((m) => [
        m[1] ?? '',
        m[2] ?? '',
      ]),
    );
    expect(colours.size).toBe(11);
    for (const name of ['ink', 'dim', 'link', 'healthy', 'starting', 'degraded', 'unhealthy', 'unknown']) {
      for (const ground of ['card', 'ground']) {
        expect(contrast(colours.get(name) ?? '', colours.get(ground) ?? ''), `${name} on ${ground}`).toBeGreaterThan(
          4.5,
        );
      }
    }
  });
});

/** As WCAG 2.2 reckons it; 4.5 is what it wants of text. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const hex = colour.length === 4 ? [...colour.slice(1)].map((sign) => sign + sign).join('') : colour.slice(1);
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
