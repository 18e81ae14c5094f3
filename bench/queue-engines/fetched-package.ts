// Engines that Moose does not use: fetched once into a temporary folder.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchModules } from '../green/modules.ts';

const nameOf = (spec: string) => spec.replace(/(?<=.)@[^@]*$/, '');

export async function loadPackage<Api>(spec: string): Promise<Api> {
  return (await import(entryOf(spec))) as Api;
}

function entryOf(spec: string): string {
  const folder = join(fetchModules([spec]), nameOf(spec));
  const { main, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    main?: string;
    exports?: string | { '.'?: string | { import?: string; default?: string } };
  };
  const entry = typeof exports === 'string' ? exports : exports?.['.'];
  const file = typeof entry === 'string' ? entry : (entry?.import ?? entry?.default ?? main ?? 'index.js');
  return pathToFileURL(join(folder, file)).href;
}

/** What the package and everything that it needs take on disk. */
export function weigh(spec: string): { packages: number; megabytes: number } {
  const modules = fetchModules([spec]);
  const packages = readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(modules, name)) : [name])).length;
  const bytes = readdirSync(modules, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return { packages, megabytes: bytes / 1_000_000 };
}

/** Whether the package, when it is loaded, runs a file of the folder that the process happens to be in. */
export function runsFilesOfItsFolder(spec: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'moose-bench-folder-'));
  const mark = join(folder, 'mark');
  const text = `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`;
  const name = nameOf(spec).replace('@dbos-inc/', '').replace('-sdk', '');
  for (const file of [`${name}.config.cjs`, `.${name}rc.cjs`, `.config/${name}rc.cjs`]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const load = `import(${JSON.stringify(entryOf(spec))}).then(() => process.exit(0))`;
  execFileSync(process.execPath, ['-e', load], { cwd: folder, stdio: 'ignore' });
  const hasRun = existsSync(mark);
  rmSync(folder, { recursive: true });
  return hasRun;
}
