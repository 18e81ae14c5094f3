// Files that the manifests of a repository name as what its product consists of. Pure.
import { languageOf } from '../syntax/languages.ts';
import { parsedObject } from './manifest-parts.ts';
import { folderOf, joined } from './sources.ts';

/** Files that the manifests of the base name as what the product consists of. */
export function entriesOf(base: ReadonlyMap<string, string>): ReadonlySet<string> {
  const entries = new Set<string>();
  const add = (folder: string, written: string) => {
    const at = stripped(joined(folder, written));
    const built = at.replace(/(?:^|\/)(?:dist|build|lib|out)\//, (part) =>
      part.replace(/dist|build|lib|out/, 'src'),
    );
    for (const path of base.keys()) {
      const bare = stripped(path);
      if (languageOf(path) !== null && (bare === at || bare === built || bare === `${at}/index`))
        entries.add(path);
    }
  };
  for (const [path, text] of base) {
    const folder = folderOf(path);
    if (/(?:^|\/)package\.json$/.test(path)) {
      for (const value of mainsOf(text)) add(folder, value);
      for (const each of ['index', 'src/index', 'src/main']) add(folder, each);
    }
    if (/(?:^|\/)Cargo\.toml$/.test(path)) {
      for (const each of ['src/lib', 'src/main']) add(folder, each);
      for (const other of base.keys()) if (other.startsWith(joined(folder, 'src/bin/'))) entries.add(other);
    }
    if (/(?:^|\/)pyproject\.toml$|(?:^|\/)setup\.(?:py|cfg)$/.test(path))
      for (const [, module = ''] of text.matchAll(/=\s*["']?([\w.]+):\w+/g))
        add(folder, module.replaceAll('.', '/'));
    if (/(?:^|\/)__main__\.py$/.test(path)) entries.add(path);
    if (path.endsWith('.go') && /^package main\b/m.test(text) && !path.endsWith('_test.go'))
      entries.add(path);
    if (path.endsWith('.java') && /(?:^|\/)src\/main\//.test(path)) entries.add(path);
  }
  return entries;
}

/** Without its ending; the types of a module stand for it. */
const stripped = (path: string) => path.replace(/(?:\.d)?\.\w+$/, '');

/** `exports` nests by folders and conditions. */
const nestedMax = 8;

/** `main`, `module`, `bin`, `exports` and what starts the product. */
function mainsOf(text: string): string[] {
  const manifest = parsedObject(text);
  if (manifest === null) return [];
  const found: string[] = [];
  const collect = (value: unknown, depth = 0): void => {
    if (typeof value === 'string') found.push(value);
    else if (typeof value === 'object' && value !== null && depth < nestedMax)
      for (const each of Object.values(value)) collect(each, depth + 1);
  };
  for (const key of ['main', 'module', 'browser', 'bin', 'exports', 'types']) collect(manifest[key]);
  const scripts = manifest.scripts as Record<string, unknown> | undefined;
  for (const key of ['start', 'dev', 'serve']) {
    const script = scripts?.[key];
    if (typeof script === 'string') found.push(...(script.match(/[\w./-]+\.[cm]?[jt]sx?\b/g) ?? []));
  }
  return found;
}
