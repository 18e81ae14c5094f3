import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseAst } from 'vitest/node';
import { hasErrorCode } from '../src/stdx/system-error.ts';

// Reads the project's own sources, for the tests that check the house rules.

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  path: string;
  text: string;
}

/** A node of a syntax tree: any object with a type. */
export interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/** Folders that are not ours, or that contain data instead of sources. */
const leftOut = new Set(['node_modules', 'dist', 'coverage', '.git', 'fixtures', 'real-input', 'corpus']);

/** All files below these folders of a root. The folder '' stands for the files directly in the root. */
export function sourceFiles(rootPath: string, folders: readonly string[], extensions: RegExp): SourceFile[] {
  const paths = folders.flatMap((folder) =>
    folder === '' ? filesAt(rootPath) : filesBelow(join(rootPath, folder), leftOut),
  );
  return paths
    .filter((path) => extensions.test(path))
    .map((path) => ({
      path: relative(rootPath, path).split(sep).join('/'),
      text: readFileSync(path, 'utf8'),
    }));
}

function filesAt(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((each) => each.isFile()).map((each) => join(folder, each.name));
}

function filesBelow(folder: string, without: ReadonlySet<string>): string[] {
  let entries: ReturnType<typeof readFolder>;
  try {
    entries = readFolder(folder);
  } catch (error) {
    // A floor that has not been built yet has no folder.
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
  return entries.flatMap((each) => {
    const path = join(folder, each.name);
    if (each.isDirectory()) return without.has(each.name) ? [] : filesBelow(path, without);
    return each.isFile() ? [path] : [];
  });
}

function readFolder(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

/** All nodes of a TypeScript file; an outer node comes before its inner ones. */
export function nodesOf(file: SourceFile): Node[] {
  const nodes: Node[] = [];
  const open: unknown[] = [parseAst(file.text, { lang: file.path.endsWith('x') ? 'tsx' : 'ts' }, file.path)];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) open.push(...value.toReversed());
    else if (isNode(value)) {
      nodes.push(value);
      open.push(...Object.values(value).toReversed());
    }
  }
  return nodes;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The name in an identifier or a string literal; null for anything computed. */
export function nameOf(value: unknown): string | null {
  if (!isNode(value)) return null;
  return typeof value.name === 'string' ? value.name : stringOf(value);
}

/** The value of a string literal; null for everything else. */
export function stringOf(value: unknown): string | null {
  return isNode(value) && typeof value.value === 'string' ? value.value : null;
}

/** The line number of an offset in a text, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
