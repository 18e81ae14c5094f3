// What a person changes on pages over the invented week: merging and the intake of issues, and what is due for cleaning up;
// and the logs of red checks.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers } from '../browser/find-barriers.ts';
import { type Chromium, openChromium, type Size, signIn } from '../browser/open-chromium.ts';
import { cloneDatabase, type TestDatabase } from '../database.ts';
import { type ServedWeek, serveWeek } from '../week/serve-week.ts';

const seenMs = 60_000;

let database: TestDatabase;
let dataDirectory: string;
let week: ServedWeek;
let chromium: Chromium;
beforeAll(async () => {
  database = await cloneDatabase();
  dataDirectory = await mkdtemp(join(tmpdir(), 'moose-week-'));
  week = await serveWeek({ databaseUrl: database.url, dataDirectory, workOrders: 60 });
  chromium = await openChromium();
});
afterAll(async () => {
  await chromium.close();
  await week.close();
  await database.drop();
});

async function opened(path: string) {
  const { page, errors } = await chromium.open({ size: 'narrow' });
  page.setDefaultTimeout(seenMs);
  await signIn(page, week.url, week.token);
  await page.goto(`${week.url}${path}`);
  return { page, errors };
}

test('R-SEN-8, R-SEN-5: a person sets when Moose merges, which issues it takes and which programs it heeds', async () => {
  const { page, errors } = await opened(`/projects/${week.project}`);
  await page.getByLabel('Merge pull requests').selectOption({ label: 'When CI is green' });
  await page.getByLabel('Issue label').fill(' agents ');
  await page.getByLabel('Programs').fill('renovate[bot], dependabot[bot] renovate[bot]');
  await page.getByRole('button', { name: 'Save: Pull requests and issues' }).click();
  const stored = () => week.opened.moose.projects.one(week.project);
  await expect.poll(stored).toMatchObject({
    merge: 'green',
    intake_label: 'agents',
    forge_programs: ['renovate[bot]', 'dependabot[bot]'],
  });
  expect(await findBarriers(page)).toEqual([]);
  await page.reload();
  await expect.poll(() => page.getByLabel('Merge pull requests').inputValue()).toBe('green');
  await page.getByLabel('Merge pull requests').selectOption('');
  await page.getByLabel('Issue label').fill('');
  await page.getByRole('button', { name: 'Save: Pull requests and issues' }).click();
  await expect.poll(stored).toMatchObject({ merge: null, intake_label: null });
  expect(errors).toEqual([]);
});

test('R-PROJ-2, R-SEC-5: a person edits settings of each kind, and confirms what only a person may turn on', async () => {
  const { page, errors } = await opened(`/projects/${week.project}`);
  const stored = () => week.opened.moose.projects.one(week.project);
  await page.getByRole('button', { name: 'Allow user namespaces' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('rights over more of the kernel').waitFor();
  expect(await stored()).toMatchObject({ user_namespaces: false });
  await dialog.getByRole('button', { name: 'Allow user namespaces' }).click();
  await page.getByRole('button', { name: 'Forbid user namespaces' }).click();
  await page.getByRole('button', { name: 'Allow user namespaces' }).waitFor();
  const services = page.getByRole('textbox', { name: 'Services' });
  await services.fill('{');
  await page.getByText('This is no JSON object.').waitFor();
  await services.fill('none');
  await page.getByRole('textbox', { name: 'Setup', exact: true }).fill('make a\nmake b');
  await page.getByRole('button', { name: 'Save: Reviewer, setup and services' }).click();
  await expect.poll(stored).toMatchObject({
    user_namespaces: false,
    services: {},
    setup: ['make a', 'make b'],
    reviewer: null,
  });
  // A card of choices has no button.
  const verify = page.getByLabel('When checks are green');
  await verify.selectOption('strict');
  await expect.poll(stored).toMatchObject({ verify: 'strict' });
  await verify.selectOption({ label: 'As .moose/config.yml says, otherwise standard' });
  await expect.poll(stored).toMatchObject({ verify: null });
  expect(await findBarriers(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test('R-SEN-3: a red check has the end of its log, which opens on a click', async () => {
  const { page, errors } = await opened(`/work-orders/${week.examples.refined}?tab=pull-request`);
  const log = page.getByLabel('Log of CI / test');
  const summary = page.getByText('End of the log, failed at npm test');
  await summary.waitFor();
  expect(await log.isVisible()).toBe(false);
  await summary.click();
  await log.waitFor();
  expect(await log.textContent()).toContain('expected 4, received 3');
  expect(await findBarriers(page)).toEqual([]);
  expect(errors).toEqual([]);
});

const bytes = 300 * 1024;
/** If set, what the test sees is kept there as pictures. */
const picturesPath = process.env.MOOSE_TEST_PICTURES;

/** The files of sessions whose time is over, and of others. */
async function sessionFiles() {
  // The shortest time that a person can set.
  const { settings } = week.opened.moose;
  await settings.change('settings.limits.finished_kept_ms', { value: 3_600_000 });
  const { rows } = await sql<{ id: string; isOver: boolean }>`select s.id::text,
    w.status = 'completed' as is_over
    from sessions s join work_orders w on w.id = s.work_order_id
    where w.status = 'needs_review'
      or (w.status = 'completed' and w.finished_at < now() - interval '1 hour')`.execute(
    week.opened.database.query,
  );
  const folderOf = (id: string) => join(dataDirectory, 'sessions', id);
  for (const { id } of rows) {
    await mkdir(folderOf(id), { recursive: true });
    await writeFile(join(folderOf(id), 'output'), 'x'.repeat(bytes));
  }
  const pathsOf = (isOver: boolean) =>
    rows.filter((row) => row.isOver === isOver).map(({ id }) => folderOf(id));
  return { due: pathsOf(true), others: pathsOf(false) };
}

test('R-DIST-6: a person sees what is due, why and how large, and deletes it from the page', async () => {
  const { due, others } = await sessionFiles();
  expect(due.length).toBeGreaterThan(0);
  expect(others.length).toBeGreaterThan(0);
  const see = async (size: Size) => {
    const { page, errors } = await chromium.open({ size });
    await signIn(page, week.url, week.token);
    await page.goto(`${week.url}/cleanup`);
    await page.getByText('Session files').waitFor();
    await page.getByRole('heading', { name: 'Retention of files of finished work' }).waitFor();
    if (picturesPath)
      await page.screenshot({ path: join(picturesPath, `cleanup-${size}.png`), fullPage: true });
    return { page, errors };
  };
  const wide = await see('wide');
  const { page, errors } = await see('narrow');
  const line = page.getByRole('listitem').filter({ hasText: 'Session files' });
  await line.getByText(new RegExp(`^${due.length} on .*iB$`)).waitFor();
  await line.getByText('Rule: Retention of files of finished work').waitFor();
  await page.getByRole('button', { name: 'Delete now' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('This cannot be undone.').waitFor();
  // Nothing is deleted before the answer.
  expect(due.filter(existsSync)).toEqual(due);
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page
    .getByRole('status')
    .filter({ hasText: /^Deleted: / })
    .waitFor();
  await line.getByText(/^0 on /).waitFor();
  expect(due.filter(existsSync)).toEqual([]);
  expect(others.filter(existsSync)).toEqual(others);
  expect([...errors, ...wide.errors]).toEqual([]);
});
