/** Steps that many scenarios share; each tells the Warden's own story when it does not come about. */
import assert from 'node:assert/strict';
import { eventually } from '../../../eventually.ts';
import { deedText } from '../audit.ts';
import type { Story } from '../cluster.ts';
import type { Told, Warden } from '../warden.ts';

/** The first true figures come after half a minute, and a start is over when it has answered for two. */
const VERDICT_SECONDS = 240;

/** Holds within the time, or fails with the Warden's story. */
export async function comes<T>(
  { warden }: { warden: Warden },
  what: string,
  condition: () => T | Promise<T>,
  withinSeconds = VERDICT_SECONDS,
): Promise<NonNullable<T>> {
  try {
    return await eventually(condition, { withinSeconds, what });
  } catch (error) {
    throw new Error(`${what} did not come about within ${withinSeconds} s\n${warden.story()}`, { cause: error });
  }
}

/** The Warden shows this verdict. */
export async function shows(story: { warden: Warden }, verdict: string, withinSeconds?: number): Promise<void> {
  await comes(story, `the verdict ${verdict}`, () => story.warden.shown().verdict === verdict, withinSeconds);
}

/** An event of this type comes, for this check or guard where one is named. */
export function hears(
  story: { warden: Warden },
  type: string,
  { by, withinSeconds }: { by?: string; withinSeconds?: number } = {},
): Promise<Told> {
  const isIt = ({ event_type, check, guard }: Told) =>
    event_type === type && (by === undefined || by === check || by === guard);
  const what = `the event ${type}${by === undefined ? '' : ` (${by})`}`;
  return comes(story, what, () => story.warden.events().find(isIt), withinSeconds);
}

/** An incident has this cause, whether it began with it or came to it. */
export function names(story: { warden: Warden }, cause: string): Promise<Told> {
  const isIt = ({ event_type, check }: Told) => check === cause && ['opened', 'changed'].includes(event_type);
  return comes(story, `the cause ${cause}`, () => story.warden.events().find(isIt));
}

/** So many whole looks of this Warden more, counted by what it asked the API server for. */
export async function looks({ cluster, frigate, account, warden }: Story, count: number): Promise<void> {
  const { namespace } = frigate;
  const asked = () =>
    cluster.audit
      .deeds({ namespace, user: account.user })
      .filter(({ verb, name, resource }) => verb === 'get' && name === 'frigate' && !resource.includes('/')).length;
  const before = asked();
  await comes({ warden }, `${count} more looks`, () => asked() >= before + count, 20 * count);
}

/** TABLE: what a Warden writes all the time, and what is only a question though it is sent as one. */
const OWN_NOTES = ['configmaps', 'leases', 'selfsubjectaccessreviews'];

/** What it asked the API server to change, but for its own notes: one line each. */
export function changes({ cluster, frigate, account }: Story): readonly string[] {
  return cluster.audit
    .deeds({ namespace: frigate.namespace, user: account.user })
    .filter(({ verb, resource }) => !['get', 'list', 'watch'].includes(verb) && !OWN_NOTES.includes(resource))
    .map(deedText);
}

/** It changed nothing, did not say that it did, and does not say that something it ordered is under way. */
export function leftAlone(story: Story): void {
  const { warden } = story;
  assert.deepEqual(changes(story), [], warden.story());
  assert.equal(warden.chain().includes('restart_ordered'), false, warden.story());
}

/** Just these restarts by the Warden, all accepted. */
export function restarted(story: Story, times: number): void {
  const { frigate, account, warden } = story;
  const line = `${account.user} patch ${frigate.kind.toLowerCase()}s frigate: 200`;
  assert.deepEqual(
    changes(story),
    Array.from({ length: times }, () => line),
    warden.story(),
  );
}
