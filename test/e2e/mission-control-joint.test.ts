// A change over several repositories in Mission Control: submitted in the form, watched without a reload, and merged.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers } from '../browser/find-barriers.ts';
import { sizes } from '../browser/open-chromium.ts';
import { type MissionControl, missionControl } from './mission-control.fixture.ts';

let at: MissionControl;
beforeAll(async () => {
  at = await missionControl();
  await mkdir(gates(), { recursive: true });
});
afterAll(() => at.close());

const seenMs = 90_000;
const gates = () => join(at.farm.root, 'gates');

test('a joint change is submitted in the form; its table shows what each waits for, live, and then the pull requests', async () => {
  const [server, client] = at.farm.repositories;
  const seen = await at.see('/work-orders');
  const { page } = seen;
  await page.getByRole('button', { name: 'New work order' }).click();
  const form = page.getByRole('dialog', { name: 'New work order' });
  await form.getByLabel('Repository').fill(server ?? '');
  await form.getByLabel('Title').fill('Write file 1');
  await form.getByText('Checks, agent, model, limits').click();
  const gate = `until test -e ${gates()}/open; do sleep 0.1; done`;
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
  await writeFile(join(gates(), 'open'), '');
  for (const name of ['1. repository-0', '2. repository-1'])
    await row(name).getByText('completed').waitFor({ timeout: seenMs });
  await page.getByText('Published: all have passed their checks.').waitFor({ timeout: seenMs });

  await row('2. repository-1').getByRole('link', { name: '2. repository-1' }).click();
  await row('2. repository-1').getByText('(this one)').waitFor({ timeout: seenMs });
  expect(seen.errors.filter((error) => !error.includes('400'))).toEqual([]);
}, 300_000);
