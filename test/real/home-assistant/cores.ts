/** TABLE: every release of Home Assistant that the same checks are held against. */

export interface Core {
  version: string;
  /** The Debian release that brings the Python which it needs. */
  debian: string;
  python: string;
  /** What it needs besides its own requirements, found by starting it without. */
  besides: readonly string[];
}

export const NEWEST: Core = { version: '2026.11.0', debian: 'forky', python: '3.14', besides: [] };

/** The oldest that is served: the first that takes `default_entity_id`. */
export const OLDEST: Core = {
  version: '2025.10.4',
  debian: 'trixie',
  python: '3.13',
  // Its aiodns was written for pycares 4 and says so nowhere; its app for phones imports the assistant.
  besides: [
    'pycares<5',
    'numpy',
    'PyTurboJPEG',
    'hassil',
    'home-assistant-intents',
    'mutagen',
    'ha-ffmpeg',
    'pymicro-vad',
    'pyspeex-noise',
  ],
};
