// What setup and checks can reach, and the report of what they were refused (R-SEC-6), with real sessions and a
// registry on loopback.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { probeIsolation } from '../../sessions/isolation/probe-isolation.ts';
import { sessionsOf } from '../../store/work/sessions/session-rows.ts';
import { eventsOf } from '../../store/work/work-orders/work-orders.ts';
import { describeEvent } from '../views/work-order/describe-event.ts';
import { preparedProject } from '../workplace/prepared/prepared-project.fixture.ts';
import { preparing } from './preparing/preparing.ts';
import { atStep } from './scratch-pipeline.fixture.ts';
import { verifying } from './verifying/verifying.ts';

const shared = sharedDatabase();
const { level } = await probeIsolation();
const isolated = test.skipIf(level === 'none');

async function registry(): Promise<number> {
  const server = createServer((_, answer) => answer.end('a package'));
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Connects like a package manager: through the proxy that the environment names, or directly. */
const installer = `
const { get } = require('node:http');
const { mkdirSync, writeFileSync } = require('node:fs');
const wanted = process.argv[2];
const proxy = process.env.HTTP_PROXY && new URL(process.env.HTTP_PROXY);
get(proxy ? { host: proxy.hostname, port: proxy.port, path: wanted } : wanted, (answer) => {
  if (answer.statusCode !== 200) { console.error('registry answers', answer.statusCode); process.exit(Number(process.argv[3] ?? 1)); }
  let text = ''; answer.on('data', (data) => { text += data; }).on('end', () => { mkdirSync('deps'); writeFileSync('deps/made', text); });
});
`;

function project(port: number, config: string, { words = '', ...settings }: Record<string, string> = {}) {
  return preparedProject(shared(), {
    setup: `node install.cjs http://localhost:${port}/package ${words}`,
    files: { 'install.cjs': installer, ...(config ? { '.moose/config.yml': config } : {}) },
    settings: { isolation: 'auto', ...settings },
  });
}

const sessionOf = async ({ work }: Awaited<ReturnType<typeof project>>) =>
  (await sessionsOf(work.database.query, work.order.id))[0];

const asking = (port: number) => `egress: [{ host: "localhost:${port}", private: true }]\n`;

isolated(
  'R-SEC-6: a setup installs from a private registry that the file asks for and a person has confirmed',
  async () => {
    const port = await registry();
    const at = await project(port, asking(port));
    at.work.project.settings.private_hosts = [`localhost:${port}`];
    const end = await preparing(at.work);
    expect(end).toMatchObject({ end: 'done', result: { way: 'setup' } });
    expect(end).not.toHaveProperty('also');
    expect(await at.read('deps/made')).toBe('a package');
    expect(await sessionOf(at)).toMatchObject({ egress: 'listed', refused: null });
  },
);

isolated(
  'R-SEC-6: fear: a setup fails for a host that nobody names, and a model is paid for it',
  async () => {
    const port = await registry();
    const at = await project(port, '');
    const refused = [{ host: 'localhost', port, reason: 'not listed', count: 1 }];
    const how = `moose project set ${at.work.project.name} --private-host localhost:${port}`;
    expect(await preparing(at.work).catch((cause: unknown) => cause)).toMatchObject({
      code: 'EGRESS_REFUSED',
      category: 'configuration',
      message: expect.stringContaining(`localhost:${port} (once)`),
      advice: expect.stringContaining(`\`${how}\``),
      metadata: { refused: [expect.objectContaining(refused[0])] },
    });
    expect(await sessionOf(at)).toMatchObject({ egress: 'listed', refused });
    const events = await eventsOf(at.work.database.query, at.work.order.id);
    expect(events.map(describeEvent)).toContainEqual(
      expect.stringContaining(`was refused: localhost:${port} (once); to allow it, run \`${how}\``),
    );
  },
);

isolated(
  'R-SEC-6: fear: a project reaches the machine itself by a name that it lists like any other',
  async () => {
    const port = await registry();
    const at = await project(port, `egress: ["localhost:${port}"]\n`);
    expect(await preparing(at.work).catch((cause: unknown) => cause)).toMatchObject({
      code: 'EGRESS_REFUSED',
    });
    expect(await sessionOf(at)).toMatchObject({ refused: [{ reason: 'address' }] });
  },
);

isolated(
  'R-SEC-6: fear: the file of a repository opens a private address by itself, as a name or as a number',
  async () => {
    const port = await registry();
    for (const config of [
      asking(port),
      `egress: ["127.0.0.1:${port}", "2130706433:${port}", "0x7f.1:${port}"]\n`,
      `environment: { npm_config_registry: "http://localhost:${port}/" }\n`,
    ]) {
      const at = await project(port, config);
      expect(await preparing(at.work).catch((cause: unknown) => cause), config).toMatchObject({
        code: 'EGRESS_REFUSED',
        category: 'configuration',
      });
    }
  },
);

isolated('R-SEC-6: work goes on without what the file asks for, and says once what to do', async () => {
  const port = await registry();
  const at = await project(port, `${asking(port)}agent_egress: [docs.example.com]\n`, { words: '0' });
  const end = await preparing(at.work);
  if (end.end !== 'done' || !end.also) throw new Error('nothing is said');
  await at.work.database.transaction(end.also);
  const events = await eventsOf(at.work.database.query, at.work.order.id);
  expect(events.map(describeEvent)).toContainEqual(
    `.moose/config.yml asks for hosts that no person has confirmed, so the work continues without them: for agents: docs.example.com; at private addresses: localhost:${port}; to confirm them: \`moose project set ${at.work.project.name} --confirm-hosts\``,
  );
});

isolated('R-SEC-6: what is refused without harm fails nothing, and is listed', async () => {
  const port = await registry();
  const at = await project(port, '', { words: '0' });
  expect(await preparing(at.work)).toMatchObject({ end: 'done' });
  expect(await sessionOf(at)).toMatchObject({ exitCode: 0, refused: [{ host: 'localhost', port }] });
});

isolated('R-SEC-6: a registry that a person names for the machine needs no entry', async () => {
  const port = await registry();
  const at = await project(port, '');
  const { checkEnvironment } = at.work.settings;
  at.work.settings.checkEnvironment = {
    ...checkEnvironment,
    npm_config_registry: `http://localhost:${port}/`,
  };
  expect(await preparing(at.work)).toMatchObject({ end: 'done' });
});

test('R-SEC-6: with an open network everything can be reached, and the session says so', async () => {
  const port = await registry();
  const at = await project(port, '', { egress: 'open' });
  expect(await preparing(at.work)).toMatchObject({ end: 'done' });
  expect(await sessionOf(at)).toMatchObject({ egress: 'open', refused: null });
});

/** Runs a check with network access that is refused a host and then ends as given. */
async function checked(host: string, ending: string) {
  const settings = { isolation: 'auto', checkNetwork: 'all' } as const;
  const at = await atStep(shared(), 'verifying', { settings });
  const ask = `const { get } = require("node:http"); const { port } = new URL(process.env.HTTP_PROXY); get({ port, host: "127.0.0.1", path: "http://${host}/" })`;
  const command = `node -e '${ask}'; ${ending}`;
  at.work.project.settings.checks = [{ kind: 'test', command, source: 'given' }];
  return verifying(at.work).catch((cause: unknown) => cause);
}

const noNetwork =
  'echo "npm error code ENOTFOUND"; echo "npm error network request to https://packages.invalid/x failed, reason: getaddrinfo ENOTFOUND packages.invalid"; exit 1';

isolated('R-SEC-6: a check that lacks a host goes to a person, who is told which', async () => {
  expect(await checked('packages.invalid', noNetwork)).toMatchObject({
    code: 'EGRESS_REFUSED',
    advice: expect.stringContaining('egress: ["packages.invalid"]'),
  });
});

isolated(
  'R-SEC-6: fear: a check that says in its own words which host it lacks is charged to the change',
  async () => {
    expect(await checked('licenses.invalid', 'echo "no answer of licenses.invalid"; exit 1')).toMatchObject({
      code: 'EGRESS_REFUSED',
      category: 'configuration',
      advice: expect.stringContaining('egress: ["licenses.invalid"]'),
    });
  },
);

isolated(
  'R-SEC-6: fear: a change breaks a test that also mentions a refused host, and the host is blamed',
  async () => {
    const ending = 'echo "skipped telemetry.invalid"; test ! -f made.txt';
    expect(await checked('telemetry.invalid', ending)).toMatchObject({
      end: 'refine',
      failure: { code: 'CHECK_FAILED' },
    });
  },
);

isolated(
  'R-SEC-6: fear: a test that is red for another reason is taken for one that lacks a host',
  async () => {
    expect(
      await checked('telemetry.invalid', 'test ! -f made.txt || { echo "1 test failed"; exit 1; }'),
    ).toMatchObject({
      end: 'refine',
      failure: { code: 'CHECK_FAILED' },
    });
  },
);
