/** Keeps secrets out of everything that is written: known values, and what stands before the @ of a URL. */

const HIDDEN = '***';
/**
 * User and password in any URL, known or not, up to the last @: camera passwords often hold a raw @ or /.
 * What follows the first colon is a port, not a password, where it is digits up to a slash.
 */
const USER_INFO = /(:\/\/)(?:[^\s/?#@:[]*:(?!\d+[/?#])\S*|[^\s/?#]*)@/g;
/** A shorter one would tear ordinary words apart. */
const SHORTEST_SECRET = 4;

/** `rtsp://user:password@host` becomes `rtsp://***@host`. */
export function withoutLogin(text: string): string {
  return text.replace(USER_INFO, `$1${HIDDEN}@`);
}

/** Replaces every known secret, its forms in a URL and in JSON included, and the user part of every URL. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), oneLine(secret)])
    .toSorted((a, b) => b.length - a.length);
  return (text) => withoutLogin(known.reduce((kept, secret) => kept.replaceAll(secret, HIDDEN), text));
}

/** Without line breaks, and without control characters that would steer a terminal. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
