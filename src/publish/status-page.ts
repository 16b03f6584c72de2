/** The page that people open: what is the matter, where, what is done about it, and what cannot be seen. Pure. */
import { createHash } from 'node:crypto';
import { streakKey } from '../rules/streak.ts';
import type { LayerState, Verdict } from '../rules/types.ts';
import { isRestartable, verdictSentence } from './instance-values.ts';
import { html, type Markup, type Piece } from './markup.ts';
import { causeName, vetoSentence } from './naming.ts';
import { reading } from './reading.ts';
import type { View } from './view.ts';
import { aheadWords, clockWords, iso, lengthWords, sentence } from './words.ts';

export interface StatusPage {
  version: string;
  now: number;
  /** In the order of the options; a target without a view was not looked at yet. */
  targets: readonly { name: string; view: View | null }[];
  /** The page stands still: it is read by somebody who needs time, or who compares. */
  isStill: boolean;
}

const REFRESH_SECONDS = 30;

/** TABLE: what a verdict is called, and a sign beside the colour, which not everybody sees. */
const VERDICTS: Readonly<Record<Verdict, { name: string; sign: string }>> = {
  unhealthy: { name: 'Unhealthy', sign: '✖' },
  degraded: { name: 'Degraded', sign: '▲' },
  unknown: { name: 'Unknown', sign: '?' },
  starting: { name: 'Starting', sign: '…' },
  healthy: { name: 'Healthy', sign: '✔' },
};

/** TABLE: what a layer's state is called, the worst first. */
const LAYER_STATES: Readonly<Record<LayerState, string>> = {
  bad: 'Bad',
  pending: 'Looks bad, not yet proven',
  unknown: 'Cannot be seen',
  good: 'Good',
  not_observed: 'Not looked at',
};

const STYLE = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1b1f24;--dim:#58606b;--line:#d9dde3;--link:#0b62b0;
--healthy:#1a6b3c;--starting:#0b62b0;--degraded:#8a5300;--unhealthy:#b3261e;--unknown:#58606b}
@media (prefers-color-scheme:dark){:root{--ground:#111417;--card:#1b1f24;--ink:#e8eaed;--dim:#a3abb6;--line:#353b43;
--link:#7db7f5;--healthy:#7bd39b;--starting:#7db7f5;--degraded:#f1b45b;--unhealthy:#ff9189;--unknown:#a3abb6}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:52rem;margin:0 auto;padding:0 1rem}
header{padding-top:1rem}
h1{font-size:1.25rem;margin:0}
h2{font-size:1.25rem;margin:0}
h3{font-size:1rem;margin:1rem 0 .25rem}
p{margin:.5rem 0}
a{color:var(--link)}
article{background:var(--card);border:1px solid var(--line);border-left:.4rem solid var(--tone);border-radius:.5rem;
margin:1rem 0;padding:1rem}
.verdict{color:var(--tone);font-weight:600;margin:0}
.healthy{--tone:var(--healthy)}.starting{--tone:var(--starting)}.degraded{--tone:var(--degraded)}
.unhealthy,.bad{--tone:var(--unhealthy)}.unknown,.not_observed{--tone:var(--unknown)}
.good{--tone:var(--healthy)}.pending{--tone:var(--degraded)}
dl{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.25rem 1rem;margin:.75rem 0}
dt{color:var(--dim)}
dd{margin:0}
ul{margin:.25rem 0;padding-left:1.25rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;font-weight:400;padding:.25rem .5rem .25rem 0;border-top:1px solid var(--line)}
td{color:var(--tone)}
summary{cursor:pointer;margin-top:.75rem}
footer,.dim{color:var(--dim);font-size:.9rem}
footer{padding-bottom:2rem}
@media (max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}
`;

/** What a browser may take from this page: its own style, by its hash, and nothing else. */
export const CONTENT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

export function statusPage(page: StatusPage): string {
  const { targets, now, version, isStill } = page;
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${isStill ? null : html`<meta http-equiv="refresh" content="${REFRESH_SECONDS}">`}
<title>${title(targets)}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<header><h1>Frigate Warden</h1></header>
<main>
${targets.map(({ name, view }) => (view ? article(view, now) : waiting(name)))}
</main>
<footer>
<p>Version ${version}. Written at ${time(now, now)}.
${
  isStill
    ? html`It stands still. <a href="./">Keep it up to date</a>`
    : html`It is fetched again every ${lengthWords(REFRESH_SECONDS)}. <a href="./?still">Let it stand still</a>`
}</p>
</footer>
</body>
</html>
`;
  return markup;
}

/** The worst first, as somebody with twenty tabs needs it. */
function title(targets: StatusPage['targets']): string {
  const worst = (Object.keys(VERDICTS) as Verdict[]).find((verdict) =>
    targets.some(({ view }) => view?.decision.verdict === verdict),
  );
  return worst ? `${VERDICTS[worst].name} – Frigate Warden` : 'Frigate Warden';
}

function waiting(name: string): Markup {
  return html`<article class="unknown"><h2>${name}</h2><p>It was not looked at yet.</p></article>
`;
}

function article(view: View, now: number): Markup {
  const { target, decision, looked } = view;
  const { name, sign } = VERDICTS[decision.verdict];
  return html`<article class="${decision.verdict}">
<h2>${target.name}</h2>
<p class="verdict"><span aria-hidden="true">${sign}</span> ${name}</p>
<p>${verdictSentence(view)}</p>
<dl>
${rows(view, now).map(([term, text]) => (text === null ? null : html`<dt>${term}</dt><dd>${text}</dd>\n`))}
</dl>
${layers(view)}
${list('What cannot be seen', looked.cannotSee)}
${links(target.links)}
</article>
`;
}

/** TABLE: the figures of one target; null: it is not worth a line just now. */
function rows(view: View, now: number): readonly (readonly [string, Piece])[] {
  const { decision, looked, automatic, maintenanceUntil } = view;
  const { lastAnswerAt, version } = looked.readings;
  const always: readonly (readonly [string, Piece])[] = [
    ['Cause', causeWords(view, now)],
    ['Held back by', heldBackWords(view)],
    ['Last answer', lastAnswerAt === null ? 'none yet' : time(lastAnswerAt, now)],
    ['Last look', time(view.now, now)],
    ['Version', version],
  ];
  if (!isRestartable(view)) return always;
  const { lastOutcome, lastStart } = decision.state;
  const inMaintenance = maintenanceUntil !== null && maintenanceUntil > now;
  return [
    ...always,
    ['Last restart', lastStart && time(lastStart.at, now)],
    ['What became of it', lastOutcome?.sentence ?? null],
    ['Restarts in the last hour', decision.startsLastHour],
    ['Automatic restarts', automatic ? 'on' : 'off'],
    ['Maintenance', inMaintenance ? `ends ${aheadWords(maintenanceUntil, now)}` : null],
  ];
}

function causeWords(view: View, now: number): Piece {
  const { cause, state } = view.decision;
  if (!cause) return null;
  const since = state.streaks[streakKey(cause.check, cause.member)]?.badSince;
  return [capital(causeName(cause, view)), since ? html`, since ${time(since, now)}` : null];
}

/** All of them: the first is what the sensor says, and lifting it alone helps nobody while the next one stands. */
function heldBackWords(view: View): Piece {
  const { vetoes } = view.decision;
  return vetoes.length === 0 ? null : vetoes.map((veto) => sentence(vetoSentence(veto, view))).join(' ');
}

function layers({ target, decision }: View): Markup | null {
  const known = target.layers.filter(({ id }) => decision.layers[id] !== undefined);
  if (known.length === 0) return null;
  const ordered = (Object.keys(LAYER_STATES) as LayerState[]).flatMap((state) =>
    known.filter(({ id }) => decision.layers[id] === state).map((layer) => ({ layer, state })),
  );
  return html`<h3>Where it lies</h3>
<p>${reading({ layers: target.layers, states: decision.layers })}</p>
<details><summary>All layers</summary>
<table>
<thead><tr><th scope="col">Layer</th><th scope="col">State</th></tr></thead>
<tbody>
${ordered.map(
  ({ layer: { id, name }, state }) =>
    html`<tr><th scope="row">${capital(name ?? id.replaceAll('_', ' '))}</th>
<td class="${state}">${LAYER_STATES[state]}</td></tr>
`,
)}
</tbody>
</table>
</details>`;
}

function list(heading: string, sentences: readonly string[]): Markup | null {
  if (sentences.length === 0) return null;
  return html`<h3>${heading}</h3>
<ul>
${sentences.map(
  (text) => html`<li>${sentence(text)}</li>
`,
)}
</ul>`;
}

/** A link of another kind could be a script. They open beside the page: Home Assistant shows it in a frame. */
function links(all: Readonly<Record<string, string>>): Markup | null {
  const open = Object.entries(all).filter(([, url]) => /^https?:\/\//.test(url));
  if (open.length === 0) return null;
  const anchors = open.map(
    ([name, url]) => html`<a href="${url}" target="_blank" rel="noopener noreferrer">${capital(name)}</a> `,
  );
  return html`<p>${anchors}</p>`;
}

/** `04:06 UTC, 12 seconds ago`. */
function time(epochSeconds: number, now: number): Markup {
  const ago = now - epochSeconds < 1 ? '' : `, ${lengthWords(now - epochSeconds)} ago`;
  return html`<time datetime="${iso(epochSeconds)}">${clockWords(epochSeconds, now)}</time>${ago}`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
