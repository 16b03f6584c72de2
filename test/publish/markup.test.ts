import { describe, expect, it } from 'vitest';
import { html, type Piece } from '../../src/publish/markup.ts';

describe('markup', () => {
  const rows: [what: string, piece: Piece, written: string][] = [
    ['text as it is', 'Front house', '<p>Front house</p>'],
    ['every sign that HTML reads', `<a b="c" d='e'>&`, '<p>&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;</p>'],
    ['an entity as the signs it is made of', '&lt;', '<p>&amp;lt;</p>'],
    ['a number', 0, '<p>0</p>'],
    ['nothing for null', null, '<p></p>'],
    ['markup made here, as it is', html`<b>${'<'}</b>`, '<p><b>&lt;</b></p>'],
    ['a list, one after another', ['a<', html`<br>`, null, 1], '<p>a&lt;<br>1</p>'],
    ['no login of an address', 'rtsp://admin:geheim@10.0.0.9/live', '<p>rtsp://***@10.0.0.9/live</p>'],
    ['no key in a query', 'http://a/?user=me&password=geheim', '<p>http://a/?user=***&amp;password=***</p>'],
  ];
  it.each(rows)('takes %s', (_, piece, written) => expect(html`<p>${piece}</p>`.markup).toBe(written));
});
