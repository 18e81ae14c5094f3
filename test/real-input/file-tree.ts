import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { PermanentError } from '../../src/domain/failure.ts';
import type { ChangedFile } from './real-package.ts';

// The files of a folder by path, as git sees them: content, and whether the file is executable.

export interface TreeFile {
  content: Buffer;
  isExecutable: boolean;
}

export type FileTree = Map<string, TreeFile>;

const ownerExecutes = 0o100;

/** Everything below `directory`, except git's own folder. */
export async function readTree(directory: string): Promise<FileTree> {
  const tree: FileTree = new Map();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const absolute = join(entry.parentPath, entry.name);
    const path = relative(directory, absolute).split(sep).join('/');
    if (entry.isDirectory() || path === '.git' || path.startsWith('.git/')) continue;
    if (!entry.isFile()) throw unfit(`${path} is neither a file nor a folder`);
    const isExecutable = ((await stat(absolute)).mode & ownerExecutes) !== 0;
    tree.set(path, { content: await readFile(absolute), isExecutable });
  }
  return tree;
}

export async function writeTreeFile(
  directory: string,
  path: string,
  content: string | Buffer,
): Promise<void> {
  const absolute = join(directory, path);
  await mkdir(dirname(absolute), { recursive: true });
  await writeFile(absolute, content);
}

/** The changed files, sorted by path. @throws MooseError if a file's mode changes, which a proposal cannot express */
export function changedFilesBetween(earlier: FileTree, later: FileTree): ChangedFile[] {
  const changed: ChangedFile[] = [];
  for (const path of [...new Set([...earlier.keys(), ...later.keys()])].sort()) {
    const before = earlier.get(path);
    const after = later.get(path);
    if ((before?.isExecutable ?? false) !== (after?.isExecutable ?? before?.isExecutable)) {
      throw unfit(`${path} changes its mode, or is added as an executable`);
    }
    if (before === undefined) changed.push({ path, change: 'added' });
    else if (after === undefined) changed.push({ path, change: 'deleted' });
    else if (!before.content.equals(after.content)) changed.push({ path, change: 'modified' });
  }
  return changed;
}

/** The text of a file. @throws MooseError if its bytes are not UTF-8 */
export function textOf(path: string, { content }: TreeFile): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw unfit(`${path} is not text`, cause);
  }
}

export function unfit(problem: string, cause?: unknown): PermanentError {
  return new PermanentError({
    code: 'REAL_INPUT_UNFIT',
    message: `This package cannot be made into a proposal: ${problem}.`,
    advice: 'Choose another pair of versions in packages.ts, or correct what it says about this one.',
    component: 'real-input',
    operation: 'prepare',
    cause,
  });
}
