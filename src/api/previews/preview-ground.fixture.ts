// For tests: a real service of a work order in a network of its own, and the server that shows it.
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { AllowRule } from '../../domain/people/sign-in-allow.ts';
import { openPreview, type PreviewAsked } from '../../engine/commands/previews/open-preview.ts';
import { daemonPlan } from '../../engine/workplace/daemons/daemon-plan.ts';
import { type DaemonGiven, daemonProject } from '../../engine/workplace/daemons/daemon-project.fixture.ts';
import { startDaemons } from '../../engine/workplace/daemons/start-daemons.ts';
import { worktreePathOf } from '../../engine/workplace/worktree/worktree-path.ts';
import type { Database } from '../../store/database.ts';
import type { PreviewLimits } from './open-previews.ts';
import { startPreviewServer } from './preview-server.ts';

/** What a dev server does, and what a hostile one does. */
const devServer = `
const port = Number(process.env.MOOSE_PORT_BASE);
const waiting = [];
const answers = {
  '/headers': (asked, answer) => answer.end(JSON.stringify(asked.headers)),
  '/names': (asked, answer) => answer.writeHead(200, ['Constructor', '1', '__proto__', '2', 'hasOwnProperty', '3', '__proto__', '4'])
    .end(JSON.stringify(asked.rawHeaders)),
  '/status': (asked) => asked.socket.end('HTTP/1.1 099 Odd\\r\\ncontent-length: 0\\r\\n\\r\\n'),
  '/echo': (asked, answer) => asked.pipe(answer),
  '/stream': (asked, answer) => { answer.writeHead(200).flushHeaders(); waiting.push(answer); },
  '/next': (asked, answer) => { for (const each of waiting) each.write('more '); answer.end(); },
  '/hang': () => undefined,
  '/away': (asked) => asked.socket.destroy(),
  '/half': (asked, answer) => { answer.writeHead(200, { 'content-length': 100 }); answer.write('half', () => asked.socket.destroy()); },
  '/big': (asked, answer) => answer.writeHead(200, { big: 'x'.repeat(100000) }).end(),
  '/there': (asked, answer) => answer.writeHead(302, { location: 'http://localhost:' + port + '/here' }).end(),
  '/cookies': (asked, answer) => answer.writeHead(200, {
    'set-cookie': ['a=1; Domain=localhost', 'moose_preview=mine'], 'clear-site-data': '"cookies"',
  }).end(),
  '/switch': (asked) => asked.socket.write('HTTP/1.1 101 Switching Protocols\\r\\nconnection: upgrade\\r\\nupgrade: x\\r\\n\\r\\n'),
  '/end': () => process.exit(3),
};
const server = require('node:http').createServer({ maxHeaderSize: 200000 }, (asked, answer) => {
  const known = answers[asked.url];
  if (known) known(asked, answer); else answer.end('page ' + asked.method + ' ' + asked.url);
});
server.on('upgrade', (asked, socket) => {
  if (asked.url === '/no') return socket.end('HTTP/1.1 400 Bad Request\\r\\ncontent-length: 0\\r\\n\\r\\n');
  if (asked.url === '/told') return socket.end('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n' + JSON.stringify(asked.headers));
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Accept: yes\\r\\nConstructor: 1\\r\\n__proto__: 2\\r\\nhasOwnProperty: 3\\r\\nSet-Cookie: moose_session=x\\r\\n\\r\\nfirst ');
  socket.pipe(socket);
});
server.listen(port, '127.0.0.1');
`;

export const pattern = 'http://*.localhost:4318';

export interface Answered {
  status: number;
  headers: IncomingMessage['headers'];
  rawHeaders: readonly string[];
  body: string;
}

export async function previewGround(
  database: Database,
  {
    limits = {},
    allow = [],
    ...given
  }: DaemonGiven & { limits?: Partial<PreviewLimits>; allow?: readonly AllowRule[] } = {},
) {
  const { work } = await daemonProject(database, 'verifying', {
    files: { 'server.js': devServer },
    ...given,
  });
  const plan = await daemonPlan(work, work.order.baseSha ?? '');
  if (plan === null) throw new Error('The project has no service');
  const worktreePath = await worktreePathOf(work);
  const running = await startDaemons(work, { plan, worktreePath, step: 'verifying' });
  onTestFinished(() => running.stop());
  const recorded: string[] = [];
  const server = await startPreviewServer(
    {
      database,
      logger: pino({ level: 'silent' }),
      errors: {
        record: ({ code }) => {
          recorded.push(code);
          return { id: '', resolved: () => undefined };
        },
      },
      pattern,
      baseUrl: 'https://moose.example.org',
      here: { machine: work.machine, settings: work.settings },
      trustedProxies: [],
      allow,
      limits: { lookEveryMs: 50, ...limits },
    },
    { bind: '127.0.0.1', port: 0 },
  );
  onTestFinished(() => server.close());
  const { port } = server;
  const deps = {
    database,
    actor: 'human:ada',
    settings: { current: work.settings },
    machine: async () => work.machine,
    previews: pattern,
  };
  const link = async (asked: Partial<PreviewAsked> = {}) =>
    new URL((await openPreview(deps, work.order, { tokenId: null, webSessionId: null, ...asked })).url);
  return {
    work,
    running,
    server,
    recorded,
    deps,
    link,
    /** Begins a request to the server, at this host name. */
    begin: (host: string, path: string, given: Asked = {}) => begin(port, host, path, given),
    ask: (host: string, path: string, given: Asked = {}) =>
      answerOf(begin(port, host, path, given), given.body),
    /** Opens a link, as a browser does. */
    open: async (url?: URL): Promise<{ host: string; cookie: string; location: string }> => {
      const { host, pathname } = url ?? (await link());
      const { headers } = await answerOf(begin(port, host, pathname, {}));
      const [cookie = ''] = headers['set-cookie'] ?? [];
      return { host, cookie: cookie.split(';')[0] ?? '', location: headers.location ?? '' };
    },
  };
}

export interface Asked {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

function begin(
  port: number,
  host: string,
  path: string,
  { method = 'GET', headers = {} }: Asked,
): ClientRequest {
  return request({ port, host: '127.0.0.1', path, method, headers: { host, ...headers }, agent: false });
}

async function answerOf(asked: ClientRequest, body?: string): Promise<Answered> {
  const answered = Promise.withResolvers<IncomingMessage>();
  asked.on('response', answered.resolve).on('error', answered.reject);
  asked.end(body);
  const answer = await answered.promise;
  const { statusCode: status = 0, headers, rawHeaders } = answer;
  return { status, headers, rawHeaders, body: await text(answer) };
}
