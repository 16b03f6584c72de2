/** Label selectors in the API's text form: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas. */

export type Matches = (labels: Readonly<Record<string, string>>) => boolean;

/** Null when the text is no selector. Empty selects everything. */
export function parseSelector(text: string): Matches | null {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  const rules = text.trim() === '' ? [] : parts.map(parsePart);
  if (rules.some((rule) => rule === null)) return null;
  return (labels) => rules.every((rule) => rule?.(labels));
}

const KEY = '([A-Za-z0-9][A-Za-z0-9_./-]*)';

function parsePart(part: string): Matches | null {
  const set = new RegExp(`^${KEY}\\s+(in|notin)\\s*\\(([^()]*)\\)$`).exec(part);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels[key] ?? '\0') === (operator === 'in');
  }
  const equality = new RegExp(`^${KEY}\\s*(==|=|!=)\\s*([A-Za-z0-9_.-]*)$`).exec(part);
  if (equality) {
    const [, key = '', operator, value] = equality;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const existence = new RegExp(`^(!?)\\s*${KEY}$`).exec(part);
  if (!existence) return null;
  const [, not, key = ''] = existence;
  return (labels) => Object.hasOwn(labels, key) === (not === '');
}
