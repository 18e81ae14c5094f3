// Kinds of work in Mission Control: a change that is green only by what it did to its tests, a change over several
// repositories, and sub-tasks.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkOrder, WorkOrderDetail } from '../../src/contract/contract.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { createSubtask } from '../../src/engine/commands/subtasks/create-subtask.ts';
import { projectById } from '../../src/store/work/projects/projects.ts';
import { requireWorkOrder } from '../../src/store/work/work-orders/work-orders.ts';
import { findBarriers } from '../browser/find-barriers.ts';
import { sizes } from '../browser/open-chromium.ts';
import { type MissionControl, missionControl } from './mission-control.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

let at: MissionControl;
beforeAll(async () => {
  at = await missionControl();
  await mkdir(gates(), { recursive: true });
});
afterAll(() => at.close());

const seenMs = 90_000;
const gates = () => join(at.farm.root, 'gates');

const tests = (call: string) => `const test = require('node:test');
const assert = require('node:assert');
const { double } = require('../src/double.js');
${call}('doubles two', () => assert.equal(double(2), 4));
test('doubles nothing', () => assert.equal(double(0), 0));
`;

test('R-GREEN-1, R-GREEN-9: the page names what was found and the runs behind it, and shows an accepted change as not verified', async () => {
  const repository = await makeRepository(join(at.farm.root, 'doubling'), {
    'package.json': JSON.stringify({ name: 'doubling', scripts: { test: 'node --test' } }),
    'src/double.js': 'exports.double = (n) => n * 3;\n',
    'test/double.test.js': tests('test'),
  });
  const title = 'Double the number';
  // It insists, each time with other words.
  at.answer(title, ({ attempt }) => {
    const content = `// Attempt ${attempt}\n${tests('test.skip')}`;
    return {
      plan: `Attempt ${attempt}.`,
      edits: [{ kind: 'write', path: 'test/double.test.js', content }],
      risks: [],
    };
  });
  const given = { title, repository_path: repository, checks: [{ kind: 'test', command: 'npm test' }] };
  const { body, status } = await at.call('POST', '/api/work-orders', given);
  expect({ status, body }).toMatchObject({ status: 201 });
  const { id } = (body as { work_order: { id: string } }).work_order;

  const seen = await at.see(`/work-orders/${id}?tab=checks`);
  const { page } = seen;
  const verdict = page.getByRole('region', { name: 'Verification' });
  await verdict.getByText(/^Not verified: /).waitFor({ timeout: seenMs });
  await verdict.getByText('refused').first().waitFor();
  await verdict.getByText('doubles two', { exact: true }).first().waitFor();
  await verdict.getByText(/^Checked again: /).click();
  await verdict
    .getByText(/with the tests and settings of the base/)
    .first()
    .waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize(sizes.narrow);
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize(sizes.wide);

  await page.getByText('Accept').first().waitFor({ timeout: seenMs });
  const detail = async () => (await at.call('GET', `/api/work-orders/${id}`)).body as WorkOrderDetail;
  const { escalation_id: question } = await detail();
  const accepted = await at.call('POST', `/api/escalations/${question}/answer`, { option: 'accept' });
  expect(accepted).toMatchObject({ status: 202 });
  await verdict.getByText(/^Not verified: .* accepted it as it is/).waitFor({ timeout: seenMs });
  expect(await page.getByText('not verified', { exact: true }).first().isVisible()).toBe(true);
  expect(await detail()).toMatchObject({
    status: 'completed',
    verification: { is_verified: false, level: 'standard' },
  });
  if (process.env.MOOSE_SHOT) await page.screenshot({ path: process.env.MOOSE_SHOT, fullPage: true });
  expect(seen.errors).toEqual([]);
}, 300_000);

test('a joint change is submitted in the form; its table shows what each waits for, live, and then the pull requests', async () => {
  const [server, client] = at.farm.repositories;
  const seen = await at.see('/work-orders');
  const { page } = seen;
  await page.getByRole('button', { name: 'New work order' }).click();
  const form = page.getByRole('dialog', { name: 'New work order' });
  await form.getByLabel('Repository').fill(server ?? '');
  await form.getByLabel('Title').fill('Write file 1');
  await form.getByText('Checks, agent, model, limits').click();
  const gate = `until test -e ${gates()}/joint; do sleep 0.1; done`;
  await form.getByLabel('Checks').fill(`test=${gate}; grep right files/1.txt`);
  await form.getByLabel('Also in').fill(`${server ?? ''}\n`);
  await form.getByRole('button', { name: 'Submit' }).click();
  await form.getByText(/is named twice/).waitFor();
  await form.getByLabel('Also in').fill(`${client ?? ''}\n`);
  await form.getByRole('button', { name: 'Submit' }).click();

  await page.getByRole('heading', { level: 1, name: 'Write file 1' }).waitFor({ timeout: seenMs });
  const table = page.getByRole('region', { name: /changes of this joint change/ });
  const row = (name: string) => table.getByRole('row').filter({ hasText: name });
  await row('1. repository-0').getByText('in progress').waitFor({ timeout: seenMs });
  await row('2. repository-1').getByText('in progress').waitFor({ timeout: seenMs });
  expect(await row('2. repository-1').getByRole('cell').allInnerTexts()).toContain('1');
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize(sizes.narrow);
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize(sizes.wide);
  await writeFile(join(gates(), 'joint'), '');
  for (const name of ['1. repository-0', '2. repository-1'])
    await row(name).getByText('completed').waitFor({ timeout: seenMs });
  await page.getByText('Published: all have passed their checks.').waitFor({ timeout: seenMs });

  await row('2. repository-1').getByRole('link', { name: '2. repository-1' }).click();
  await row('2. repository-1').getByText('(this one)').waitFor({ timeout: seenMs });
  expect(seen.errors.filter((error) => !error.includes('400'))).toEqual([]);
}, 300_000);

test('R-AGENT-4: a person allows sub-tasks, sees one appear on the page of its parent, and approves it', async () => {
  const gate = `until test -e ${gates()}/parent; do sleep 0.1; done`;
  const made = await at.call('POST', '/api/work-orders', {
    title: 'Write file 1',
    repository_path: at.farm.repositories[2],
    limit_usd: 4,
    checks: [{ kind: 'test', command: gate }],
  });
  expect(made.status).toBe(201);
  const { id } = (made.body as { work_order: WorkOrder }).work_order;
  const { database } = at.farm;
  const order = await requireWorkOrder(database.query, id as WorkOrderId);

  const project = await at.see(`/projects/${order.projectId}`);
  await project.page.getByLabel('An agent may ask for work orders of its own').selectOption('ask');
  await project.page.getByText('Saved.').first().waitFor({ timeout: seenMs });

  const parent = await at.see(`/work-orders/${id}`);
  await parent.page.getByText('working').first().waitFor({ timeout: seenMs });
  const child = await database.transaction(async (query) =>
    createSubtask(
      query,
      { title: 'Write file 2', instructions: 'Beside the first.', limitNanoUsd: 1_000_000_000n },
      {
        parentId: order.id,
        project: await projectById(query, order.projectId),
        actor: 'patch',
        now: new Date(),
      },
    ),
  );
  const table = parent.page.getByRole('region', { name: /sub-tasks that the agent has asked for/ });
  const row = table.getByRole('row').filter({ hasText: 'Write file 2' });
  await row.getByText('waits for approval').waitFor({ timeout: seenMs });
  for (const size of [sizes.narrow, sizes.wide]) {
    await parent.page.setViewportSize(size);
    expect(await findBarriers(parent.page)).toEqual([]);
  }

  const own = await at.see(`/work-orders/${child}`);
  await own.page.getByText(/Sub-task of/).waitFor({ timeout: seenMs });
  expect(await findBarriers(own.page)).toEqual([]);
  await own.page.getByRole('button', { name: 'Approve' }).click();
  await own.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await row.getByText('in progress').waitFor({ timeout: seenMs });
  await writeFile(join(gates(), 'parent'), '');
  await row.getByText('completed').waitFor({ timeout: seenMs });
  await own.page.getByRole('link', { name: 'Write file 1' }).click();
  await own.page.getByRole('heading', { level: 1, name: 'Write file 1' }).waitFor({ timeout: seenMs });
  for (const { errors } of [project, parent, own]) expect(errors).toEqual([]);
}, 300_000);
