// Takes pictures of every page, light and dark, wide and narrow, with an invented week: `npm run screenshots [--
// DIRECTORY]`.
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { openChromium, type Size, signIn, sizes, type Theme } from '../test/browser/open-chromium.ts';
import { type PageToSee, pagesOf } from '../test/browser/pages.ts';
import { serveWeek } from '../test/week/serve-week.ts';

const themes: readonly Theme[] = ['light', 'dark'];
const directory = resolve(process.argv[2] ?? 'screenshots');
/** Higher pictures would be useless. */
const heightMax = 6_000;
const quietMsMax = 10_000;

const startedMs = performance.now();
const week = await serveWeek({ dataDirectory: await mkdtemp(join(tmpdir(), 'moose-week-')) });
const chromium = await openChromium();
const wrong: string[] = [];
let taken = 0;
try {
  for (const size of Object.keys(sizes) as Size[])
    for (const theme of themes) {
      await mkdir(join(directory, `${size}-${theme}`), { recursive: true });
      const { page, errors } = await chromium.open({ size, theme });
      await signIn(page, week.url, week.token);
      for (const each of pagesOf(week)) {
        await see(page, each, join(directory, `${size}-${theme}`, `${each.name}.png`), size);
        taken += 1;
      }
      wrong.push(...errors.map((error) => `${size} ${theme}: ${error}`));
      await page.context().close();
    }
} finally {
  await chromium.close();
  await week.close();
}
for (const error of wrong) process.stderr.write(`${error}\n`);
const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
process.stdout.write(`${taken} pictures in ${directory} (${seconds} s)\n`);
process.exit(wrong.length === 0 ? 0 : 1);

async function see(page: Page, { path, heading }: PageToSee, file: string, size: Size): Promise<void> {
  await page.goto(`${week.url}${path}`);
  await page.getByRole('heading', { name: heading }).first().waitFor();
  // The network never becomes idle because of the live feed, so the page is complete when nothing says that it is
  // loading.
  const loading = page.locator('[role=status][aria-label^="Loading"]');
  const untilMs = performance.now() + quietMsMax;
  while ((await loading.count()) > 0 && performance.now() < untilMs) await page.waitForTimeout(50);
  await page.waitForTimeout(150);
  const { width } = sizes[size];
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  await page.setViewportSize({ width, height: Math.min(Math.max(height, sizes[size].height), heightMax) });
  await page.screenshot({ path: file });
  await page.setViewportSize(sizes[size]);
}
