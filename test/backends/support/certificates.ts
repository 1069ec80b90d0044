import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An authority in a folder, with a certificate for a server on loopback and one for a client. */
export function certificates(folder: string): { ca: string; cert: string; key: string } {
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...elliptic,
    '-subj',
    '/CN=authority',
    '-days',
    '1',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
  );
  writeFileSync(at('san'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  for (const name of ['server', 'client']) {
    openssl('req', ...elliptic, '-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`));
    openssl(
      ...['x509', '-req', '-in', at(`${name}.csr`), '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial'],
      ...['-days', '1', '-extfile', at('san'), '-out', at(`${name}.crt`)],
    );
  }
  return { ca: at('ca.crt'), cert: at('client.crt'), key: at('client.key') };
}
