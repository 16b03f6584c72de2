/** A tiny world around `decide`: a tree that may be bad, and may be restarted. One turn is one interval. */
import { type Decision, decide } from '../../src/rules/decide.ts';
import type { State } from '../../src/rules/state.ts';
import type {
  Announcement,
  Answer,
  Circumstances,
  Finding,
  Input,
  Member,
  Order,
  Policy,
  Receipt,
  Wish,
} from '../../src/rules/types.ts';
import { circumstances, deepFreeze, finding, limits, policy, state } from './builders.ts';

export interface Tree {
  now: number;
  policy: Policy;
  state: State;
  /** Answers by check, or by check and member (`twig_bare/a`). Checks that are not named are not asked. */
  answers: Record<string, Answer>;
  members: readonly Member[];
  /** Whatever else is the case; it outranks what the world says of itself. */
  world: Partial<Circumstances>;
  startedAt: number;
  answeredAt: number | null;
  bears: number | null;
  /** What the door says. `silence`: no receipt comes; `lost`: none comes and nothing was done (a crash before the act). */
  door: Receipt['answer'] | 'silence' | 'lost';
  receipts: readonly Receipt[];
  /** Seconds from an accepted order to the new instance, and from there to its first answer. */
  restartSeconds: number;
  answerSeconds: number;
  /** Whether a new instance is good. */
  cures: boolean;
  /** `type@seconds`, in the order in which it was told. */
  told: string[];
  announcements: Announcement[];
  orders: Order[];
  last: Decision | null;
}

/** A tree that has been well for long, watched by a Warden that has just started. */
export function grow(changes: Partial<Tree> = {}): Tree {
  const rules = changes.policy ?? policy();
  return {
    now: 0,
    policy: rules,
    state: state({ automatic: rules.automatic, automaticOption: rules.automatic }),
    answers: { dry: 'ok', rot: 'ok', pale: 'ok', wilted: 'ok' },
    members: [],
    world: {},
    startedAt: -100_000,
    answeredAt: -99_000,
    bears: null,
    door: 'accepted',
    receipts: [],
    restartSeconds: 30,
    answerSeconds: 30,
    cures: true,
    told: [],
    announcements: [],
    orders: [],
    last: null,
    ...changes,
  };
}

/** One look. The state passes through JSON, as it does over a crash; nothing that is handed in may be changed. */
export function turn(tree: Tree, wishes: readonly Wish[] = []): Decision {
  tree.now += limits.intervalSeconds;
  const given: Input = {
    now: tree.now,
    findings: findingsOf(tree),
    members: tree.members,
    circumstances: seen(tree),
    receipts: tree.receipts,
    wishes,
  };
  tree.receipts = [];
  const decision = decide(tree.policy, deepFreeze(tree.state), deepFreeze(given));
  tree.last = decision;
  tree.state = JSON.parse(JSON.stringify(decision.state)) as State;
  tree.announcements.push(...decision.announcements);
  tree.told.push(...decision.announcements.map((one) => `${one.type}@${one.at}`));
  for (const order of decision.orders) carryOut(tree, order);
  return decision;
}

/** Turns until and with this second. */
export function live(tree: Tree, untilSeconds: number): Tree {
  while (tree.now + limits.intervalSeconds <= untilSeconds) turn(tree);
  return tree;
}

function findingsOf({ answers, now }: Tree): Finding[] {
  return Object.entries(answers).map(([key, answer]) => {
    const [check = '', member = null] = key.split('/');
    return finding(check, answer, now, { member });
  });
}

/** What the order does becomes visible when its time has come. */
function seen(tree: Tree): Circumstances {
  const { now, startedAt, answeredAt, bears } = tree;
  return circumstances({
    startedAt: { known: true, value: startedAt },
    answeredAt: { known: true, value: answeredAt !== null && now >= answeredAt ? answeredAt : null },
    bears: { known: true, value: bears },
    rollout: {
      known: true,
      value:
        now < startedAt
          ? { state: 'under_way', sentence: 'It is being planted anew.' }
          : { state: 'idle', sentence: 'Nothing is under way.' },
    },
    ...tree.world,
  });
}

function carryOut(tree: Tree, order: Order): void {
  tree.orders.push(order);
  if (tree.door !== 'silence' && tree.door !== 'lost') {
    tree.receipts = [{ orderId: order.id, answer: tree.door, detail: `the door says ${tree.door}.` }];
  }
  if (tree.door !== 'accepted' && tree.door !== 'silence') return;
  tree.startedAt = order.at + tree.restartSeconds;
  tree.answeredAt = tree.startedAt + tree.answerSeconds;
  tree.bears = order.at;
  if (!tree.cures) return;
  for (const key of Object.keys(tree.answers)) if (tree.answers[key] === 'bad') tree.answers[key] = 'ok';
}
