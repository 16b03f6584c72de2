/**
 * Whether Home Assistant is listening, as far as its words on MQTT tell. Unknown counts as there: most brokers do not
 * keep its birth message, so a Warden that starts hears nothing of one that has been there all the time.
 */

export interface AudienceOptions {
  /** 0 to 1. */
  dice(): number;
  /** Runs once after so many seconds; the answer cancels it. */
  later(seconds: number, run: () => void): () => void;
  /** It may be listening, or is known not to be. Told with every word of it. */
  onPresence(isThere: boolean): void;
  /** It was away: what waits could not be told when it happened. */
  onReturn(): void;
  /** It was born, and has had a moment: all is to be told again. */
  onBirth(): void;
}

export interface Audience {
  isOnline(): boolean;
  hear(payload: string): void;
  /** The broker is there, for the first time or again. */
  connected(): void;
  close(): void;
}

/** After its birth Home Assistant is busy: Wardens and other clients that answer at once would all come together. */
const BIRTH_SECONDS = { least: 1, most: 10 };

/** Who lost the broker with us comes back to it about when we do; Home Assistant asks for it every 10 s. */
const REUNION_SECONDS = 30;

export function openAudience(options: AudienceOptions): Audience {
  let isOnline = true;
  let wasConnected = false;
  let cancelBirth: (() => void) | null = null;
  let cancelReunion: (() => void) | null = null;

  function attend(isThere: boolean): void {
    cancelReunion?.();
    cancelReunion = null;
    options.onPresence(isThere);
  }

  function birth(): void {
    if (!isOnline) options.onReturn();
    isOnline = true;
    attend(true);
    if (cancelBirth) return;
    const { least, most } = BIRTH_SECONDS;
    cancelBirth = options.later(least + options.dice() * (most - least), () => {
      cancelBirth = null;
      options.onBirth();
    });
  }

  return {
    isOnline: () => isOnline,
    hear(payload) {
      if (payload === 'online') birth();
      if (payload !== 'offline') return;
      isOnline = false;
      attend(false);
    },
    connected() {
      isOnline = true;
      attend(!wasConnected);
      if (wasConnected) cancelReunion = options.later(REUNION_SECONDS, () => attend(true));
      wasConnected = true;
    },
    close() {
      cancelBirth?.();
      cancelReunion?.();
    },
  };
}
