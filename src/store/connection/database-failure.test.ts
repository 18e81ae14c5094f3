import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '../schema/migrate.ts';
import { asMooseError } from './database-failure.ts';

test('R-BASE-1: a certificate that is not trusted is a problem of the settings, not a bug', () => {
  for (const code of ['SELF_SIGNED_CERT_IN_CHAIN', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID']) {
    const cause = Object.assign(new Error('self-signed certificate in certificate chain'), { code });
    expect(asMooseError(cause, 'connect')).toMatchObject({
      code: 'DATABASE_TLS_REFUSED',
      category: 'configuration',
      advice: expect.stringContaining('sslrootcert='),
    });
  }
});

test('R-BASE-1: a server without TLS, asked for it, is named as one', async () => {
  // PostgreSQL answers the request for TLS with the letter N.
  const server = createServer((socket) => socket.once('data', () => socket.end('N')));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const url = `postgres://moose:x@127.0.0.1:${port}/moose?sslmode=require`;
  await expect(migrate(url)).rejects.toMatchObject({ code: 'DATABASE_TLS_REFUSED' });
});
