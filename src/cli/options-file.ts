/** Which options are meant by what was typed, and where they are read. */
import { existsSync, readFileSync } from 'node:fs';
import { type OptionsAnswer, optionsForUrl, readOptions } from '../options.ts';
import type { Arguments } from './arguments.ts';

/** What the app's container has. */
const APP_OPTIONS = '/data/options.json';
const APP_FOLDER = '/data';

/** The options of a file, or those for one address. */
export function optionsOf({ frigateUrl, optionsFile }: Pick<Arguments, 'frigateUrl' | 'optionsFile'>): OptionsAnswer {
  if (frigateUrl !== null) return optionsForUrl(frigateUrl);
  const path = placeOfOptions(optionsFile);
  try {
    return readOptions(readFileSync(path, 'utf8'), path);
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    return {
      ok: false,
      sentences: [`${path} ${why}; name the options file with --options, or a Frigate with --frigate URL.`],
    };
  }
}

/** Where options are read, whether they exist there or not. */
export function placeOfOptions(optionsFile: string | null): string {
  return optionsFile ?? (existsSync(APP_OPTIONS) ? APP_OPTIONS : './options.json');
}

/** Where the state is kept. */
export function folderOf({ folder }: Pick<Arguments, 'folder'>): string {
  return folder ?? (existsSync(APP_OPTIONS) ? APP_FOLDER : './data');
}
