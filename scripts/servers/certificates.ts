/** An authority of our own, made by openssl, and what it signs; all is over in a week. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '7'];

/** Of one certificate or key: the file and, where it is told to others, its PEM. */
export interface Signed {
  readonly cert: string;
  readonly key: string;
}

export class Authority {
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    openssl(
      ['req', '-x509', ...EC, '-subj', `/O=Rollcall tests/CN=${name}`],
      ['-keyout', this.#file('key'), '-out', this.certificate],
      ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    );
  }

  /** The file of its own certificate. */
  get certificate(): string {
    return this.#file('crt');
  }

  #file(what: string, of: string = this.#name): string {
    return join(this.#folder, `${of}.${what}`);
  }

  /** Answers files. `names` as openssl writes them: `DNS:localhost,IP:127.0.0.1`. */
  sign(name: string, use: 'serverAuth' | 'clientAuth', names?: string): Signed {
    const [key, request, extensions, cert] = ['key', 'csr', 'ext', 'crt'].map((what) => this.#file(what, name)) as [
      string,
      string,
      string,
      string,
    ];
    openssl(['req', '-new', ...EC, '-subj', `/O=Rollcall tests/CN=${name}`, '-keyout', key, '-out', request]);
    writeFileSync(
      extensions,
      [`extendedKeyUsage=${use}`, ...(names === undefined ? [] : [`subjectAltName=${names}`])].join('\n'),
    );
    openssl(
      ['x509', '-req', '-in', request, '-days', '7', '-CA', this.certificate, '-CAkey', this.#file('key')],
      ['-CAcreateserial', '-extfile', extensions, '-out', cert],
    );
    return { cert, key };
  }
}

export const pem = (file: string): string => readFileSync(file, 'utf8');

function openssl(...args: readonly (readonly string[])[]): void {
  execFileSync('openssl', args.flat(), { stdio: ['ignore', 'ignore', 'pipe'] });
}
