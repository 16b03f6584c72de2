/**
 * The product in a process of its own, which ends itself without a word at one given place. It names every place that
 * it passes: one for each stretch between two awaits at which the world may see it gone.
 */
import { flushCompileCache } from 'node:module';
import { openLog } from '../../src/doors/log.ts';
import { openMqtt } from '../../src/doors/mqtt.ts';
import type { HttpDoor, KubernetesDoor, OutboxEntry, StoreDoor } from '../../src/doors/ports.ts';
import type { State } from '../../src/rules/state.ts';
import type { AnyTarget } from '../../src/targets/target.ts';
import { EVENTS, type ProductSettings, startProduct } from './product.ts';

const { settings, place } = JSON.parse(process.argv[2] ?? '') as { settings: ProductSettings; place: string };

/** The looks and calls before the order and long after it are of no interest. */
let isCarrying = false;
let wasOrdered = false;
const types = new Map<string, string>();
const named = (ids: readonly string[]) => ids.map((id) => types.get(id)).join('+');
/** The broker is there before the first look, so that nothing of this story waits for it and is merged. */
const connected = Promise.withResolvers<void>();

function pass(here: string): void {
  if (here === place) die();
  process.stdout.write(`${here}\n`);
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('It lives on.');
}

/** What comes before is the place after the step before. */
async function then<T>(what: string | null, work: Promise<T>): Promise<T> {
  const result = await work;
  if (what !== null) pass(`after ${what}`);
  return result;
}

function storeWith(store: StoreDoor): StoreDoor {
  const remember = (entries: readonly OutboxEntry[]) => {
    for (const { id, payload } of entries) types.set(id, JSON.parse(payload).event_type);
  };
  return {
    ...store,
    save(record) {
      remember(record.outbox);
      const isFollowing = (record.state as State).pursuit !== null;
      const what = named(record.outbox.map(({ id }) => id)) || (isFollowing ? 'the stage' : 'what was seen');
      pass(`before save of ${what}`);
      store.save(record);
      pass(`after save of ${what}`);
    },
    delivered(ids) {
      store.delivered(ids);
      // With more to deliver this is the place before the next.
      if (store.outbox().length === 0) pass(`after mark of ${named(ids)}`);
    },
  };
}

function kubernetesWith(door: KubernetesDoor): KubernetesDoor {
  return {
    ...door,
    configMap: (...call) => then(isCarrying ? 'read of the ledger' : null, door.configMap(...call)),
    replaceConfigMap: (...call) => then('write of the ledger', door.replaceConfigMap(...call)),
    restart: (...call) => then('patch', door.restart(...call)),
    deletePod: (...call) => then('deletion', door.deletePod(...call)),
  };
}

function httpWith(door: HttpDoor): HttpDoor {
  return {
    ...door,
    text: (request) => then(request.method === 'POST' ? 'request' : null, door.text(request)),
  };
}

function targetWith(target: AnyTarget): AnyTarget {
  return {
    ...target,
    observe: async (...look) => {
      await connected.promise;
      if (wasOrdered) pass('before the next look');
      // Who lives on spares the others the compiling.
      if (wasOrdered && place === 'never') flushCompileCache();
      wasOrdered = false;
      return target.observe(...look);
    },
    async carryOut(...errand) {
      isCarrying = true;
      const receipt = await target.carryOut(...errand);
      isCarrying = false;
      wasOrdered = true;
      return receipt;
    },
  };
}

const dial: typeof openMqtt = (...given) => {
  const door = openMqtt(...given);
  door.onConnect(connected.resolve);
  return {
    ...door,
    publish(topic, payload, how) {
      if (topic !== EVENTS) return door.publish(topic, payload, how);
      const { event_id: id, events = [id] } = JSON.parse(payload);
      const what = `publish of ${named(events)}`;
      pass(`before ${what}`);
      if (place !== `sent ${what}`) return then(what, door.publish(topic, payload, how));
      // On its way to the broker, whose answer finds nobody.
      const never = door.publish(topic, payload, how).then(() => new Promise<boolean>(() => {}));
      setImmediate(die);
      return never;
    },
  };
};

startProduct(settings, {
  store: storeWith,
  kubernetes: kubernetesWith,
  http: httpWith,
  target: targetWith,
  dial,
  log: openLog({ level: 'info', destination: process.stderr }),
});
