// Which unit tests use a database, themselves or by their fixtures. They are a third of all unit tests, and take two thirds of
// the time.
import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const root = join(import.meta.dirname, '..');
const opensDatabases = 'test/database.ts';

/** Paths of test files, relative to the checkout. */
export function databaseTests(): string[] {
  const files = globSync('{src,chaos,bench,test}/**/*.test.ts', { cwd: root });
  const read = new Map<string, string[]>();
  return files
    .filter((path) => !/^test\/.*\//.test(path))
    .filter((path) => usedBy(path, read).has(opensDatabases));
}

/** What a test imports: itself, and by what only tests use. */
function usedBy(path: string, read: Map<string, string[]>): ReadonlySet<string> {
  const used = new Set([path]);
  // A set is walked through in the order in which it grows.
  for (const each of used) {
    if (each !== path && !/\.fixture\.ts$|^test\//.test(each)) continue;
    for (const imported of importsOf(each, read)) used.add(imported);
  }
  return used;
}

function importsOf(path: string, read: Map<string, string[]>): string[] {
  const known = read.get(path);
  if (known) return known;
  const found = readFileSync(join(root, path), 'utf8').matchAll(/^(?:import|export|\}).* from '(\.[^']+)'/gm);
  const imports = [...found].map(([, to = '']) => posix.join(posix.dirname(path), to));
  read.set(path, imports);
  return imports;
}
