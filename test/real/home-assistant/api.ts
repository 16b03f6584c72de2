/** Home Assistant's own REST and WebSocket API, as much of it as a person's browser would use here. */

export type Fields = Readonly<Record<string, unknown>>;

export interface Api {
  get(path: string): Promise<unknown>;
  post(path: string, body: Fields): Promise<unknown>;
  /** One WebSocket command; the connection is opened when it is needed, and again after a restart. */
  ask(type: string, fields?: Fields): Promise<unknown>;
  /** A command that goes on telling, for as long as this Home Assistant runs. */
  hear(type: string, fields: Fields, told: (event: Fields) => void): Promise<void>;
  /** An action on one entity, as its button on the screen does it. */
  act(action: string, entityId: string): Promise<void>;
  /** From now on who asks is this one. */
  logIn(token: string): void;
}

interface Link {
  send(type: string, fields: Fields, told?: (event: Fields) => void): Promise<unknown>;
  isOpen(): boolean;
}

interface Frame {
  id?: number;
  type: string;
  success?: boolean;
  result?: unknown;
  event?: Fields;
  error?: { code: string; message: string };
}

const ANSWER_SECONDS = 30;

export function openApi(url: string): Api {
  let token: string | null = null;
  let link: Link | null = null;

  async function request(method: string, path: string, body?: Fields): Promise<unknown> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text.slice(0, 400)}`);
    return text === '' ? null : JSON.parse(text);
  }

  async function linked(): Promise<Link> {
    if (!link?.isOpen()) link = await openLink(url, token ?? '');
    return link;
  }

  const ask: Api['ask'] = async (type, fields = {}) => (await linked()).send(type, fields);
  return {
    get: (path) => request('GET', path),
    post: (path, body) => request('POST', path, body),
    ask,
    hear: async (type, fields, told) => void (await (await linked()).send(type, fields, told)),
    async act(action, entityId) {
      const [domain, service] = action.split('.');
      await ask('call_service', { domain, service, target: { entity_id: entityId } });
    },
    logIn(newToken) {
      token = newToken;
    },
  };
}

async function openLink(url: string, token: string): Promise<Link> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/websocket`);
  const waiting = new Map<number, { answer(frame: Frame): void; fail(error: Error): void }>();
  const hearing = new Map<number, (event: Fields) => void>();
  let lastId = 0;
  const end = (reason: string) => {
    for (const { fail } of waiting.values()) fail(new Error(reason));
    waiting.clear();
  };
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.type === 'auth_required') socket.send(JSON.stringify({ type: 'auth', access_token: token }));
      else if (frame.type === 'auth_ok') resolve();
      else if (frame.type === 'auth_invalid') reject(new Error('Home Assistant does not take this token.'));
      else if (frame.id !== undefined && frame.type === 'event') hearing.get(frame.id)?.(frame.event ?? {});
      else if (frame.id !== undefined) {
        waiting.get(frame.id)?.answer(frame);
        waiting.delete(frame.id);
      }
    });
    const closed = () => {
      const reason = 'The WebSocket to Home Assistant is closed.';
      end(reason);
      reject(new Error(reason));
    };
    socket.addEventListener('close', closed);
    socket.addEventListener('error', closed);
  });
  return {
    isOpen: () => socket.readyState === WebSocket.OPEN,
    async send(type, fields, told) {
      lastId += 1;
      const id = lastId;
      if (told) hearing.set(id, told);
      const frame = await new Promise<Frame>((answer, fail) => {
        waiting.set(id, { answer, fail });
        const tooLate = () => fail(new Error(`${type} was not answered within ${ANSWER_SECONDS} s.`));
        AbortSignal.timeout(ANSWER_SECONDS * 1000).addEventListener('abort', tooLate);
        socket.send(JSON.stringify({ id, type, ...fields }));
      });
      if (frame.success !== true) throw new Error(`${type} was refused: ${frame.error?.code}: ${frame.error?.message}`);
      return frame.result;
    },
  };
}
