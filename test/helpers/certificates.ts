import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An authority of the test's own, and certificates that it gave for `hostname`: `<name>.crt`, `<name>.key` and `ca.crt` in the folder. */
export interface Certificates {
  readonly file: (name: string) => string;
  readonly pem: (name: string) => string;
  /** Options with which a redis-server speaks TLS on a port. */
  readonly serverConfig: (port: number) => string[];
}

const KEY = ['-newkey', 'rsa:2048', '-nodes'];

/** @param names - of the certificates beside the authority's; the server's is `server` */
export function makeCertificates(folder: string, hostname: string, names: readonly string[] = ['server']): Certificates {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const file = (name: string): string => join(folder, name);
  openssl('req', '-x509', ...KEY, '-days', '2', '-subj', '/CN=ca', '-keyout', 'ca.key', '-out', 'ca.crt');
  for (const name of names) {
    const [request, key, certificate] = [`${name}.csr`, `${name}.key`, `${name}.crt`];
    openssl('req', ...KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', request, '-addext', `subjectAltName=DNS:${hostname}`);
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-copy_extensions', 'copy'];
    openssl('x509', '-req', '-in', request, ...signed, '-out', certificate);
  }
  return {
    file,
    pem: (name) => readFileSync(file(name), 'utf8'),
    serverConfig: (port) => [
      ['--tls-port', String(port)],
      ['--tls-cert-file', file('server.crt')],
      ['--tls-key-file', file('server.key')],
      ['--tls-ca-cert-file', file('ca.crt')],
    ].flat(), // biome-ignore format: an option a line
  };
}
