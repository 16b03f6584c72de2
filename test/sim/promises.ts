/** TABLE: what must hold in every world, each a pure look at what was recorded. */
import type { History, OrderRecord, Patch, Run, SavedEvent, Truth } from './history.ts';

export interface Promised {
  id: string;
  when: 'patch' | 'save' | 'turn';
  /** How it is broken, as a sentence; null: it holds. */
  broken(history: History, now: number): string | null;
}

const HOUR = 3600;
const DAY = 86_400;
/** Times of the cluster are whole seconds, and a skew is known to two. */
const NOISE = 5;
const INTERVAL = 30;

/** A promise about the patch that has just come, as it was decided. */
function onPatch(
  id: string,
  judge: (patch: Patch, order: OrderRecord, truth: Truth, history: History) => string | null,
): Promised {
  return {
    id,
    when: 'patch',
    broken: (history) => {
      const patch = history.patches.at(-1);
      if (!patch?.order?.look) return null;
      return judge(patch, patch.order, patch.order.look.truth, history);
    },
  };
}

/** The same where it binds only what nobody but the Warden wanted. */
function onOwnPatch(
  id: string,
  judge: (order: OrderRecord, truth: Truth, history: History) => string | null,
): Promised {
  return onPatch(id, (_patch, order, truth, history) => (order.by === 'warden' ? judge(order, truth, history) : null));
}

export const PROMISES: readonly Promised[] = [
  {
    id: 'every order is saved before its patch',
    when: 'patch',
    broken: (history) => {
      const patch = history.patches.at(-1);
      return patch && (!patch.order || !patch.wasSaved) ? `The patch ${patch.orderAt} has no saved order.` : null;
    },
  },
  onPatch('an order is carried out once', ({ orderAt }, _order, _truth, { patches }) =>
    patches.filter((patch) => patch.orderAt === orderAt && patch.taken).length > 1
      ? `${orderAt} was carried out twice.`
      : null,
  ),
  onPatch('never while two starts lie within the last hour', (_patch, order, _truth, history) =>
    tooMany(history, order, 2, HOUR),
  ),
  onPatch('never more than six starts in a day', (_patch, order, _truth, history) => {
    const leaps = history.leaps.filter((leap) => order.at - leap.at < DAY);
    return tooMany(history, order, 6, DAY - leaps.reduce((sum, leap) => sum + leap.seconds, 0));
  }),
  onOwnPatch('never while Frigate starts', ({ at }, { run }) => {
    if (!run || run.misdated) return null;
    const age = at - run.at;
    if (age >= 600 - NOISE && at < run.answerableAt) return null;
    if (at - run.answerableAt >= 120 - NOISE) return null;
    return `Run ${run.id} was ${Math.round(age)} s old and could answer since ${Math.round(at - run.answerableAt)} s.`;
  }),
  onPatch('never while blind', ({ remedy }, { look }) => {
    // It needs Frigate's answer and nothing of the cluster.
    if (remedy === 'in_place') return look?.isAnswered ? null : 'Frigate did not answer.';
    const hidden = (['workload', 'pods', 'replicasets'] as const).filter((part) => look?.sight[part] !== 'ok');
    const unseen = look?.sight.node === 'failed' ? ['node'] : [];
    return hidden.length + unseen.length > 0 ? `It could not see: ${[...hidden, ...unseen].join(', ')}.` : null;
  }),
  onPatch('never while a rollout is under way', (_patch, _order, { rollingOut }) =>
    rollingOut ? 'One was under way when it looked.' : null,
  ),
  onPatch('never on a node that is not well', (_patch, { at, look }, truth) => {
    if (look?.sight.node !== 'ok') return null;
    if (!truth.nodeReady) return 'The node was not ready.';
    if (at - truth.nodeReadyAt < 300 - NOISE) return `The node was ready for ${Math.round(at - truth.nodeReadyAt)} s.`;
    const changed = at - truth.nodeChangedAt;
    return changed < 900 - NOISE ? `The node had changed ${Math.round(changed)} s before.` : null;
  }),
  onOwnPatch('never by itself while switched off or in maintenance', ({ automatic, maintenance }) =>
    automatic && !maintenance ? null : 'Nobody wanted it.',
  ),
  onOwnPatch('never for a minority', ({ cause }, { camerasBad, cameras }, history) => {
    if (cause?.check !== 'cameras') return null;
    // What was a majority a moment ago is still in the stats.
    const before = history.looks.slice(-4).map((look) => look.truth.camerasBad);
    const most = Math.max(camerasBad, ...before);
    return most * 2 > cameras ? null : `${most} of ${cameras} cameras were bad.`;
  }),
  onOwnPatch('never without a fault that a restart cures or may', ({ at, cause }, { curableAt }) =>
    at - curableAt > 300 ? `Nothing of that kind was wrong for 300 s; the cause was ${cause?.check}.` : null,
  ),
  onPatch('one restart at a time', (_patch, order, _truth, { orders, events }) => {
    const before = orders[orders.indexOf(order) - 1];
    if (!before) return null;
    const begun = events.findIndex((event) => event.type === 'restart_ordered' && event.at === before.at);
    const outcome = events.slice(begun).find((event) => OUTCOMES.includes(event.type));
    return outcome ? null : `The order ${before.id} had no outcome yet.`;
  }),
  onPatch('not while another checker is at work', (_patch, { at, force }, _truth, { checkerSeenAt }) =>
    !force && at - checkerSeenAt < 900 - NOISE ? `It wrote ${Math.round(at - checkerSeenAt)} s before.` : null,
  ),
  { id: 'incidents open once, then resolve and flap in turn', when: 'save', broken: outOfTurn },
  { id: 'nothing inside Frigate is resolved while none runs', when: 'save', broken: resolvedUnseen },
  { id: 'announcement ids are unique', when: 'save', broken: twice },
  {
    id: 'what is saved and answered fits together',
    when: 'turn',
    broken: ({ misfits }) => misfits[0] ?? null,
  },
  { id: 'what presses is acted upon or told of in time', when: 'turn', broken: overlooked },
];

const OUTCOMES = ['cured', 'ineffective', 'failed'];

/** Starts within the window before an order, by the world's own truth. */
function tooMany(history: History, order: OrderRecord, most: number, windowSeconds: number): string | null {
  const isIn = (at: number) => order.at - at < windowSeconds - NOISE && at < order.at;
  // What was taken was a start; what was not taken may be counted, and need not.
  const ours = history.patches.filter((patch) => patch.taken && patch.order && patch.order !== order);
  const own = ours.flatMap((patch) => (patch.order && isIn(patch.order.at) ? [patch.order.at] : []));
  const foreign = history.runs.filter((run) => isForeign(run, history));
  const known = foreign.filter((run) => isKnown(run, history, order.at));
  // A start that nobody saw may still be in the ledger, and then later ones belong to it; and one that is a quarter of
  // an hour after another may be either's, for the ledger dates it a little earlier than the container does.
  const counts = [groups(known), groups(foreign), chains(history)].map((begun) => begun.filter(isIn));
  const others = counts.reduce((least, one) => (one.length < least.length ? one : least));
  const all = [...own, ...others];
  if (all.length < most) return null;
  const ages = all.map((at) => `${Math.round(order.at - at)} s`).join(', ');
  return `${all.length} starts lay within ${Math.round(windowSeconds)} s: ${ages} before.`;
}

/** Its pod bears no order of ours of the last day. */
function isForeign(run: Run, { orders }: History): boolean {
  const order = orders.find((one) => one.orderAt === run.bears);
  return !order || run.at - order.at >= DAY;
}

/** Seen by a Warden that could not forget it; what is very young may have come too late for the look. */
function isKnown(run: Run, { seenRuns }: History, now: number): boolean {
  return !run.misdated && seenRuns.has(run.id) && now - run.at > 2 * INTERVAL;
}

/** Starts within 15 minutes of the first of them are one. */
function groups(runs: readonly Run[]): readonly number[] {
  const begun: number[] = [];
  for (const run of runs) {
    // Whoever ordered it may have written down the time of the order.
    const at = run.bears !== null && run.at - run.bears < 900 ? Math.min(run.at, run.bears) : run.at;
    if (!begun.some((first) => Math.abs(at - first) <= 900 + NOISE)) begun.push(at);
  }
  return begun;
}

/** Foreign ones that came more than about 15 minutes after any other. */
function chains(history: History): readonly number[] {
  const { runs } = history;
  const apart = runs.filter(({ at }, i) => at - (runs[i - 1]?.at ?? 0) > 900 + 2 * INTERVAL);
  return apart.filter((run) => isForeign(run, history)).map(({ at }) => at);
}

const LIFE = ['opened', 'changed', 'resolved', 'flapping'];

function outOfTurn({ events, byIncident }: History, now: number): string | null {
  const fresh = events.slice(-8).filter((event) => event.at === now && LIFE.includes(event.type));
  for (const id of new Set(fresh.map((event) => event.incidentId))) {
    const story = (id === null ? [] : (byIncident.get(id) ?? [])).filter((event) => LIFE.includes(event.type));
    const sentence = oddLife(story);
    if (sentence) return `Incident ${id}: ${sentence}`;
  }
  return null;
}

function oddLife(story: readonly SavedEvent[]): string | null {
  if (story[0]?.type !== 'opened') return `its first word was ${story[0]?.type}.`;
  if (story.filter((event) => event.type === 'opened').length > 1) return 'it was opened twice.';
  const turns = story.map((event) => event.type).filter((type) => type === 'resolved' || type === 'flapping');
  const odd = turns.findIndex((type, i) => type !== (i % 2 === 0 ? 'resolved' : 'flapping'));
  return odd < 0 ? null : `its turns were ${turns.join(', ')}.`;
}

/** Checks of the ground may come to rest without a Frigate. */
const GROUND = [
  'cluster_api',
  'node_ready',
  'node_upgrade',
  'oom',
  'image',
  'crash_loop',
  'terminating_stuck',
  'unschedulable',
  'scaled_to_zero',
];

function resolvedUnseen({ events, looks }: History, now: number): string | null {
  const stoppedAt = looks.at(-1)?.truth.stoppedAt ?? null;
  // What nobody could be asked about for an hour is given up.
  if (stoppedAt === null || now - stoppedAt > HOUR - 2 * INTERVAL) return null;
  const fresh = events.slice(-8).filter((event) => event.at === now && event.type === 'resolved');
  const wrong = fresh.find(({ member, check }) => member === null && !GROUND.includes(check ?? ''));
  return wrong
    ? `${wrong.incidentId} (${wrong.check}) was resolved, and no Frigate has run for ${Math.round(now - stoppedAt)} s.`
    : null;
}

function twice({ events }: History): string | null {
  const last = events.slice(-20);
  const ids = new Set(last.map((event) => event.id));
  return ids.size < last.length ? `Among the last ${last.length} announcements an id comes twice.` : null;
}

/** A look that sees it all, of one process and one run, for as long as it may take, and nothing was said or done. */
function overlooked({ looks }: History): string | null {
  const look = looks.at(-1);
  if (!look?.seen) return null;
  const { verdict, vetoes, orders, isPursuing, at: now } = look.seen;
  if (vetoes.length > 0 || orders > 0 || isPursuing || verdict === 'unknown' || verdict === 'starting') return null;
  for (const { id, since, withinSeconds, needsAnswers } of look.truth.pressing) {
    const from = now - withinSeconds;
    if (since > from) continue;
    const first = looks.findLastIndex((one) => one.at <= from);
    const row = looks.slice(Math.max(0, first));
    const isClear =
      first >= 0 &&
      row.every(({ life, isWhole, isAnswered, seen, truth }, i) => {
        const gap = i === 0 ? 0 : (row[i]?.at ?? 0) - (row[i - 1]?.at ?? 0);
        const isSame = life === look.life && truth.run?.id === look.truth.run?.id;
        return isSame && isWhole && (isAnswered || !needsAnswers) && seen !== null && gap < 1.5 * INTERVAL;
      });
    if (isClear) return `The ${id} was there for ${Math.round(now - since)} s, and it was ${verdict} without a word.`;
  }
  return null;
}
