/** Does anybody listen at an address? Connects, sends nothing, and hangs up. */
import { connect } from 'node:net';
import { NETWORK_CODES, type NetworkCodes } from './network-codes.ts';
import type { Failure, FailureKind, Reply, TcpDoor } from './ports.ts';

export function openTcp(): TcpDoor {
  return { reach };
}

async function reach(
  { host, port }: { host: string; port: number },
  { timeoutSeconds, signal }: { timeoutSeconds: number; signal: AbortSignal },
): Promise<Reply<true>> {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const place = bare.includes(':') ? `[${bare}]:${port}` : `${bare}:${port}`;
  if (signal.aborted) return givenUp(place);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return failure('form', `${place} has no port from 1 to 65535.`);
  return new Promise((resolve) => {
    const socket = connect({ host: bare, port });
    const settle = (reply: Reply<true>) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.destroy();
      resolve(reply);
    };
    const stop = () => settle(givenUp(place));
    const late = () => settle(failure('timeout', `${place} did not answer within ${timeoutSeconds} s.`));
    const timer = setTimeout(late, timeoutSeconds * 1000);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => settle({ ok: true, value: true, status: 0, serverTime: null }));
    socket.on('error', (error) => settle(explain(error, place)));
  });
}

const CODES: NetworkCodes = {
  ...NETWORK_CODES,
  EHOSTDOWN: ['unreachable', 'cannot be reached'],
  ENETUNREACH: ['unreachable', 'lies in a network to which there is no way'],
};

/** Where a name has several addresses, a refusal says most: somebody is there. */
function explain(error: Error, place: string): Failure {
  const codes = (error instanceof AggregateError ? error.errors : [error]).map(codeOf);
  const code = codes.find((each) => each === 'ECONNREFUSED') ?? codes[0] ?? '';
  const [kind, words] = CODES[code] ?? ['unreachable', `cannot be reached${code ? ` (${code})` : ''}`];
  return failure(kind, `${place} ${words}.`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function givenUp(place: string): Failure {
  return failure('aborted', `The look at ${place} was given up.`);
}

function failure(kind: FailureKind, reason: string): Failure {
  return { ok: false, kind, reason };
}
