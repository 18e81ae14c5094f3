// Engines that Moose does not use: fetched once into a temporary folder.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchModules } from '../green/modules.ts';

const nameOf = (spec: string) => spec.replace(/(?<=.)@[^@]*$/, '');

export async function loadPackage<Api>(spec: string): Promise<Api> {
  const folder = join(fetchModules([spec]), nameOf(spec));
  const { main, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    main?: string;
    exports?: string | { '.'?: string | { import?: string; default?: string } };
  };
  const entry = typeof exports === 'string' ? exports : exports?.['.'];
  const file = typeof entry === 'string' ? entry : (entry?.import ?? entry?.default ?? main ?? 'index.js');
  return (await import(pathToFileURL(join(folder, file)).href)) as Api;
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
