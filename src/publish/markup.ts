/** HTML from templates: what is put in is text, cleared of logins and escaped, unless it is markup made here. Pure. */
import { redact } from './words.ts';

export interface Markup {
  markup: string;
}

export type Piece = Markup | string | number | null | readonly Piece[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Null leaves its place empty. Values stand between tags or in quoted attributes, nowhere else. */
export function html(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return { markup: texts.map((text, at) => text + written(pieces[at] ?? null)).join('') };
}

function written(piece: Piece): string {
  if (piece === null) return '';
  if (typeof piece === 'string') return redact(piece).replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
  if (typeof piece === 'number') return String(piece);
  return 'markup' in piece ? piece.markup : piece.map(written).join('');
}
