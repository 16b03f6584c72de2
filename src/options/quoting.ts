/** What of somebody's input may be repeated to them: never what could hold a password, a token or a key. */

/** Longer unbroken words with digits or capitals are tokens and keys more often than names. */
const LONG_WORD = /[\w+/=.-]{20,}/g;
/** A name of ours has none of these lengths and signs. */
const PLAIN_NAME = /^[\p{L}\p{N}_ .-]{1,40}$/u;

/** It holds an address, a login, or a long word that no person would make up as a name. */
export function mayBeSecret(text: string): boolean {
  if (/:\/\/|@|-----BEGIN/.test(text)) return true;
  return (text.match(LONG_WORD) ?? []).some((word) => /[0-9A-Z]/.test(word) || word.length > 60);
}

/** The text in quotes, cut to a readable length, or `instead` where it may be a secret. */
export function quoted(text: string, instead = 'this text'): string {
  if (mayBeSecret(text)) return instead;
  const whole = JSON.stringify(text);
  return whole.length <= 60 ? whole : `${whole.slice(0, 57)}…"`;
}

/** A name that can stand in a sentence as it is. */
export function isPlainName(text: string): boolean {
  return PLAIN_NAME.test(text) && !mayBeSecret(text);
}
