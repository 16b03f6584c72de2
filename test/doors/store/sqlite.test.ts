import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { loadSqlite } from '../../../src/doors/store/sqlite.ts';

it('loads SQLite and lets later warnings through', () => {
  const { emitWarning } = process;
  expect(new (loadSqlite().DatabaseSync)(':memory:').prepare('SELECT 1 AS one').get()).toEqual({ one: 1 });
  expect(process.emitWarning).toBe(emitWarning);
});

it('shows the user no notice that SQLite is young', () => {
  const source = new URL('../../../src/doors/store/sqlite.ts', import.meta.url).href;
  const script = `const { loadSqlite } = await import('${source}'); loadSqlite();`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  expect(said).toBe('');
});
