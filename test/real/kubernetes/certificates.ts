/** A certificate authority for one run, made by openssl. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Certificate {
  cert: string;
  key: string;
}

export interface Authority {
  /** Path of its certificate. */
  file: string;
  pem: string;
  /** `names`: as in a subjectAltName, such as `IP:10.98.0.2`. */
  issue(name: string, subject: string, names?: readonly string[]): Certificate;
}

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '30'];

export function openAuthority(folder: string): Authority {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(folder, name);
  const request = (words: readonly string[]) =>
    execFileSync('openssl', ['req', '-x509', ...CURVE, ...words], { stdio: 'pipe' });
  const [file, ownKey] = [at('authority.crt'), at('authority.key')];
  const uses = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature'];
  request(['-subj', '/CN=rig-authority', ...uses, '-keyout', ownKey, '-out', file]);
  return {
    file,
    pem: readFileSync(file, 'utf8'),
    issue: (name, subject, names = []) => {
      const [cert, key] = [at(`${name}.crt`), at(`${name}.key`)];
      const extensions = [
        'basicConstraints=critical,CA:FALSE',
        'keyUsage=digitalSignature,keyEncipherment',
        'extendedKeyUsage=clientAuth,serverAuth',
        ...(names.length > 0 ? [`subjectAltName=${names.join(',')}`] : []),
      ].flatMap((one) => ['-addext', one]);
      request(['-CA', file, '-CAkey', ownKey, '-subj', subject, ...extensions, '-keyout', key, '-out', cert]);
      return { cert, key };
    },
  };
}
