// What an agent can reach besides the gateway, with a real session (R-SEC-6).
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { probeIsolation } from '../../sessions/isolation/probe-isolation.ts';
import { readOutput } from '../../sessions/read-output.ts';
import { sessionsOf } from '../../store/work/sessions/session-rows.ts';
import { eventsOf } from '../../store/work/work-orders/work-orders.ts';
import { describeEvent } from '../views/work-order/describe-event.ts';
import { supervise } from '../workplace/sessions/supervise.ts';
import { ensureWorktreePlace } from '../workplace/worktree/worktree-place.ts';
import { atStep } from './scratch-pipeline.fixture.ts';

const shared = sharedDatabase();
const { level } = await probeIsolation();
const isolated = test.skipIf(level === 'none');

async function listening(answer: string, at: string | number): Promise<number> {
  const server = createServer((_, response) => response.end(answer));
  await new Promise<void>((done) =>
    typeof at === 'string' ? void server.listen(at, done) : void server.listen(at, '127.0.0.1', done),
  );
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return typeof at === 'string' ? 0 : (server.address() as AddressInfo).port;
}

/** Asks the gateway, and two hosts through the proxy if there is one. */
const script = `
const { get } = require('node:http');
const [gateway, docs] = process.argv.slice(1);
const proxy = process.env.HTTP_PROXY && new URL(process.env.HTTP_PROXY).port;
const ask = (wish) => new Promise((done) => get({ host: '127.0.0.1', agent: false, ...wish }, (answer) => {
  let text = ''; answer.on('data', (data) => { text += data; }).on('end', () => done(answer.statusCode + ' ' + text.trim()));
}).on('error', ({ code }) => done(code)));
(async () => {
  const all = [await ask({ port: gateway })];
  if (proxy) for (const to of ['localhost:' + docs, 'evil.test']) all.push(await ask({ port: proxy, path: 'http://' + to + '/' }));
  console.log(JSON.stringify(all));
})();`;

const gatewayPort = 18_081;

async function agentRun(hosts: (docs: number) => { agent_hosts?: string[]; private_hosts?: string[] }) {
  const at = await atStep(shared(), 'applying', { settings: { isolation: 'auto' } });
  const docs = await listening('docs', 0);
  const socketPath = join(at.work.settings.dataDirectory, 'gateway-socket');
  await listening('gateway', socketPath);
  const { worktreePath } = await ensureWorktreePlace(at.work, at.routed, at.routed.baseSha);
  const url = `http://127.0.0.1:${gatewayPort}`;
  const work = { ...at.work, gateway: { address: async () => ({ url, port: gatewayPort, socketPath }) } };
  Object.assign(work.project.settings, hosts(docs));
  const { session } = await supervise(work, {
    purpose: 'agent',
    name: 'scripted',
    attempt: 1,
    cwd: worktreePath,
    wallClockMs: 30_000,
    network: 'gateway',
    prepare: async () => ({
      argv: [process.execPath, '-e', script, String(gatewayPort), String(docs)],
      env: { PATH: process.env.PATH ?? '' },
    }),
  });
  const { stdout, stderr } = await readOutput(session.directory, 10_000);
  const row = (await sessionsOf(work.database.query, work.order.id)).find(({ id }) => id === session.id);
  const events = (await eventsOf(work.database.query, work.order.id)).map(describeEvent);
  return {
    reached: JSON.parse(stdout.text || JSON.stringify(stderr.text)),
    row,
    events,
    name: work.project.name,
  };
}

isolated(
  'R-SEC-6: an agent reaches the hosts that a person gave it, and what it was refused is listed',
  async () => {
    const { reached, row, events, name } = await agentRun((docs) => ({
      agent_hosts: [`localhost:${docs}`],
      private_hosts: [`localhost:${docs}`],
    }));
    expect(reached).toEqual([
      '200 gateway',
      '200 docs',
      expect.stringMatching(/^403 Moose refuses evil\.test/),
    ]);
    expect(row).toMatchObject({ egress: 'listed', refused: [{ host: 'evil.test', port: 80, count: 1 }] });
    expect(events).toContain(
      `scripted was refused: evil.test:80 (once); to allow it, run \`moose project set ${name} --agent-host evil.test\``,
    );
  },
);

isolated(
  'R-SEC-6: fear: a host for agents opens a private address, or one for checks opens it to agents',
  async () => {
    const agents = await agentRun((docs) => ({ agent_hosts: [`localhost:${docs}`] }));
    expect(agents.reached[1]).toMatch(/^403 .*private address/);
    const checks = await agentRun((docs) => ({ private_hosts: [`localhost:${docs}`] }));
    expect(checks.reached).toEqual(['200 gateway']);
    expect(checks.row).toMatchObject({ egress: 'gateway', refused: null });
  },
);
