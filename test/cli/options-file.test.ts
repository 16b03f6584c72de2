import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, optionsOf } from '../../src/cli/options-file.ts';
import { scratch } from './started.ts';

describe('the options that are meant', () => {
  it('are those of the file that is named', () => {
    const file = join(scratch(), 'mine.json');
    writeFileSync(file, '{"frigates": [{"name": "Yard", "url": "http://yard:5000"}]}');
    expect(optionsOf({ optionsFile: file, frigateUrl: null })).toMatchObject({
      ok: true,
      options: { frigates: [{ name: 'Yard' }] },
    });
  });

  it('are those for one address, which only observe', () => {
    expect(optionsOf({ optionsFile: null, frigateUrl: 'http://f:5000' })).toMatchObject({
      ok: true,
      options: { automatic_restarts: false, remedies: [], frigates: [{ url: 'http://f:5000' }] },
    });
  });

  it('or one sentence why there are none', () => {
    const file = join(scratch(), 'none.json');
    expect(optionsOf({ optionsFile: file, frigateUrl: null })).toEqual({
      ok: false,
      sentences: [`${file} does not exist; name the options file with --options, or a Frigate with --frigate URL.`],
    });
    expect(optionsOf({ optionsFile: scratch(), frigateUrl: null })).toMatchObject({
      sentences: [expect.stringMatching(/ cannot be read; /)],
    });
  });
});

describe('the folder that is meant', () => {
  it('is the one that is named, else one beside', () => {
    expect(folderOf({ folder: 'kept' })).toBe('kept');
    expect(folderOf({ folder: null })).toBe('./data');
  });
});
