/** Doors that note what came through them: the product looks as it always does, and its answers are kept. */
import type { Doors, HttpDoor, KubernetesDoor, Reply } from '../doors/ports.ts';

/** What came in one look. */
export interface Catch {
  /** Bodies of Frigate's API by path, without the query; the first whole one of each. */
  bodies: ReadonlyMap<string, unknown>;
  /** Texts of the container's log. */
  logs: readonly string[];
}

export interface Taps {
  doors: Doors;
  /** All since the last time. */
  empty(): Catch;
}

export function openTaps({ http, kubernetes, tcp, mailbox }: Doors): Taps {
  let bodies = new Map<string, unknown>();
  let logs: string[] = [];
  const note = (path: string, value: unknown) => {
    const place = path.replace(/\?.*$/s, '');
    if (!bodies.has(place)) bodies.set(place, value);
  };
  const noteText = (path: string, reply: Reply<string>) => {
    if (reply.ok) note(path, parsed(reply.value));
  };
  const doors: Doors = {
    http: tapHttp(http, note),
    kubernetes: kubernetes && tapKubernetes(kubernetes, { noteText, noteLog: (text) => logs.push(text) }),
    tcp,
    mailbox,
  };
  return {
    doors,
    empty: () => {
      const caught = { bodies, logs };
      bodies = new Map();
      logs = [];
      return caught;
    },
  };
}

/** The API's own path, behind whatever an ingress puts before it. */
function pathOf(url: string): string {
  const { pathname } = new URL(url);
  const begin = pathname.indexOf('/api/');
  return begin < 0 ? pathname : pathname.slice(begin);
}

function tapHttp(http: HttpDoor, note: (path: string, value: unknown) => void): HttpDoor {
  return {
    json: async (request) => {
      const reply = await http.json(request);
      if (reply.ok) note(pathOf(request.url), reply.value);
      return reply;
    },
    text: async (request) => {
      const reply = await http.text(request);
      if (reply.ok) note(pathOf(request.url), reply.value);
      return reply;
    },
    cookies: (request) => http.cookies(request),
  };
}

interface Notes {
  noteText(path: string, reply: Reply<string>): void;
  noteLog(text: string): void;
}

function tapKubernetes(door: KubernetesDoor, { noteText, noteLog }: Notes): KubernetesDoor {
  return {
    ...door,
    proxy: async (road, signal) => {
      const reply = await door.proxy(road, signal);
      noteText(road.path, reply);
      return reply;
    },
    log: async (query, signal) => {
      const reply = await door.log(query, signal);
      // The end of the run before comes first in time, and is asked for beside the present one.
      if (reply.ok) noteLog(reply.value);
      return reply;
    },
  };
}

/** JSON where it is some, else the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
