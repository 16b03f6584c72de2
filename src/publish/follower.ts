/** What a follower publishes: itself, and nothing else. Everything that is watched is the leader's to tell. */
import type { MqttDoor } from '../doors/ports.ts';

export interface FollowerState {
  role: 'following' | 'unknown';
  /** Who leads, as far as it is known. */
  holder: string | null;
  /** One sentence. */
  sentence: string;
  version: string;
  /** Epoch seconds. */
  since: number;
}

export interface Follower {
  /** Publishes it where it differs from what hangs there, now or once connected. */
  show(state: FollowerState): void;
  /** It is a follower no more: what hangs there goes. */
  takeDown(): Promise<void>;
}

/** `name`: one level of a topic, the same over restarts. */
export function followerTopics(base: string, name: string): { status: string; state: string } {
  return { status: `${base}/followers/${name}/status`, state: `${base}/followers/${name}/state` };
}

export function openFollower(mqtt: MqttDoor, base: string, name: string): Follower {
  const { status, state: topic } = followerTopics(base, name);
  const put = (where: string, text: string) => mqtt.publish(where, text, { retain: true, qos: 1 });
  let wanted: string | null = null;
  let hangs: string | null = null;

  async function pass(): Promise<void> {
    const text = wanted;
    if (text === null || text === hangs || !mqtt.connected()) return;
    hangs = text;
    const isThere = (await put(topic, text)) && (await put(status, 'online'));
    if (!isThere && hangs === text) hangs = null;
  }

  mqtt.onConnect(() => {
    hangs = null;
    void pass();
  });
  return {
    show({ since, ...state }) {
      wanted = JSON.stringify({ ...state, since: new Date(since * 1000).toISOString() });
      void pass();
    },
    async takeDown() {
      wanted = null;
      await Promise.all([put(topic, ''), put(status, '')]);
    },
  };
}
