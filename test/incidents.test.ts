import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { incidents } from '../scripts/docs/incidents/incidents-table.ts';

const replayedMin = 25;

/** The title as it is written in the code, whatever its quotation marks. */
function isTestIn(text: string, title: string): boolean {
  return ["'", '"', '`'].some((mark) => text.includes(`${mark}${title}${mark}`));
}

function missing(file: string, title: string): boolean {
  const text = readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), 'utf8');
  return !isTestIn(text, title);
}

test.each(incidents)('the tests that replay $published exist', ({ replayedBy }) => {
  expect(replayedBy.filter(({ file, title }) => missing(file, title))).toEqual([]);
});

test('a title that no test has is found', () => {
  expect(missing('test/incidents.test.ts', 'a title that no test '.concat('ever had'))).toBe(true);
});

test(`at least ${replayedMin} published incidents are replayed, and each is told once`, () => {
  expect(incidents.filter(({ replayedBy }) => replayedBy.length > 0).length).toBeGreaterThanOrEqual(
    replayedMin,
  );
  expect(new Set(incidents.map(({ published }) => published)).size).toBe(incidents.length);
});
