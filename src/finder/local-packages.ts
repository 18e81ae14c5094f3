// The packages of the project itself that an install copies, according to its manifests: their files are a part of the result
// (R-PROJ-3). What is only linked, such as a workspace, is read where it stands. Pure.
import type { ProjectFiles } from './project-files.ts';

interface Referenced {
  /** Folders whose files are copied; `''` is the root. */
  folders: ReadonlySet<string>;
  /** Further files of requirements. */
  files: ReadonlySet<string>;
}

/** Names of files that may refer to packages by a path. */
const referring =
  /^(?:package\.json|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|composer\.json|[\w.-]+\.(?:txt|in))$/i;

export const mayRefer = (path: string): boolean => referring.test(nameOf(path));

/** Null if what is referred to cannot be told. `start`: the inputs that are known so far. */
export function localPackages(
  start: readonly string[],
  paths: readonly string[],
  files: ProjectFiles,
): Referenced | null {
  const [known, folders, found] = [new Set(paths), new Set<string>(), new Set<string>()];
  const open = start.filter(mayRefer);
  for (let at = 0; at < open.length; at += 1) {
    const path = open[at] ?? '';
    const text = files.read(path);
    // Too long to be read, or not read at all.
    if (text === null) return null;
    const references = referencesIn(nameOf(path), text);
    if (references === null) return null;
    for (const reference of references) {
      const target = resolved(folderOf(path), reference);
      if (target === null) continue;
      if (target === '') return null;
      if (!known.has(target)) {
        if (files.list(target).length > 0) folders.add(target);
      } else if (!found.has(target) && !open.includes(target)) {
        found.add(target);
        if (mayRefer(target)) open.push(target);
      }
    }
  }
  return { folders, files: found };
}

function referencesIn(name: string, text: string): string[] | null {
  if (name === 'package.json') return inPackageJson(text);
  if (name === 'composer.json') return [...text.matchAll(/"url"\s*:\s*"(\.{0,2}\/?[^":*]+)/g)].map(first);
  if (/\.(?:txt|in)$/.test(name)) return text.split('\n').flatMap(inRequirement);
  return inPython(text);
}

const dependencyFields = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'overrides',
  'resolutions',
  'pnpm',
];

function inPackageJson(text: string): string[] | null {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    // An install fails by it too.
    return [];
  }
  const fields = dependencyFields.map((field) => (manifest as Record<string, unknown> | null)?.[field]);
  // pnpm copies workspaces that are injected.
  if (/"injected"\s*:\s*true/.test(text)) return null;
  return stringsIn(fields).flatMap((each) => /^(?:file:|(?=\.{1,2}\/))(.+)$/.exec(each)?.[1] ?? []);
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** `-r more.txt`, `./libs/x[dev]`, `x @ file:./libs/x`, `--find-links=wheels/`. */
function inRequirement(line: string): string[] {
  const words = line
    .replace(/(?:^|\s)#.*$/, '')
    .trim()
    .split(/[\s=;]+/);
  return words.flatMap((word, at) => {
    const isOfOption = /^(?:-[rcef]|--(?:requirement|constraint|editable|find-links))$/.test(
      words[at - 1] ?? '',
    );
    const path = word
      .replace(/^-[rc](?=[^\s-])/, '')
      .replace(/^file:(?:\/\/)?/, '')
      .replace(/\[[^\]]*\]$/, '');
    return isOfOption || path.includes('/') || path.startsWith('.') ? [path] : [];
  });
}

/** `x = { path = "libs/x" }` and `"x @ file:libs/x"`; not what is only linked. */
function inPython(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (/\b(?:editable|develop)\s*=\s*true\b/.test(line)) return [];
    const paths = [...line.matchAll(/\bpath\s*=\s*["']([^"']+)["']/g)].map(first);
    const urls = [...line.matchAll(/@\s*file:(?:\/\/)?([^"'\s;]+)/g)].map(first);
    return [...paths, ...urls];
  });
}

const first = ([, text = '']: RegExpMatchArray) => text;
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Relative to the root; null if it lies outside, or is none of the project. */
function resolved(folder: string, reference: string): string | null {
  const plain = reference.replace(/^\/?(?:\$\{\w+\}|\{root:uri\})\/?/, './');
  if (/^(?:[a-z+]+:)?\/\//i.test(plain) || plain.startsWith('/') || plain.startsWith('~')) return null;
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of plain.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}
