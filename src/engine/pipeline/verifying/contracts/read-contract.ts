// Reads the file of a contract from a commit, and the files of the repository that it names.
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import {
  type ComparedKind,
  type ContractFile,
  compareLimits,
  isComparedKind,
} from '../../../../compatibility/comparison.ts';
import { namedFilesIn } from '../../../../compatibility/named-files.ts';
import { listFiles, readFiles, type TreeFile } from '../../../../git/read/tree.ts';

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
  if (!isComparedKind(kind)) return { file: { path, text } };
  return { file: { path, text, others: await namedBy(commit, path, text, kind) } };
}

/**
 * Identifies everything that the contract says: its file, and the files that it names. Accepting a contract accepts
 * these. Null if the file does not exist.
 */
export async function contentOf(
  commit: Commit,
  file: TreeFile | undefined,
  kind: string,
): Promise<string | null> {
  if (!file) return null;
  const read = await readContract(commit, file, kind);
  const others = Object.entries('file' in read ? (read.file.others ?? {}) : {});
  if (others.length === 0) return file.objectId;
  const hash = createHash('sha256').update(file.objectId);
  for (const [path, text] of others.sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`\0${path}\0${createHash('sha256').update(text).digest('hex')}`);
  return hash.digest('hex');
}

/** Level by level, until the limit is reached. */
async function namedBy(
  commit: Commit,
  path: string,
  text: string,
  kind: ComparedKind,
): Promise<Record<string, string>> {
  const sizes = new Map(
    (await listFiles(commit.repositoryPath, commit.sha, commit.signal)).map((file) => [
      file.path,
      file.sizeBytes,
    ]),
  );
  const found = new Map([[path, text]]);
  let bytesLeft: number = compareLimits.textCharsMax;
  for (let level: [string, string][] = [[path, text]]; level.length > 0; ) {
    const wanted = new Set(level.flatMap(([from, content]) => pathsIn(kind, from, content, sizes)));
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

/** A path is relative to the file that names it; protobuf and SQL may name it from the root of the repository. */
function pathsIn(
  kind: ComparedKind,
  from: string,
  text: string,
  sizes: ReadonlyMap<string, number>,
): string[] {
  return namedFilesIn(kind, text).flatMap((name) => {
    const base = posix.join(posix.dirname(from), name);
    const plain = base.replace(/\.[cm]?jsx?$/, '');
    const written =
      kind === 'typescript' ? endings.map((ending) => `${plain}${ending}`) : [posix.normalize(name)];
    return [base, ...written].find((path) => sizes.has(path)) ?? [];
  });
}
