import { describe, expect, it } from 'vitest';
import { type LogLevel, openLog } from '../../src/doors/log.ts';

function capture(level: LogLevel, secrets: string[] = []) {
  const lines: string[] = [];
  return { lines, log: openLog({ level, secrets, destination: { write: (line) => lines.push(line) } }) };
}

describe('the log', () => {
  it('writes one line a sentence with time, level and fields', () => {
    const { log, lines } = capture('info');
    log.warn('The broker is gone.', { host: 'mqtt', tries: 2 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ WARN The broker is gone\. host=mqtt tries=2\n$/);
  });

  it('keeps a sentence with line breaks on one line', () => {
    const { log, lines } = capture('info');
    log.info('one\ntwo\r\nthree', { note: 'a\nb' });
    expect(lines[0]).toMatch(/ INFO one two three note=a b\n$/);
  });

  it('lets no control character through that would steer a terminal', () => {
    const { log, lines } = capture('info');
    log.info('a\u001b[2Jb', { note: 'c\u009bd' });
    expect(lines[0]).toMatch(/ INFO a \[2Jb note=c d\n$/);
  });

  it('says what an error says', () => {
    const { log, lines } = capture('info');
    log.error('Broken.', { error: new Error('boom') });
    expect(lines[0]).toMatch(/ ERROR Broken\. error=boom\n$/);
  });

  const levels: [level: LogLevel, said: string[]][] = [
    ['debug', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
    ['info', ['INFO', 'WARN', 'ERROR']],
    ['warn', ['WARN', 'ERROR']],
    ['error', ['ERROR']],
  ];
  it.each(levels)('at level %s says %j', (level, said) => {
    const { log, lines } = capture(level);
    log.debug('x');
    log.info('x');
    log.warn('x');
    log.error('x');
    expect(lines.map((line) => line.split(' ')[1])).toEqual(said);
  });

  const leaks: [what: string, text: string, kept: string][] = [
    ['a password', 'login with hunter22 failed', 'login with *** failed'],
    ['a password in a URL', 'http://me:hunter22@frigate:5000/x', 'http://***@frigate:5000/x'],
    ['an unknown user in a URL', 'mqtt://who:other@broker', 'mqtt://***@broker'],
    ['a password with an @', 'rtsp://cam:p@ss@10.0.0.1/x', 'rtsp://***@10.0.0.1/x'],
    ['a password with a slash', 'rtsp://cam:p/ss@10.0.0.1:554/x', 'rtsp://***@10.0.0.1:554/x'],
    ['a user alone', 'http://me@frigate/x', 'http://***@frigate/x'],
    ['no user where there is none', 'http://frigate:5000/a@b', 'http://frigate:5000/a@b'],
    ['a secret of several lines', 'key line1\nline2', 'key ***'],
    ['an encoded secret', 'q=a%20b%26c', 'q=***'],
    ['a secret with quotes, as JSON writes it', JSON.stringify({ p: 'a"b"c' }), '{"p":"***"}'],
    ['a part of another word', 'a cat sat', 'a cat sat'],
  ];
  it.each(leaks)('never writes %s', (_what, text, kept) => {
    const { log, lines } = capture('info', ['hunter22', 'a b&c', 'a"b"c', 'cat', 'line1\nline2']);
    log.info(text);
    log.info('as a field', { text });
    expect(lines[0]).toContain(` INFO ${kept}\n`);
    expect(lines[1]).toContain(kept);
  });
});
