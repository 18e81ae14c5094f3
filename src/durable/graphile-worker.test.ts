// Must not happen: Moose is started in a repository, and the package of the queue runs a file of it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

/** Each place where the package looks. */
const places = ['graphile-worker.config.cjs', '.graphile-workerrc.cjs', '.config/graphile-workerrc.cjs'];

function planted(place: string): { folder: string; inner: string; mark: string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'moose-planted-')));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [inner, mark, path] = [join(folder, 'inner'), join(folder, 'mark'), join(folder, place)];
  for (const made of [inner, join(path, '..')]) mkdirSync(made, { recursive: true });
  writeFileSync(path, `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`);
  return { folder, inner, mark };
}

/** Loads it there, and returns the working directory after that. */
const load = (url: string, cwd: string) =>
  execFileSync(
    process.execPath,
    ['-e', `import(${JSON.stringify(url)}).then(() => { console.log(process.cwd()); process.exit(); })`],
    { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  ).trim();

test.each(places)('fear: %s of the folder in which Moose is started is run', (place) => {
  const { folder, inner, mark } = planted(place);
  const own = import.meta.resolve('./graphile-worker.ts');
  for (const cwd of [folder, inner]) expect(load(own, cwd)).toBe(cwd);
  expect(existsSync(mark)).toBe(false);
  // The package itself does run it.
  load(fileURLToPath(import.meta.resolve('graphile-worker')), folder);
  expect(existsSync(mark)).toBe(true);
});
