// Reads the file of a contract from a commit, and for TypeScript the files of the repository that it imports.
import { posix } from 'node:path';
import { type ContractFile, compareLimits } from '../../../compatibility/comparison.ts';
import { listFiles, readFiles, type TreeFile } from '../../../git/tree.ts';

export interface Commit {
  repositoryPath: string;
  sha: string;
  signal: AbortSignal;
}

export type ReadContract = { file: ContractFile } | { unreadable: string };

export async function contractAt(
  { repositoryPath, sha, signal }: Commit,
  path: string,
): Promise<TreeFile | undefined> {
  return (await listFiles(repositoryPath, sha, signal)).find((file) => file.path === path);
}

const importedFilesMax = 50;
const importPattern = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"\n]{1,300})['"]/g;
const endings = ['', '.ts', '.tsx', '.d.ts', '.mts', '.cts', '/index.ts', '/index.d.ts'];

export async function readContract(
  commit: Commit,
  { path, sizeBytes }: TreeFile,
  kind: string,
): Promise<ReadContract> {
  if (sizeBytes > compareLimits.textCharsMax)
    return { unreadable: `it has ${sizeBytes} bytes; the limit is ${compareLimits.textCharsMax}` };
  const text = (await readFiles(commit.repositoryPath, commit.sha, [path], commit.signal)).get(path);
  if (text === undefined) return { unreadable: 'it is not UTF-8 text' };
  if (kind !== 'typescript') return { file: { path, text } };
  return { file: { path, text, others: await importedBy(commit, path, text) } };
}

/** Level by level, until there are enough. */
async function importedBy(commit: Commit, path: string, text: string): Promise<Record<string, string>> {
  const sizes = new Map(
    (await listFiles(commit.repositoryPath, commit.sha, commit.signal)).map((file) => [
      file.path,
      file.sizeBytes,
    ]),
  );
  const found = new Map([[path, text]]);
  let bytesLeft: number = compareLimits.textCharsMax;
  for (let level: [string, string][] = [[path, text]]; level.length > 0; ) {
    const wanted = new Set(level.flatMap(([from, content]) => importsIn(from, content, sizes)));
    const next = [...wanted].filter((each) => !found.has(each)).slice(0, importedFilesMax - found.size);
    const fitting = next.filter((each) => {
      bytesLeft -= sizes.get(each) ?? 0;
      return bytesLeft >= 0;
    });
    const read = await readFiles(commit.repositoryPath, commit.sha, fitting, commit.signal);
    for (const [each, content] of read) found.set(each, content);
    level = [...read];
  }
  found.delete(path);
  return Object.fromEntries(found);
}

function importsIn(from: string, text: string, sizes: ReadonlyMap<string, number>): string[] {
  return [...text.matchAll(importPattern)].flatMap(([, specifier = '']) => {
    const base = posix.join(posix.dirname(from), specifier);
    const plain = base.replace(/\.[cm]?jsx?$/, '');
    return [base, ...endings.map((ending) => `${plain}${ending}`)].find((path) => sizes.has(path)) ?? [];
  });
}
