// An assistant uses `moose mcp` over standard input and output, with the official client of the protocol.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Serving, serve } from '../../src/app/serve.ts';
import { compiledCode } from '../compiled-code.ts';
import { mooseProgram } from '../moose-program.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

let ground: Ground;
let client: Client;
/** The client's errors about lines on standard output that are not messages of the protocol. */
const broken: Error[] = [];

beforeAll(async () => {
  ground = await openGround();
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [mooseProgram, 'mcp', '--name', 'helper', '--data', ground.config.dataDirectory],
    env: {
      ...compiledCode,
      PATH: process.env.PATH ?? '',
      HOME: ground.directory,
      MOOSE_DATABASE_URL: ground.config.databaseUrl ?? '',
      MOOSE_MODELS: 'scripted/light',
      MOOSE_SCRIPTED_BASE_URL: ground.provider.baseUrl,
      MOOSE_LOG_LEVEL: 'trace',
    },
    stderr: 'ignore',
  });
  client = new Client({ name: 'test', version: '1' });
  client.onerror = (error) => broken.push(error);
  await client.connect(transport);
});
afterAll(async () => {
  await client.close();
  await ground.close();
});

async function call(name: string, given: Record<string, unknown> = {}, by = client) {
  const { content, isError = false } = await by.callTool({ name, arguments: given });
  const [first] = content as Array<{ text: string }>;
  return { isError, body: parsed(first?.text ?? '') };
}

/** An error of the protocol itself is not JSON. */
function parsed(text: string): Record<string, unknown> {
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text };
}

test('R-UI-7: the tools say what they do, and which of them change or remove something', async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    'submit_work_order',
    'list_work_orders',
    'show_work_order',
    'explain_work_order',
    'list_escalations',
    'answer_escalation',
    'send_message',
    'pause_work_order',
    'resume_work_order',
    'cancel_work_order',
    'retry_work_order',
    'list_project_variables',
  ]);
  const hints = (name: string) => tools.find((tool) => tool.name === name)?.annotations;
  expect(hints('show_work_order')).toMatchObject({ readOnlyHint: true, destructiveHint: false });
  expect(hints('list_project_variables')).toMatchObject({ readOnlyHint: true });
  expect(hints('cancel_work_order')).toMatchObject({ readOnlyHint: false, destructiveHint: true });
});

test('R-UI-7: an assistant submits work, sees why it stopped, and answers the question', async () => {
  const repository_path = await makeRepository(`${ground.directory}/asked`);
  const made = await call('submit_work_order', { title: 'Mend it', repository_path, agent: 'nobody' });
  expect(made).toMatchObject({ isError: true, body: { code: 'AGENT_UNKNOWN', advice: expect.any(String) } });
  const title = 'Mend the greeting';
  ground.answer(title, () => ({ raw: 'I would rather not.' }));
  const { body } = await call('submit_work_order', { title, repository_path });
  const { id } = body.work_order as { id: string };
  await ground.settled(id);
  expect((await call('list_work_orders', { needs_you: true })).body.items).toMatchObject([{ id, title }]);
  expect((await call('explain_work_order', { id })).body).toMatchObject({ id, explain: expect.any(String) });
  const shown = (await call('show_work_order', { id })).body;
  expect(shown).toMatchObject({ id, errors: expect.any(Array), acts: expect.any(Array) });
  const { items } = (await call('list_escalations')).body as {
    items: Array<{ id: string; options: Array<{ id: string }> }>;
  };
  expect(items[0]?.options.map((option) => option.id)).toContain('cancel');
  const question = items[0]?.id ?? '';
  const answered = await call('answer_escalation', { id: question, option: 'cancel', note: 'No use.' });
  expect(answered.body).toMatchObject({ chosen_option: 'cancel', resolved_by: 'mcp:helper' });
  expect((await ground.opened.moose.view(id)).status).toBe('cancelled');
});

test('R-UI-7: an assistant gets a clear sentence about work that a person has paused, or that does not exist', async () => {
  const { moose } = ground.opened;
  const { id } = await ground.submit({ needsApproval: true });
  await moose.approve(id);
  await ground.settled(id);
  expect(await call('pause_work_order', { id })).toMatchObject({
    isError: true,
    body: { code: 'NOTHING_TO_PAUSE' },
  });
  expect(await call('retry_work_order', { id, note: 'Again' })).toMatchObject({
    isError: true,
    body: { code: 'INVALID_STATE_TRANSITION' },
  });
  expect(await call('resume_work_order', { id })).toMatchObject({ isError: false, body: { held_by: null } });
  expect(await call('show_work_order', { id: 'ffffffff' })).toMatchObject({
    isError: true,
    body: { code: 'WORK_ORDER_NOT_FOUND' },
  });
  expect(await call('submit_work_order', { title: 'Mend it', repository_path: 'here' })).toMatchObject({
    isError: true,
    body: { code: 'REPOSITORY_PATH_RELATIVE' },
  });
  expect((await call('list_work_orders', { limit: 5_000 })).isError).toBe(true);
});

/** A work order whose model answers when `open` is called. */
async function waitingForModel() {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const { id } = await ground.submit({
    answer: async () => {
      asked.resolve();
      await gate.promise;
      return { raw: 'No.' };
    },
  });
  await asked.promise;
  return { id, open: gate.resolve };
}

test('R-UI-7: an assistant pauses running work, resumes it, and stops it', async () => {
  const { id, open } = await waitingForModel();
  const paused = await call('pause_work_order', { id, because: 'the human said so' });
  expect(paused.body).toMatchObject({ held_by: 'mcp:helper' });
  expect((await call('resume_work_order', { id })).body).toMatchObject({ held_by: null });
  await call('cancel_work_order', { id });
  open();
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled' });
  expect(broken).toEqual([]);
});

describe('over MOOSE_URL', () => {
  let serving: Serving;
  let remote: Client;

  beforeAll(async () => {
    serving = await serve(ground.opened, ground.config, { version: '0.0.0', port: 0, worker: () => null });
    const given = { name: 'laptop', role: 'operator', person: 'ada' } as const;
    const { token } = await ground.opened.moose.tokens.create(given);
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [mooseProgram, 'mcp'],
      env: {
        ...compiledCode,
        PATH: process.env.PATH ?? '',
        HOME: `${ground.directory}/elsewhere`,
        MOOSE_URL: serving.url,
        MOOSE_TOKEN: token,
      },
      stderr: 'ignore',
    });
    remote = new Client({ name: 'test', version: '1' });
    remote.onerror = (error) => broken.push(error);
    await remote.connect(transport);
  });
  afterAll(async () => {
    await remote?.close();
    await serving?.close();
  });

  const ask = (name: string, given: Record<string, unknown> = {}) => call(name, given, remote);

  test('R-UI-7, R-DIST-2: an assistant on another machine works as a program, also with the token of a person', async () => {
    const repository_path = await makeRepository(`${ground.directory}/asked-from-afar`);
    const title = 'Fix it from afar';
    ground.answer(title, () => ({ raw: 'I would rather not.' }));
    const strange = await ask('submit_work_order', { title, repository_path });
    expect(strange).toMatchObject({ isError: true, body: { code: 'PROJECT_NOT_YOURS' } });
    await ground.opened.moose.projects.add({ repository: repository_path });
    const wrong = await ask('submit_work_order', { title, repository_path, agent: 'nobody' });
    expect(wrong).toMatchObject({ isError: true, body: { code: 'AGENT_UNKNOWN' } });
    const made = await ask('submit_work_order', { title, repository_path, needs_approval: true });
    const { id } = made.body.work_order as { id: string };
    await ground.opened.moose.approve(id);
    await ground.settled(id);
    const { items } = (await ask('list_work_orders', { needs_you: true, text: title })).body;
    expect(items).toMatchObject([{ id, title }]);
    expect((await ask('explain_work_order', { id })).body).toMatchObject({ id, explain: expect.any(String) });
    expect((await ask('show_work_order', { id })).body).toMatchObject({ id, acts: expect.any(Array) });
    const { items: asked } = (await ask('list_escalations')).body as { items: Array<{ id: string }> };
    const [{ id: question } = { id: '' }] = asked;
    const answered = await ask('answer_escalation', { id: question, option: 'cancel' });
    expect(answered.body).toMatchObject({ chosen_option: 'cancel', resolved_by: 'api:laptop' });
    expect((await ground.opened.moose.view(id)).status).toBe('cancelled');
    const unknown = await ask('cancel_work_order', { id: 'ffffffff' });
    // With its message, if it is another error.
    expect(JSON.stringify(unknown)).toContain('"code":"WORK_ORDER_NOT_FOUND"');
    expect(unknown.isError).toBe(true);
    const project = 'asked-from-afar';
    expect((await ask('list_project_variables', { project })).body).toEqual({ items: [] });
  });

  test('R-UI-7, R-DIST-2: it pauses, resumes and repeats work, and may not do what only a person may', async () => {
    const { id, open } = await waitingForModel();
    expect((await ask('pause_work_order', { id, because: 'later' })).body).toMatchObject({
      held_by: 'api:laptop',
    });
    expect((await ask('resume_work_order', { id })).body).toMatchObject({ held_by: null });
    await ground.opened.moose.pause(id);
    expect(await ask('resume_work_order', { id })).toMatchObject({
      isError: true,
      body: { code: 'PAUSE_NOT_YOURS' },
    });
    expect(await ask('retry_work_order', { id })).toMatchObject({ isError: true });
    expect((await ask('send_message', { id, text: 'Mind the tests.' })).body).toEqual({
      read_in: 'next_cycle',
    });
    expect(await ask('cancel_work_order', { id })).toMatchObject({ isError: false });
    open();
    expect(await ground.settled(id)).toMatchObject({ status: 'cancelled' });
    expect(broken).toEqual([]);
  });
});
