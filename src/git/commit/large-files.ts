// Large files of Git LFS: git stores a pointer, and the file itself goes to a server. No pointer is published before its
// file (R-REPO-2). Format: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md

import { join } from 'node:path';
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { keptText } from '../read/tree.ts';
import { diffTrees, type TreeChange } from '../read/tree-diff.ts';
import { runRemoteGit } from '../remote/remote-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere } from '../run/is-there.ts';
import { runGit, runGitBytes } from '../run/run-git.ts';
import { commonGitDir } from '../worktree/worktree-list.ts';
import { lfsFilter } from './filter-names.ts';
import { lfsPlace } from './lfs-place.ts';

export interface LargeFile {
  /** SHA-256 of the file. */
  oid: string;
  bytes: number;
}

/** The specification allows pointers below this size. */
const pointerBytesMax = 1_024;
const pointerPattern =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:ext-.*\n)*oid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n/;
const uploadTimeoutMs = 30 * 60_000;
const oidsAtOnce = 200;

/** The pointers among these files, by path. */
export async function largeFilesIn(
  path: string,
  files: readonly Pick<TreeChange, 'path' | 'newSha'>[],
  call: GitCall,
): Promise<Map<string, LargeFile>> {
  const small = await smallAmong(path, files, call);
  const found = new Map<string, LargeFile>();
  if (small.length === 0) return found;
  const input = small.map(({ newSha }) => `${newSha}\n`).join('');
  const { stdout } = await runGitBytes(path, ['cat-file', '--batch'], { ...call, input });
  let at = 0;
  for (const file of small) {
    const end = stdout.indexOf(10, at);
    const bytes = Number(stdout.toString('latin1', at, end).split(' ')[2]);
    const text = stdout.toString('utf8', end + 1, end + 1 + bytes);
    at = end + 1 + bytes + 1;
    const [, oid, size] = pointerPattern.exec(text) ?? [];
    if (oid !== undefined) found.set(file.path, { oid, bytes: Number(size) });
  }
  return found;
}

async function smallAmong<T extends Pick<TreeChange, 'newSha'>>(
  path: string,
  files: readonly T[],
  call: GitCall,
): Promise<T[]> {
  if (files.length === 0) return [];
  const input = files.map(({ newSha }) => `${newSha}\n`).join('');
  const asked = ['cat-file', '--batch-check=%(objecttype) %(objectsize)'];
  const { stdout } = await runGit(path, asked, { ...call, input });
  const lines = stdout.split('\n');
  return files.filter((_, at) => {
    const [kind, size] = (lines[at] ?? '').split(' ');
    return kind === 'blob' && Number(size) < pointerBytesMax;
  });
}

export interface Upload {
  repositoryPath: string;
  remoteUrl: string;
  /** The commit that the remote has; large files that it names are there. */
  from: string;
  to: string;
  /** Hosts with private addresses that a person has set for the project. */
  privateHosts?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}

/** Whether the repository at `path` has the file itself, from where it is uploaded. */
export async function isStored(path: string, { oid }: LargeFile, call: GitCall): Promise<boolean> {
  const common = await commonGitDir(path, call);
  return isThere(join(common, 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid));
}

/**
 * Uploads the large files that a change adds: call this before the change is pushed.
 * @throws LFS_UPLOAD_FAILED, LFS_MISSING, LFS_SERVER_UNREACHABLE
 */
export async function uploadLargeFiles(upload: Upload): Promise<number> {
  const { repositoryPath, remoteUrl, from, to, privateHosts, signal } = upload;
  const call: GitCall = { signal };
  const changes = await diffTrees(repositoryPath, from, to, call);
  const mayPoint = ({ newSha }: TreeChange) => {
    const text = keptText(repositoryPath, newSha);
    return text === undefined || pointerPattern.test(text);
  };
  const files = changes.filter((change) => change.newMode.startsWith('100') && mayPoint(change));
  const pointers = [...(await largeFilesIn(repositoryPath, files, call)).values()];
  if (pointers.length === 0) return 0;
  // The attributes may be in no tree. A text that only looks like a pointer has no file here.
  const isUsed = await usesLfs(repositoryPath, to, call);
  const added = new Set<string>();
  for (const pointer of pointers)
    if (isUsed || (await isStored(repositoryPath, pointer, call))) added.add(pointer.oid);
  for (const oid of await oidsAt(repositoryPath, from, call)) added.delete(oid);
  const oids = [...added];
  if (oids.length === 0) return 0;
  const server = { remoteUrl, to: 'upload', privateHosts } as const;
  const { options, env, address } = await lfsPlace(repositoryPath, from, server, call);
  for (let at = 0; at < oids.length; at += oidsAtOnce) {
    const some = oids.slice(at, at + oidsAtOnce);
    const limits = { signal, timeoutMs: uploadTimeoutMs, mayFetchLfs: true, env };
    try {
      await runRemoteGit(
        repositoryPath,
        [...options, 'lfs', 'push', '--object-id', address, ...some],
        address,
        limits,
      );
    } catch (cause) {
      signal?.throwIfAborted();
      throw isMooseError(cause) ? uploadFailed(cause, oids.length) : cause;
    }
  }
  return oids.length;
}

async function usesLfs(path: string, commit: string, call: GitCall): Promise<boolean> {
  const asked = ['grep', '--quiet', '--fixed-strings', `filter=${lfsFilter}`, commit, '--'];
  const names = [':(glob)**/.gitattributes'];
  return (await runGit(path, [...asked, ...names], { ...call, okExitCodes: [1] })).exitCode === 0;
}

async function oidsAt(path: string, commit: string, call: GitCall): Promise<string[]> {
  const asked = ['grep', '--no-color', '-h', '-E', '^oid sha256:[0-9a-f]{64}$', commit, '--'];
  const { stdout } = await runGit(path, asked, { ...call, okExitCodes: [1] });
  return [...stdout.matchAll(/^oid sha256:([0-9a-f]{64})$/gm)].map(([, oid]) => oid ?? '');
}

function uploadFailed(cause: MooseError, fileCount: number): MooseError {
  const fields = { operation: 'upload large files', cause };
  const what = fileCount === 1 ? 'A large file' : `${fileCount} large files`;
  if (cause.category === 'transient')
    return gitFailures.LFS_UNREACHABLE(fields, { what, message: cause.message });
  return gitFailures.LFS_UPLOAD_FAILED(fields, { what, message: cause.message });
}
