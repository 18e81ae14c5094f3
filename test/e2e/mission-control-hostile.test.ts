// Hostile text in any field stays text: it runs no script, creates no element or link, and breaks no page.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { openChromium, signIn } from '../browser/open-chromium.ts';
import { pagesOf } from '../browser/pages.ts';
import { cloneDatabase } from '../database.ts';
import { hostileMark, makeHostile } from '../week/hostile.ts';
import { type ServedWeek, serveWeek } from '../week/serve-week.ts';
import { eventually } from './eventually.fixture.ts';

const seenMs = 60_000;
const workOrders = 150;
/** Limit for all pages on a busy machine. */
const walkMsMax = 400_000;

/** Pages with only numbers and choices, without free text. */
const ownWords = new Set([
  ...['limits', 'models', 'agents', 'breakers', 'pressure', 'targets'].map((group) => `settings-${group}`),
  'cleanup',
]);

async function hostileWeek(): Promise<ServedWeek> {
  const database = await cloneDatabase();
  onTestFinished(() => database.drop());
  const dataDirectory = await mkdtemp(join(tmpdir(), 'moose-week-'));
  const week = await serveWeek({ databaseUrl: database.url, dataDirectory, workOrders });
  onTestFinished(() => week.close());
  await makeHostile(database.url, dataDirectory);
  return week;
}

test(
  'R-UI-1, R-SEC: hostile text in every field is shown as text on every page',
  async () => {
    const week = await hostileWeek();
    const chromium = await openChromium();
    onTestFinished(() => chromium.close());
    const { page, errors } = await chromium.open();
    const wrong: string[] = [];
    page.on('dialog', (dialog) => {
      wrong.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await signIn(page, week.url, week.token);
    const shown: string[] = [];
    for (const { name, path } of [...pagesOf(week), ...(await errorPages(week))]) {
      await page.goto(`${week.url}${path}`);
      await page.locator('h1').waitFor({ timeout: seenMs });
      const loading = page.locator('[role=status][aria-label^=Loading]');
      await eventually(async () => expect(await loading.count()).toBe(0), seenMs);
      wrong.push(...(await wrongOf(page)).map((what) => `${name}: ${what}`));
      if ((await page.getByText(hostileMark).count()) > 0) shown.push(name);
    }
    expect([...wrong, ...errors]).toEqual([]);
    const quiet = pagesOf(week).filter(({ name }) => !ownWords.has(name) && !shown.includes(name));
    expect(quiet.map(({ name }) => name)).toEqual([]);
  },
  walkMsMax,
);

async function errorPages({ opened }: ServedWeek): Promise<Array<{ name: string; path: string }>> {
  const { rows } = await sql<{ id: string; fingerprint: string }>`
    select id, fingerprint from error_events order by timestamp desc limit 2`.execute(opened.database.query);
  return rows.flatMap(({ id, fingerprint }) => [
    { name: 'error', path: `/monitoring?error=${id}` },
    { name: 'group of errors', path: `/monitoring?fingerprint=${fingerprint}` },
  ]);
}

interface Found {
  hacked: unknown;
  made: number;
  links: string[];
  sums: boolean;
  excessPx: number;
  /** Elements whose text turns the reading order around. */
  turned: string[];
  alerts: string[];
}

/** Runs in the page, outside its content security policy. */
const look = `(() => {
  for (const each of document.querySelectorAll('details')) each.open = true;
  return {
    hacked: window.hacked ?? null,
    made: document.querySelectorAll('img[src=x], svg[onload], [onerror], body script').length,
    links: [...document.links].filter(({ protocol }) => !['http:', 'https:', 'blob:'].includes(protocol)).map(({ href }) => href),
    sums: document.body.innerText.includes('x49y'),
    excessPx: document.documentElement.scrollWidth - innerWidth,
    turned: [...document.querySelectorAll('body *')]
      .filter(({ childNodes }) => [...childNodes].some(({ nodeType, data }) => nodeType === 3 && /[\\u202a-\\u202e\\u2066-\\u2069]/.test(data)))
      .map(({ tagName, className, textContent }) => tagName + '.' + className + ': ' + textContent.trim().slice(0, 30)),
    alerts: [...document.querySelectorAll('[role=alert]')].map(({ innerText }) => innerText),
  };
})()`;

async function wrongOf(page: Page): Promise<string[]> {
  const { hacked, made, links, sums, excessPx, turned, alerts } = await page.evaluate<Found>(look);
  return [
    ...(hacked === null ? [] : ['a script ran']),
    ...(made === 0 ? [] : [`${made} elements were made of text`]),
    ...links.map((href) => `links to ${href.slice(0, 80)}`),
    ...(sums ? ['a template was filled in'] : []),
    ...(excessPx > 0 ? [`is ${excessPx} px wider than the window`] : []),
    ...turned.map((where) => `text is reordered: ${where}`),
    ...alerts.map((text) => `says: ${text.slice(0, 300)}`),
  ];
}
