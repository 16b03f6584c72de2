/** Keeps secrets out of all that is written: known values, what stands before the @ of a URL, a login in its query. */

const HIDDEN = '***';
/**
 * User and password in any URL, known or not, up to the last @: camera passwords often hold a raw @ or /.
 * What follows the first colon is a port, not a password, where it is digits up to a slash.
 */
const USER_INFO = /(:\/\/)(?:[^\s/?#@:[]*:(?!\d+[/?#])\S*|[^\s/?#]*)@/g;
/** A shorter one would tear ordinary words apart. */
const SHORTEST_SECRET = 4;

/** The keys of services and the logins of cameras; a login may be a key that nothing else in the text tells. */
const NAMES = 'user(?:name)?|usr|login|pass(?:word|wd)?|pwd|(?:access_?)?token|(?:api_?)?key|auth|(?:client_?)?secret';
/** Up to the next name, a blank or a quote, one that JSON escapes included, so that JSON stays JSON. */
const QUERY_VALUE = new RegExp(
  String.raw`([?&](?:${NAMES})=)(?=[^&\s"'<>])[^&\s"'<>\\]*(?:\\[^\s"][^&\s"'<>\\]*)*`,
  'gi',
);

/** `?user=a&password=b` becomes `?user=***&password=***`. */
export function withoutQueryLogin(text: string): string {
  return text.replace(QUERY_VALUE, `$1${HIDDEN}`);
}

/** `rtsp://user:password@host` becomes `rtsp://***@host`, and `?user=a&password=b` becomes `?user=***&password=***`. */
export function withoutLogin(text: string): string {
  return withoutQueryLogin(text.replace(/\S+/g, withoutUserInfo));
}

/** Of text without blanks. After its last @ is nothing to find, and a search there costs the square of its length. */
function withoutUserInfo(word: string): string {
  const end = word.lastIndexOf('@') + 1;
  return end === 0 ? word : word.slice(0, end).replace(USER_INFO, `$1${HIDDEN}@`) + word.slice(end);
}

/**
 * Replaces every known secret, its forms in a URL and in JSON included, and every login in a URL.
 * What a `learner` adds to the list later on is known from then on.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  let known = formsOf(secrets);
  let [length, last] = [secrets.length, secrets.at(-1)];
  return (text) => {
    if (secrets.length !== length || secrets.at(-1) !== last) {
      known = formsOf(secrets);
      [length, last] = [secrets.length, secrets.at(-1)];
    }
    return withoutLogin(known.reduce((kept, secret) => kept.replaceAll(secret, HIDDEN), text));
  };
}

/** Longest first, so that none is torn by a part of it. */
function formsOf(secrets: readonly string[]): readonly string[] {
  return secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), oneLine(secret)])
    .toSorted((a, b) => b.length - a.length);
}

/** A token lives for about an hour, a client certificate for longer: older ones are void. */
const MOST_LEARNED = 16;

/** Adds secrets that come while the program runs; of those that it added the oldest go. */
export function learner(secrets: string[]): (more: readonly string[]) => void {
  const first = secrets.length;
  return (more) => {
    for (const secret of more) if (!secrets.includes(secret)) secrets.push(secret);
    secrets.splice(first, Math.max(0, secrets.length - first - MOST_LEARNED));
  };
}

/** Without line breaks, and without control characters that would steer a terminal. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
