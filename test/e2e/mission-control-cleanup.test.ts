// The clean-up page over the invented week: it shows what is due and why, and deletes exactly that.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openChromium, type Size, signIn } from '../browser/open-chromium.ts';
import { cloneDatabase } from '../database.ts';
import { serveWeek } from '../week/serve-week.ts';

const bytes = 300 * 1024;
/** If set, what the test sees is kept there as pictures. */
const picturesPath = process.env.MOOSE_TEST_PICTURES;

async function servedWeek() {
  const cloned = await cloneDatabase();
  onTestFinished(() => cloned.drop());
  const dataDirectory = await mkdtemp(join(tmpdir(), 'moose-cleanup-'));
  const week = await serveWeek({ databaseUrl: cloned.url, dataDirectory, workOrders: 60 });
  onTestFinished(() => week.close());
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
  return { week, due: pathsOf(true), others: pathsOf(false) };
}

test('R-DIST-6: a person sees what is due, why and how large, and deletes it from the page', async () => {
  const { week, due, others } = await servedWeek();
  expect(due.length).toBeGreaterThan(0);
  expect(others.length).toBeGreaterThan(0);
  const chromium = await openChromium();
  onTestFinished(() => chromium.close());
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
