// A project with a small HTTP server as its service, which its check calls, with the strictest isolation that this
// machine allows (R-PROJ-4).
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  asking,
  asks,
  server,
  webDaemon,
} from '../../src/engine/workplace/daemons/daemon-project.fixture.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { commitFiles, makeRepository } from './repository.fixture.ts';

let ground: Ground;

beforeAll(async () => {
  ground = await openGround();
});

afterAll(() => ground.close());

const check = `${asking} > said.txt; grep -q "from the change" said.txt`;

const filesWith = (services: string) => ({
  'server.js': server,
  'ask.js': asks,
  '.gitignore': 'said.txt\n',
  '.moose/config.yml': `checks:\n  - kind: test\n    command: ${JSON.stringify(check)}\nservices:\n${services}`,
});

const openSessions = async () =>
  (await ground.opened.database.query.selectFrom('sessions').select(['name', 'state']).execute()).filter(
    ({ state }) => state === 'intended' || state === 'running',
  );

test('R-PROJ-4: a check uses the server of its own worktree, and nothing of that server is left', async () => {
  const repositoryPath = await makeRepository(join(ground.directory, 'served'));
  await commitFiles(repositoryPath, filesWith(webDaemon), 'A project');
  const answer = () => writes('made.txt', 'from the change\n');
  const { id } = await ground.submit({ repositoryPath, answer });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'completed', verification: { is_verified: true } });
  const web = detail.sessions.filter(({ name }) => name === 'web');
  // The service ran three times: before the model was called, beside the agent, and beside the checks.
  expect(web.map(({ purpose, end_reason: reason }) => `${purpose} ${reason}`)).toEqual(
    Array.from({ length: 3 }, () => 'service released'),
  );
  expect(await openSessions()).toEqual([]);
});

test('R-PROJ-7: a server that cannot start is found before a model is called', async () => {
  const repositoryPath = await makeRepository(join(ground.directory, 'unserved'));
  const broken = '  web: { command: "echo no such database; exit 1", ready: { port: 0 } }\n';
  await commitFiles(repositoryPath, filesWith(broken), 'A project');
  const { id } = await ground.submit({ repositoryPath, answer: () => writes('made.txt', 'new\n') });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'failed', failure: { code: 'SERVICE_NOT_READY' } });
  expect(detail.failure?.message).toContain('no such database');
  expect(detail.failure?.advice).toContain('--from preparing');
  expect(ground.callsFor(id)).toBe(0);
  expect(await openSessions()).toEqual([]);
});
