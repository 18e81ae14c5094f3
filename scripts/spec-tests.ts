// Prints each row of the contract with the tests that name it, and fails for a row that no test names, unless *Not there
// yet* says so of the row.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const idPattern = /\bR-[A-Z]+-\d+\b/g;
/** A test's name, or what is put into it from a table. */
const quoted = /['"`].*\bR-[A-Z]+-\d/;

export interface SpecRow {
  id: string;
  /** The files with tests that name it. */
  tests: string[];
  /** *Not there yet* says that nothing shows it. */
  isMissing: boolean;
}

export function specRows(): SpecRow[] {
  const ids = [...readFileSync('docs/spec.md', 'utf8').matchAll(/^\| (R-[A-Z]+-\d+) \|/gm)];
  const missing = missingRows(readFileSync('docs/concepts/not-there-yet.md', 'utf8'));
  const tests = new Map<string, Set<string>>();
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', '*.test.ts'], {
    encoding: 'utf8',
  });
  for (const path of listed.split('\n').filter(Boolean))
    for (const id of namedIn(readFileSync(path, 'utf8')))
      tests.set(id, (tests.get(id) ?? new Set()).add(path));
  return ids.map(([, id = '']) => ({
    id,
    tests: [...(tests.get(id) ?? [])].sort(),
    isMissing: missing.has(id),
  }));
}

function namedIn(text: string): Set<string> {
  const lines = text.split('\n').filter((line) => quoted.test(line));
  return new Set(lines.flatMap((line) => line.match(idPattern) ?? []));
}

/** From the line about rows: single ones, and `R-GREEN-1 to R-GREEN-12`. */
function missingRows(text: string): Set<string> {
  const [, line = ''] = /^\| rows of the spec \|(.*)$/m.exec(text) ?? [];
  const found = new Set<string>(line.match(idPattern) ?? []);
  for (const [, part = '', first, last] of line.matchAll(/(R-[A-Z]+)-(\d+) to R-[A-Z]+-(\d+)/g))
    for (let number = Number(first); number <= Number(last); number++) found.add(`${part}-${number}`);
  return found;
}

if (import.meta.main) {
  const rows = specRows();
  for (const { id, tests, isMissing } of rows) {
    const what = isMissing ? 'not there yet' : tests.length === 0 ? 'NO TEST' : tests.slice(0, 3).join('  ');
    process.stdout.write(`${id.padEnd(13)} ${String(tests.length).padStart(3)}  ${what}\n`);
  }
  const without = rows.filter(({ tests, isMissing }) => tests.length === 0 && !isMissing);
  process.stdout.write(`${rows.length} rows, ${without.length} without a test that are said to be there.\n`);
  if (without.length > 0) process.exitCode = 1;
}
