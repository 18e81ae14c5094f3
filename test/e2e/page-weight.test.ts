// The first page is small, because somebody may open it on a phone with a slow connection.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { firstView } from '../../bench/live/page-weight.ts';
import { openChromium } from '../browser/open-chromium.ts';
import { cloneDatabase } from '../database.ts';
import { serveWeek } from '../week/serve-week.ts';

const bytesMax = 400_000;
/** A class name of the charts that no build renames. */
const ofCharts = 'recharts-';

test('R-UI-1: everything that is sent until the board is drawn is less than 400 kB, without charts', async () => {
  const cloned = await cloneDatabase();
  onTestFinished(() => cloned.drop());
  const dataDirectory = await mkdtemp(join(tmpdir(), 'moose-weight-'));
  const week = await serveWeek({ databaseUrl: cloned.url, dataDirectory });
  onTestFinished(() => week.close());
  const chromium = await openChromium();
  onTestFinished(() => chromium.close());
  const { bytes, answers, scripts } = await firstView(chromium, week);
  process.stdout.write(`The first view: ${bytes} bytes\n${answers.map((each) => `  ${each}`).join('\n')}\n`);
  expect(bytes).toBeLessThan(bytesMax);
  expect(answers.join()).toMatch(/\/work-orders|\/: /);
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.filter((script) => script.includes(ofCharts))).toEqual([]);
});
