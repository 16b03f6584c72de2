/** A Debian in a folder: programs run in it as if it were the machine, on the machine's own network. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Running, start } from '../processes.ts';

export interface Chroot {
  /** The folder that is `/` in there. */
  root: string;
  /** A folder of ours that is `/config` in there. */
  config?: string;
}

export const CONFIG = '/config';
/** Where the Python environment of Home Assistant lies. */
export const VENV = '/opt/home-assistant';
/** The machine's own certificate authorities: it may have one of its own that stands before the registry. */
export const AUTHORITIES = '/etc/ssl/certs/machine.crt';

const RUN_SECONDS = 900;
const MOST_OUTPUT = 64 * 1024 * 1024;
/** What a machine says of the ways out that it allows. */
const WAYS_OUT = /^(?:https?_proxy|no_proxy|pip_index_url|pip_extra_index_url|uv_index_url|uv_default_index)$/i;

// The mounts live in a namespace of this one process and go with it: nothing stays mounted on the machine.
const ENTER = `set -e
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
[ -z "$2" ] || mount --bind "$2" "$1${CONFIG}"
root=$1
shift 2
exec chroot "$root" "$@"`;

/** Runs to its end and answers what it wrote. */
export async function runIn(chroot: Chroot, words: readonly string[]): Promise<string> {
  const options = { env: environment(), timeout: RUN_SECONDS * 1000, maxBuffer: MOST_OUTPUT };
  const { stdout } = await promisify(execFile)('nice', ['-n', '5', 'unshare', ...entering(chroot, words)], options);
  return stdout;
}

/** Each program becomes the next one, so its process id is that of what was asked for in the end. */
export function startIn(chroot: Chroot, words: readonly string[]): Running {
  return start('unshare', entering(chroot, words), environment());
}

function entering({ root, config = '' }: Chroot, words: readonly string[]): string[] {
  return ['--mount', 'sh', '-c', ENTER, 'sh', root, config, ...words];
}

/** Nothing of the caller's own: only how to get out. */
function environment(): NodeJS.ProcessEnv {
  const out = Object.entries(process.env).filter(([name]) => WAYS_OUT.test(name));
  return {
    ...Object.fromEntries(out),
    PATH: `${VENV}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: '/root',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    VIRTUAL_ENV: VENV,
    SSL_CERT_FILE: AUTHORITIES,
    REQUESTS_CA_BUNDLE: AUTHORITIES,
    PIP_CERT: AUTHORITIES,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
  };
}
