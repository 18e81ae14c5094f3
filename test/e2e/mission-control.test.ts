// Mission Control in a real browser against a complete Moose: submitting, watching, answering and changing settings.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import type { GeneratingResult } from '../../src/domain/work-order/step-result.ts';
import type { OpenedPage } from '../browser/open-chromium.ts';
import { script } from './farm.fixture.ts';
import { type MissionControl, missionControl } from './mission-control.fixture.ts';

let at: MissionControl;
beforeAll(async () => {
  at = await missionControl();
  await mkdir(gates(), { recursive: true });
});
afterAll(() => at.close());

/** Generous, since a busy machine is slow. */
const seenMs = 60_000;
const gates = () => join(at.farm.root, 'gates');
/** A check that prints a line and then waits for its gate. */
const held = (gate: string, number: number) =>
  `echo looking for file ${number}; until test -e ${gates()}/${gate}; do sleep 0.1; done; grep right files/${number}.txt`;
const open = (gate: string) => writeFile(join(gates(), gate), '');

/** Marks the page; the returned function checks that it was not reloaded. */
async function markUnreloaded(page: Page): Promise<() => Promise<void>> {
  await page.evaluate('window.isUnreloaded = true');
  return async () => expect(await page.evaluate('window.isUnreloaded')).toBe(true);
}

async function submitted(number: number, command: string): Promise<string> {
  const { status, body } = await at.call('POST', '/api/work-orders', {
    title: `Write file ${number}`,
    repository_path: at.farm.repositories[0],
    checks: [{ kind: 'test', command }],
  });
  expect(status).toBe(201);
  return (body as { work_order: { id: string } }).work_order.id;
}

const head = (page: Page) => page.locator('header').filter({ has: page.getByRole('heading', { level: 1 }) });
const badge = (page: Page, stage: string) => head(page).getByText(stage, { exact: true });
const shows = (page: Page, stage: string) => badge(page, stage).waitFor({ timeout: seenMs });
const tab = (page: Page, name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
const debugPart = async (page: Page, name: string) => {
  await tab(page, 'Debug');
  await page
    .locator('summary')
    .filter({ hasText: new RegExp(`^${name}`) })
    .click();
};
const nothingWrong = (...opened: OpenedPage[]) => expect(opened.flatMap(({ errors }) => errors)).toEqual([]);

test('R-UI-1, R-UI-2: a work order is submitted in the form, watched to completion without a reload, and merged', async () => {
  const seen = await at.see('/work-orders');
  const { page } = seen;
  const unreloaded = await markUnreloaded(page);
  await page.getByRole('button', { name: 'New work order' }).click();
  const form = page.getByRole('dialog', { name: 'New work order' });
  await form.getByRole('button', { name: 'Submit' }).click();
  await form.getByText('Enter a title.').waitFor();
  await form.getByLabel('Repository').fill(at.farm.repositories[0] ?? '');
  await form.getByLabel('Title').fill('Write file 1');
  await form.getByText('Checks, agent, model, limits').click();
  await form.getByLabel('Checks').fill(`test=${held('first', 1)}`);
  await form.getByRole('button', { name: 'Submit' }).click();

  await page.getByRole('heading', { level: 1, name: 'Write file 1' }).waitFor({ timeout: seenMs });
  await shows(page, 'working');
  const verifying = page.getByRole('button', { name: /verifying/i }).first();
  await verifying.waitFor({ timeout: seenMs });
  const output = page.getByRole('region', { name: 'Session output' });
  await output.getByText('looking for file 1').waitFor({ timeout: seenMs });
  await page.getByText('Running. New output appears automatically.').waitFor();
  await open('first');
  await output.getByText('right 1').waitFor({ timeout: seenMs });
  await page.getByText('The session has ended.').waitFor({ timeout: seenMs });
  await shows(page, 'ready to merge');

  await tab(page, 'Review');
  await page.getByText('1 file, 1 added, 0 removed lines').waitFor();
  await page.getByRole('region', { name: 'Changes to files/1.txt' }).getByText('right 1').waitFor();
  const proof = page.getByRole('region', { name: 'Verified', exact: true });
  await proof.getByRole('listitem').filter({ hasText: 'passes' }).waitFor();
  await debugPart(page, 'Checks');
  await page.getByRole('listitem').filter({ hasText: 'passed' }).waitFor();
  await tab(page, 'Activity');
  await page
    .getByRole('region', { name: 'Run', exact: true })
    .getByText(/attempts/)
    .waitFor();

  await page.getByRole('button', { name: 'Merge' }).click();
  const sure = page.getByRole('dialog', { name: /^Merge/ });
  await sure.getByText('What this does').waitFor();
  expect(await sure.getByRole('listitem').allInnerTexts()).not.toEqual([]);
  expect(await merges()).toBe(0);
  await sure.getByRole('button', { name: 'Merge pull request' }).click();
  await sure.waitFor({ state: 'hidden', timeout: seenMs });
  expect(await merges()).toBe(1);
  await shows(page, 'merged');
  await unreloaded();
  nothingWrong(seen);
});

test('R-PROJ-10: a comment on a line of the diff is in the next prompt before anything is published', async () => {
  const id = await submitted(8, held('commented', 8));
  const seen = await at.see(`/work-orders/${id}`);
  const { page } = seen;
  await tab(page, 'Review');
  await page.getByRole('button', { name: 'Comment', exact: true }).waitFor({ timeout: seenMs });
  await page
    .getByRole('region', { name: 'Changes to files/8.txt' })
    .getByTitle('Comment on this line')
    .click();
  const form = page.getByRole('dialog', { name: 'Comment on the change' });
  await form.getByLabel('What should be different').fill('Say it in UTC.');
  await form.getByRole('button', { name: 'Send' }).click();
  await form.getByText('The agent reads it in its next cycle').waitFor({ timeout: seenMs });
  await form.getByRole('button', { name: 'Done' }).click();
  await debugPart(page, 'Events');
  await page.getByText('on files/8.txt:1: Say it in UTC.').waitFor({ timeout: seenMs });
  await open('commented');
  await expect.poll(() => messagesRead(id)).toEqual([0, 1]);
  expect(await pullRequestsOf(id)).toBe(0);
  await at.call('POST', `/api/work-orders/${id}/cancel`, {});
  nothingWrong(seen);
});

/** The messages that the prompt of each cycle contained. */
async function messagesRead(id: string): Promise<unknown[]> {
  const rows = await at.farm.database.query
    .selectFrom('stepResults')
    .select('result')
    .where('workOrderId', '=', id as WorkOrderId)
    .where('step', '=', 'generating')
    .orderBy('cycle')
    .execute();
  return rows.map(({ result }) => (result as GeneratingResult).messageIds?.length);
}

async function pullRequestsOf(id: string): Promise<number> {
  const { query } = at.farm.database;
  const opened = await query
    .selectFrom('pullRequests')
    .selectAll()
    .where('workOrderId', '=', id as WorkOrderId)
    .execute();
  return opened.length;
}

async function merges(): Promise<number> {
  const { query } = at.farm.database;
  const merged = await query.selectFrom('pullRequests').selectAll().where('state', '=', 'merged').execute();
  return merged.length;
}

test('R-UI-1: one browser sees the pause, resume and completion from another', async () => {
  const [ada, grace] = [await at.see('/work-orders'), await at.see('/work-orders')];
  const unreloaded = await markUnreloaded(grace.page);
  const id = await submitted(2, held('second', 2));
  const cardIn = (lane: string) => grace.page.locator(`section[data-lane=${lane}] [data-work-order="${id}"]`);
  await cardIn('in_progress').waitFor({ timeout: seenMs });

  await ada.page.goto(`${at.url}/work-orders/${id}`);
  const act = async (name: string, sure: string) => {
    const button = ada.page.getByRole('button', { name, exact: true });
    if (!(await button.isVisible())) await ada.page.getByRole('button', { name: 'More actions' }).click();
    await button.click();
    const dialog = ada.page.getByRole('dialog', { name: new RegExp(`^${name}`) });
    await dialog.getByText('What this does').waitFor();
    await dialog.getByRole('button', { name: sure }).click();
    await dialog.waitFor({ state: 'hidden', timeout: seenMs });
  };
  await act('Pause', 'Pause work order');
  await head(ada.page)
    .getByText(/^paused by/)
    .waitFor({ timeout: seenMs });
  await grace.page
    .locator(`[data-work-order="${id}"]`)
    .getByText('paused', { exact: true })
    .waitFor({ timeout: seenMs });
  await act('Resume', 'Resume work order');
  await head(ada.page)
    .getByText(/^paused by/)
    .waitFor({ state: 'hidden', timeout: seenMs });
  await cardIn('in_progress')
    .getByText('paused', { exact: true })
    .waitFor({ state: 'hidden', timeout: seenMs });
  await open('second');
  await shows(ada.page, 'ready to merge');
  await cardIn('needs_you').waitFor({ timeout: seenMs });
  await unreloaded();
  nothingWrong(ada, grace);
});

test('R-UI-6, R-ESC: a question appears by itself, is answered with one tap on a phone, and the work order completes', async () => {
  const phone = await at.see('/escalations', { size: 'narrow' });
  const { page } = phone;
  const unreloaded = await markUnreloaded(page);
  await page.getByText('No open questions').waitFor({ timeout: seenMs });
  at.answer('Write file 4', () => ({ raw: 'I would rather not.' }));
  await submitted(4, 'grep right files/4.txt');
  const card = page.getByRole('article').filter({ has: page.getByRole('link', { name: 'Write file 4' }) });
  await card.waitFor({ timeout: seenMs });
  await page.getByRole('link', { name: /^Escalations.*1 open/ }).waitFor({ timeout: seenMs });
  at.answer('Write file 4', script);
  const option = card.getByRole('button', { name: /^Retry from/ });
  const box = await option.boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(44);
  await option.tap();
  await card.getByText(/ chose /).waitFor({ timeout: seenMs });
  await card.getByRole('link', { name: 'Write file 4' }).tap();
  await shows(page, 'ready to merge');
  await unreloaded();
  nothingWrong(phone);
});

test('R-UI-1: a retry from a step with a note starts a second run next to the first', async () => {
  at.answer('Write file 5', ({ prompt }) => writes(prompt.includes('In French') ? 'le bon\n' : 'right\n'));
  const id = await submitted(5, 'cat files/5.txt; grep -q bon files/5.txt');
  const seen = await at.see(`/work-orders/${id}`);
  const { page } = seen;
  const unreloaded = await markUnreloaded(page);
  await shows(page, 'needs you');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('button', { name: 'Retry', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Retry/ });
  await dialog.getByText('What this does').waitFor();
  await dialog.getByLabel('Retry from step').selectOption('generating');
  await dialog.getByLabel('Note for the next attempt').fill('In French, please.');
  const limit = dialog.getByLabel(/Work order limit/);
  await limit.fill('none');
  await dialog.getByRole('button', { name: 'Start retry' }).click();
  await dialog.getByText(/Enter an amount above \$0/).waitFor();
  await limit.fill('');
  await dialog.getByRole('button', { name: 'Start retry' }).click();
  await dialog.waitFor({ state: 'hidden', timeout: seenMs });
  await shows(page, 'ready to merge');
  await page.getByRole('region', { name: 'Run 2' }).waitFor();
  await page.getByRole('region', { name: 'Run 1' }).waitFor();
  await unreloaded();
  nothingWrong(seen);
});

const writes = (content: string) => ({
  plan: 'Write it.',
  risks: [],
  edits: [{ kind: 'write' as const, path: 'files/5.txt', content }],
});

test('R-UI-4: a changed setting appears for others with its author, and an invalid value is refused at its field', async () => {
  const [ada, grace] = [await at.see('/settings'), await at.see('/settings', { size: 'narrow' })];
  const unreloaded = await markUnreloaded(grace.page);
  const row = (page: Page) =>
    page.getByRole('listitem').filter({ has: page.getByText('Daily limit', { exact: true }) });
  await row(grace.page)
    .getByText(/^(default|set by)/)
    .waitFor({ timeout: seenMs });
  await row(ada.page)
    .getByRole('button', { name: /Change/ })
    .click();
  const dialog = ada.page.getByRole('dialog', { name: 'Daily limit' });
  const field = dialog.getByRole('textbox').first();
  await field.fill('-3');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.locator('[aria-invalid=true]').waitFor();
  expect(await dialog.isVisible()).toBe(true);
  await field.fill('123');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden', timeout: seenMs });
  await row(grace.page).getByText('$123').waitFor({ timeout: seenMs });
  expect(await row(grace.page).textContent()).toMatch(/changed\s+by \S+/);
  await unreloaded();
  nothingWrong(ada, grace);
});
