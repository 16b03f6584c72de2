/** The login of the simulated Frigate: one account, and the cookies that it gave. */

export interface Gate {
  /** Logins that were tried, in their order: was each taken? */
  tried: readonly boolean[];
  /** `Set-Cookie` for a login's body in JSON; null: it is refused. */
  logIn(body: string): string | null;
  /** Does this `Cookie` header hold one that is valid? */
  knows(header: string | undefined): boolean;
  /** No cookie is valid any more, as after a start with another secret. */
  forget(): void;
}

const COOKIE = 'frigate_token';

export function openGate({ username, password }: { username: string; password: string }): Gate {
  const tried: boolean[] = [];
  const valid = new Set<string>();
  return {
    tried,
    logIn(body) {
      const isTaken = matches(body, { user: username, password });
      tried.push(isTaken);
      if (!isTaken) return null;
      const claims = Buffer.from(`${username} ${tried.length}`).toString('base64url');
      const token = `eyJhbGciOiJIUzI1NiJ9.${claims}.simulated`;
      valid.add(token);
      return `${COOKIE}=${token}; HttpOnly; Max-Age=86400; Path=/; SameSite=lax; Secure`;
    },
    knows: (header = '') =>
      header.split(/;\s*/).some((pair) => pair.startsWith(`${COOKIE}=`) && valid.has(pair.slice(COOKIE.length + 1))),
    forget: () => valid.clear(),
  };
}

function matches(body: string, account: { user: string; password: string }): boolean {
  try {
    const said = JSON.parse(body) as { user?: unknown; password?: unknown } | null;
    return said?.user === account.user && said.password === account.password;
  } catch {
    return false;
  }
}
