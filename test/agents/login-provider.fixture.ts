// For tests: a provider with the real wire of a subscription, reached over TLS as the program reaches the real one: through a
// proxy that takes each host of the list to this process. Its certificate is signed by a test authority.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface LoginProvider {
  proxyUrl: string;
  certificatePath: string;
  /** `METHOD HOST PATH AUTHORIZATION`, in order. */
  requests: string[];
  /** From now on, the subscription is used up until then. */
  useUp(untilSeconds: number): void;
  stop(): Promise<void>;
}

export interface LoginWire {
  /** Answers the nth refresh; as with the real providers, a refresh token works only once. */
  tokens(refreshed: number): object;
  /** Answers all other requests. `resetsAtSeconds` is null while the subscription is not used up. */
  answer(
    call: { path: string; body: string },
    response: ServerResponse,
    resetsAtSeconds: number | null,
  ): void;
}

export async function startLoginProvider(hosts: readonly string[], wire: LoginWire): Promise<LoginProvider> {
  const folder = mkdtempSync(join(tmpdir(), 'moose-login-provider-'));
  const { key, cert, certificatePath } = certificateFor(hosts, folder);
  const requests: string[] = [];
  let refreshed = 0;
  let resetsAtSeconds: number | null = null;
  const answer = async (asked: IncomingMessage, response: ServerResponse) => {
    const { method, url = '', headers } = asked;
    const body = await text(asked);
    requests.push(`${method} ${headers.host} ${url.split('?')[0]} ${headers.authorization ?? '-'}`);
    if (url.includes('/oauth/token')) {
      if (JSON.parse(body).refresh_token !== `refresh-${refreshed}`)
        return say(response, 400, { error: 'invalid_grant' });
      refreshed += 1;
      return say(response, 200, wire.tokens(refreshed));
    }
    wire.answer({ path: url.split('?')[0] ?? '', body }, response, resetsAtSeconds);
  };
  const tls = createTlsServer({ key, cert }, (asked, response) => void answer(asked, response));
  // Makes programs that prefer a WebSocket fall back to HTTP requests.
  tls.on('upgrade', (_, socket) => socket.end('HTTP/1.1 426 Upgrade Required\r\n\r\n'));
  const proxy = createServer((_, response) => say(response, 403, {}));
  proxy.on('connect', (asked: IncomingMessage, client) => {
    const [host = ''] = (asked.url ?? '').split(':');
    client.on('error', () => client.destroy());
    if (!hosts.includes(host)) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const remote = connect(portOf(tls), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      remote.pipe(client);
      client.pipe(remote);
    });
    remote.on('error', () => client.destroy());
  });
  for (const server of [tls, proxy]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  return {
    proxyUrl: `http://127.0.0.1:${portOf(proxy)}`,
    certificatePath,
    requests,
    useUp: (untilSeconds) => {
      resetsAtSeconds = untilSeconds;
    },
    stop: async () => {
      for (const server of [tls, proxy]) server.closeAllConnections();
      for (const server of [tls, proxy]) server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

export function say(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** A stream of server-sent events, each named for its type. */
export function stream(
  response: ServerResponse,
  events: ReadonlyArray<{ type: string; [member: string]: unknown }>,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
}

function certificateFor(hosts: readonly string[], folder: string) {
  const at = (name: string) => join(folder, name);
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  writeFileSync(at('extensions'), `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  const authority = ['-addext', 'basicConstraints=critical,CA:TRUE', '-subj', '/CN=Test authority'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '2',
    ...authority,
  );
  openssl('req', ...newKey, '-keyout', at('key'), '-out', at('request'), '-subj', `/CN=${hosts[0]}`);
  const signed = [
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-extfile',
    at('extensions'),
  ];
  openssl('x509', '-req', '-in', at('request'), ...signed, '-days', '2', '-out', at('cert'));
  return { key: readFileSync(at('key')), cert: readFileSync(at('cert')), certificatePath: at('ca.pem') };
}
