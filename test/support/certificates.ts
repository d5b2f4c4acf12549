import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server certificate that an intermediate authority signed, like public ones. */
export interface CertificateChain {
  /** PEM of the root certificate, which clients trust. */
  readonly root: string;
  /** Path of the server certificate and the intermediate one. */
  readonly chain: string;
  readonly key: string;
  remove(): void;
}

const openssl = (folder: string, ...words: string[]): void => {
  try {
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('The TLS tests need openssl: install it (Debian, Ubuntu: apt-get install openssl)');
  }
};

/** Makes a chain for `localhost`: root, intermediate authority, server. */
export const makeChain = (): CertificateChain => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-tls-'));
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  writeFileSync(join(folder, 'authority'), 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n');
  writeFileSync(join(folder, 'server'), 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n');
  openssl(folder, 'req', '-x509', ...newKey, '-subj', '/CN=Root', '-keyout', 'root.key', '-out', 'root.pem');
  const sign = (name: string, by: string, extensions: string) => {
    openssl(folder, 'req', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const authority = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-extfile', extensions];
    openssl(folder, 'x509', '-req', '-in', `${name}.csr`, ...authority, '-days', '2', '-out', `${name}.pem`);
  };
  sign('intermediate', 'root', 'authority');
  sign('localhost', 'intermediate', 'server');
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  writeFileSync(join(folder, 'chain.pem'), read('localhost.pem') + read('intermediate.pem'));
  return {
    root: read('root.pem'),
    chain: join(folder, 'chain.pem'),
    key: join(folder, 'localhost.key'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
