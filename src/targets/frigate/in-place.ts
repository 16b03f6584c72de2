/** Frigate's own restart: asked of it by the way that has just answered. Its container ends and is started again. */
import type { Doors, Failure, HttpRequest, Reply } from '../../doors/ports.ts';
import type { Hazard, Order, Receipt, RemedyRule } from '../../rules/types.ts';
import { isFields } from '../ground/fields.ts';
import { reserveFor } from '../ground/remedies.ts';
import type { ActContext } from '../target.ts';
import type { FrigateFacts } from './facts.ts';
import type { VantageId } from './observe/answers.ts';
import { baseOf, openVisit, type Session } from './observe/session.ts';
import { curl, readCurl } from './observe/vantages.ts';
import type { FrigateSettings } from './settings.ts';
import { isAtLeast } from './version.ts';

/** An order, and all that carrying it out takes. */
export interface Errand {
  order: Order;
  facts: FrigateFacts;
  settings: FrigateSettings;
  session: Session;
  doors: Doors;
  context: ActContext;
}

/** It needs no right to the cluster, only a Frigate that can be spoken to. Its pod keeps the marks that it has. */
export const inPlaceRule: Omit<RemedyRule, 'helps'> = {
  id: 'in_place',
  proof: 'start',
  needs: [{ seen: 'answer', optional: false }],
};

const PATH = '/api/restart';

/** What only this remedy meets. */
export function inPlaceHazards(version: string | null): readonly Hazard[] {
  if (version === null || isAtLeast(version, 13)) return [];
  const sentence = `Frigate ${version} cannot restart itself over its API: that came with 0.13.`;
  return [{ sentence, against: [inPlaceRule.id] }];
}

/** Reserves where others can read it, then asks. Without a cluster the Warden alone keeps the budget. */
export async function carryOutInPlace(errand: Errand): Promise<Receipt> {
  const { order, facts, settings, doors, context } = errand;
  const way = facts.vantage;
  if (way === null) return receipt(order, 'refused', 'Frigate did not answer in this look, so it cannot be asked.');
  const post = postBy(way, errand);
  if (!post) return receipt(order, 'refused', `No living pod was seen, so Frigate cannot be asked (${way}).`);
  let kept = 'The budget is kept by the Warden alone.';
  if (settings.ground && facts.ground && doors.kubernetes) {
    const ground = { order, facts: facts.ground, settings: settings.ground, kubernetes: doors.kubernetes, context };
    const { refusal, detail } = await reserveFor(ground);
    if (refusal) return refusal;
    kept = detail;
  }
  const why = context.whyNotStill?.() ?? null;
  if (why !== null) return receipt(order, 'conflict', why);
  const reply = await post();
  return reply.ok ? taken(order, reply.value, kept) : receipt(order, ...failed(reply, way));
}

/** Null: there is no pod to lead to. */
function postBy(way: VantageId, errand: Errand): (() => Promise<Reply<string>>) | null {
  const { facts, settings, doors, context } = errand;
  if (way === 'direct') return () => postDirectly(errand);
  const { kubernetes } = doors;
  const pod = facts.ground?.pod;
  if (!pod || !kubernetes || !settings.ground) return null;
  const { namespace } = settings.ground.workload;
  const { signal } = context;
  if (way !== 'exec') {
    // A service may lead to another pod than the one that was looked at.
    const road = { kind: 'pods', namespace, name: pod.name, port: settings.podPort, path: PATH } as const;
    return () => kubernetes.proxy({ ...road, method: 'POST' }, signal);
  }
  const container = pod.container?.name;
  if (container === undefined) return null;
  const place = { namespace, pod: pod.name, container };
  return async () => readCurl(await kubernetes.exec(place, curl(PATH, 'POST'), signal));
}

function postDirectly({ settings, session, doors: { http }, context }: Errand): Promise<Reply<string>> {
  const { url, tls, timeoutSeconds } = settings;
  const visit = openVisit({ settings, session, http, context });
  const request = {
    url: `${baseOf(url)}${PATH}`,
    method: 'POST',
    timeoutSeconds,
    signal: context.signal,
    tls,
  } as const;
  return visit((headers) => http.text({ ...request, headers } satisfies HttpRequest));
}

/** Only Frigate's own word counts: a page of somebody else's is no yes. */
function taken(order: Order, text: string, kept: string): Receipt {
  const said = readWord(text);
  if (said === true) return receipt(order, 'accepted', `Frigate restarts itself. ${kept}`);
  if (said === false) return receipt(order, 'refused', 'Frigate says that it does not restart.');
  return receipt(order, 'unanswered', 'What answered is not Frigate’s word, so whether it restarts is not known.');
}

function readWord(text: string): boolean | null {
  try {
    const body: unknown = JSON.parse(text);
    return isFields(body) && typeof body.success === 'boolean' ? body.success : null;
  } catch {
    return null;
  }
}

/** Frigate gives its signal before its answer, so what breaks off on the way back may still be a restart. */
function failed({ kind, status, reason, body = '' }: Failure, way: VantageId): [Receipt['answer'], string] {
  if (/^NotFound\b/.test(body)) return ['conflict', `The pod is not there any more: ${reason}`];
  // Surely not passed on, and it would not say so again: it is decided anew.
  if (/^TooManyRequests\b/.test(body)) return ['conflict', `The cluster was too busy to pass it on: ${reason}`];
  if (/^(?:Forbidden|Unauthorized)\b/.test(body)) return ['refused', reason];
  if (status === 401 || status === 403) return ['refused', `Frigate lets only an admin restart it: ${reason}`];
  if (status === 404 || status === 405) {
    return ['refused', `This Frigate cannot restart itself over its API, which came with 0.13: ${reason}`];
  }
  if (kind === 'tls' || (status !== undefined && status >= 300 && status < 500)) return ['refused', reason];
  // Inside the container a broken answer looks the same.
  if (kind === 'refused' && way !== 'exec') return ['conflict', `Nobody took the request: ${reason}`];
  return ['unanswered', `Whether Frigate restarts is not known: ${reason}`];
}

function receipt(order: Order, answer: Receipt['answer'], detail: string): Receipt {
  return { orderId: order.id, answer, detail };
}
