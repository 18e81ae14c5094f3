// Work that no process could do is refused at submission instead of after a wait in the queue (R-SES-4).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../test/database.ts';
import { makeRepository } from '../../test/e2e/repository.fixture.ts';
import type { Abilities } from '../domain/agents/abilities.ts';
import type { Submission } from '../engine/commands/submit/submission.ts';
import { endConnection, openConnection } from '../store/connection/connection.ts';
import { enterOwnSchema } from '../store/schema/own-schema.ts';
import { beatSql } from '../store/work/runs/executors.ts';
import { openMoose } from './compose.ts';
import { readConfig } from './config/config.ts';

const missing = { MOOSE_CLAUDE_PATH: '/nowhere/claude' };
const scripted = { MOOSE_SCRIPTED_BASE_URL: 'http://127.0.0.1:9' };

async function ground(env: Record<string, string>) {
  const directory = await mkdtemp(join(tmpdir(), 'moose-known-'));
  const database = await cloneDatabase();
  const given = { HOME: directory, PATH: process.env.PATH ?? '', MOOSE_DATABASE_URL: database.url, ...env };
  const opened = await openMoose(readConfig(given, { data: join(directory, 'data') }));
  onTestFinished(async () => {
    await opened.close();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });
  const repositoryPath = await makeRepository(join(directory, 'repository'));
  const submit = (more: Partial<Submission> = {}) =>
    opened.moose.submit({ title: 'Do it', repositoryPath, ...more });
  const kept = async () => (await opened.moose.list({ limit: 10 })).length;
  const login = async () => {
    const { project } = await opened.moose.projects.add({ repository: repositoryPath });
    await opened.moose.projects.change(project.name, { login: 'use' });
  };
  return { submit, kept, login, url: database.url };
}

/** Another running process, as the database sees it: its row, and the connection that holds its locks. */
async function anotherProcess(
  url: string,
  abilities: Abilities | null = null,
  id = 'another',
): Promise<void> {
  const client = await openConnection(url, { applicationName: 'moose locks' });
  onTestFinished(() => endConnection(client));
  await enterOwnSchema(client);
  await client.query(beatSql, [id, 'elsewhere', 7, '', [], false, JSON.stringify(abilities), null, null]);
}

test.each<[string, Record<string, string>, Partial<Submission>, string, RegExp]>([
  ['no key and no model at all', {}, {}, 'NO_MODEL', /No model is configured\. Nothing was submitted\.$/],
  ['the models have no key', { MOOSE_MODELS: 'anthropic/claude-sonnet-5' }, {}, 'MODEL_KEY_MISSING', /key/],
  ['the requested model has no key', scripted, { model: 'openai/gpt-5.1' }, 'MODEL_KEY_MISSING', /openai/],
  [
    'the agent is not installed',
    { ...scripted, ...missing },
    { agent: 'claude-code' },
    'AGENT_PROGRAM_MISSING',
    /claude-code/,
  ],
  [
    'the agent of all work orders is not installed',
    { ...scripted, ...missing, MOOSE_AGENT: 'claude-code' },
    {},
    'AGENT_PROGRAM_MISSING',
    /claude-code/,
  ],
])('R-SES-4: a submission that no process could do is refused: %s', async (_, env, wish, code, words) => {
  const { submit, kept } = await ground(env);
  await expect(submit(wish)).rejects.toMatchObject({
    code,
    category: 'permanent',
    message: expect.stringMatching(words),
    advice: expect.stringMatching(/\w/),
  });
  expect(await kept()).toBe(0);
});

test('R-SES-4: a name that another running process may know is a warning, not a refusal', async () => {
  const { submit, kept, url } = await ground({});
  await anotherProcess(url);
  const { warnings } = await submit();
  expect(warnings).toEqual([
    expect.stringMatching(/^No model is configured\. It works only if another running Moose process has/),
  ]);
  expect(await kept()).toBe(1);
});

test('R-SES-4: if a fallback for the missing agent is installed, there is no warning', async () => {
  const env = { ...scripted, ...missing, MOOSE_AGENT: 'claude-code', MOOSE_FALLBACK_AGENTS: 'patch' };
  const { submit } = await ground(env);
  expect((await submit()).warnings).toEqual([]);
  await expect(submit({ agent: 'claude-code' })).rejects.toMatchObject({ code: 'AGENT_PROGRAM_MISSING' });
});

const noModel = { code: 'NO_MODEL', message: 'No model is configured.', advice: 'Set ANTHROPIC_API_KEY.' };
const without: Abilities = { providers: [], logins: [], lacks: { patch: noModel, 'claude-code': noModel } };
const withKey: Abilities = { providers: ['scripted'], logins: [], lacks: { 'claude-code': noModel } };

test('fear: `up` has no key, and work from a terminal that has one is accepted and fails later', async () => {
  const { submit, kept, url } = await ground({ ...scripted, ANTHROPIC_API_KEY: 'sk-ant-made-up' });
  await anotherProcess(url, without);
  await expect(submit()).rejects.toMatchObject({
    code: 'NO_MODEL',
    message:
      'The Moose that is running on elsewhere cannot do this work. No model is configured. Nothing was submitted.',
    advice: 'Set ANTHROPIC_API_KEY.',
  });
  await expect(submit({ model: 'anthropic/claude-sonnet-5' })).rejects.toMatchObject({
    code: 'MODEL_KEY_MISSING',
    message: expect.stringContaining(
      'cannot do this work. There is no API key for anthropic/claude-sonnet-5.',
    ),
  });
  expect(await kept()).toBe(0);
});

test('R-SES-4: if the running process has what the terminal lacks, there is no warning', async () => {
  const { submit, url } = await ground({});
  await anotherProcess(url, withKey);
  expect((await submit()).warnings).toEqual([]);
  await expect(submit({ agent: 'claude-code' })).rejects.toMatchObject({ code: 'NO_MODEL' });
});

test('R-SES-4: an agent with a login needs no key', async () => {
  const { submit, url } = await ground(missing);
  await anotherProcess(url, { ...without, logins: ['claude-code'] });
  expect((await submit({ agent: 'claude-code' })).warnings).toEqual([]);
  await expect(submit({ agent: 'patch' })).rejects.toMatchObject({ code: 'NO_MODEL' });
});

test('R-SES-4: if only some of the running processes can do the work, that is a warning', async () => {
  const { submit, url } = await ground(scripted);
  await anotherProcess(url, without);
  await anotherProcess(url, withKey, 'more');
  expect((await submit()).warnings).toEqual([
    'No model is configured. 1 of 2 running Moose processes cannot do this work, and it fails if one of them takes it. Set ANTHROPIC_API_KEY.',
  ]);
});

test('R-PROJ-9: the login that a project uses counts for its work orders', async () => {
  const { submit, kept, login } = await ground({ MOOSE_CLAUDE_PATH: process.execPath });
  await expect(submit({ agent: 'claude-code' })).rejects.toMatchObject({ code: 'NO_MODEL' });
  await login();
  await submit({ agent: 'claude-code' });
  expect(await kept()).toBe(1);
});
