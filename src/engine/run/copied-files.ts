// The ignored files of a person's checkout that a project names, for its worktrees (R-PROJ-3). The commit or
// a person names them; git must ignore them there, and nothing outside of the checkout is read.

import { constants } from 'node:fs';
import { lstat, open, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConfigurationError, isMooseError } from '../../domain/failure.ts';
import { redact } from '../../domain/text/redact.ts';
import type { ToldFiles } from '../../domain/work-order/step-result.ts';
import { forbiddenLink, looksLikeGitDirectory } from '../../git/commit/change-guard.ts';
import { blobIdOf } from '../../git/commit/object-id.ts';
import { listFiles } from '../../git/read/tree.ts';
import { assertRepository } from '../../git/refs/repository.ts';
import { listIncluded } from '../../git/worktree/included-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { type FilePatterns, filePatternsAt } from '../policy/file-patterns.ts';
import { runFailures } from './failure-catalogue.ts';
import type { ProjectHere } from './project-here.ts';

export interface CopiedFile {
  path: string;
  kind: 'file' | 'link';
  bytes: number;
  mode: number;
  /** Git's object ID of the content. */
  objectId: string;
}

export interface CopiedFiles {
  /** The checkout that they come from; null: this project has none. */
  checkout: string | null;
  files: CopiedFile[];
  /** Files that are named but not copied. */
  leftOut: { path: string; because: string }[];
  source: FilePatterns['source'];
  /** Who named the files, in words for people. */
  namedBy: string;
}

export interface FilesAsked {
  project: Pick<ProjectHere, 'repositoryPath' | 'remoteUrl' | 'settings'>;
  /** The commit that work starts from. */
  commit: string;
  signal?: AbortSignal | undefined;
}

/** Enough for settings, keys and test data; the setup installs dependencies. */
const filesMax = 1_000;
const bytesMax = 100 * 1024 ** 2;
const mib = 1024 ** 2;

/** Null: the project names none. @throws PROJECT_FILES_TOO_LARGE, WORKTREEINCLUDE_INVALID, PROJECT_CONFIG_INVALID */
export async function findCopiedFiles({ project, commit, signal }: FilesAsked): Promise<CopiedFiles | null> {
  const { repositoryPath, settings } = project;
  const patterns = await filePatternsAt(repositoryPath, commit, settings, signal);
  if (patterns === null) return null;
  const { source, namedBy } = patterns;
  const found: CopiedFiles = { checkout: repositoryPath, files: [], leftOut: [], source, namedBy };
  if (project.remoteUrl !== null || !(await hasCheckout(repositoryPath, signal)))
    return { ...found, checkout: null };
  const paths = await listIncluded(repositoryPath, patterns.text, { signal });
  if (paths === null || paths.length > filesMax) throw tooLarge(namedBy, `more than ${filesMax} files`);
  const committed = new Set((await listFiles(repositoryPath, commit, signal)).map(({ path }) => path));
  let bytes = 0;
  for (const path of paths) {
    const file = committed.has(path)
      ? 'the commit has it'
      : await readOne(repositoryPath, path, commit, bytes);
    if (typeof file === 'string') found.leftOut.push({ path, because: file });
    else {
      bytes += file.bytes;
      found.files.push(file);
    }
    if (bytes > bytesMax) throw tooLarge(namedBy, `more than ${bytesMax / mib} MiB`);
  }
  return found;
}

async function hasCheckout(path: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await assertRepository(path, { signal });
    return true;
  } catch (cause) {
    if (isMooseError(cause) && cause.code === 'REPOSITORY_BARE') return false;
    throw cause;
  }
}

/** Returns a text with the reason if the file is left out. A file above the size limit is not read. */
async function readOne(
  checkout: string,
  path: string,
  commit: string,
  bytesBefore: number,
): Promise<CopiedFile | string> {
  if (path.split('/').some(looksLikeGitDirectory)) return "it is in git's own directory";
  try {
    const found = await lstat(join(checkout, path));
    const { mode } = found;
    if (found.isSymbolicLink()) {
      const linkTarget = await readlink(join(checkout, path));
      if (forbiddenLink({ path, linkTarget }) !== null)
        return 'it is a symbolic link that leads out of the checkout';
      const content = Buffer.from(linkTarget);
      return { path, kind: 'link', bytes: content.length, mode, objectId: blobIdOf(content, commit) };
    }
    if (!found.isFile()) return 'it is neither a file nor a symbolic link';
    if (bytesBefore + found.size > bytesMax)
      return { path, kind: 'file', bytes: found.size, mode, objectId: '' };
    const content = await readPlain(join(checkout, path));
    if (content === null) return 'it was replaced meanwhile';
    return { path, kind: 'file', bytes: content.length, mode, objectId: blobIdOf(content, commit) };
  } catch (cause) {
    if (hasErrorCode(cause, 'EACCES', 'EPERM')) return 'the user that runs Moose cannot read it';
    if (hasErrorCode(cause, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO')) return 'it was replaced meanwhile';
    throw cause;
  }
}

/**
 * Never reads through a link, and never from a pipe, which might never end. Null: it is not a file, or too large.
 * `firstBytes` limits the read to the content that a log had before it grew.
 */
export async function readPlain(path: string, firstBytes = bytesMax): Promise<Buffer | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > bytesMax) return null;
    // Not to the end of the file, because another program may write to it without end.
    const wanted = Math.min(found.size, firstBytes);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(wanted), 0, wanted, 0);
    return bytesRead === wanted ? buffer : null;
  } finally {
    await file.close();
  }
}

/** Identifies the files for results of setups and checks, which may depend on them. */
export function marksOf({ files }: Pick<CopiedFiles, 'files'>): string[] {
  return files.map(({ path, kind, mode, objectId }) => [kind, mode & 0o777, objectId, path].join(' '));
}

const shownMax = 20;

/** A name with a line break would look like more than one. */
export function shownName(path: string): string {
  return /\p{Cc}/u.test(path) ? JSON.stringify(path) : path;
}

export function shownFiles({ checkout, files, leftOut, namedBy }: CopiedFiles): ToldFiles {
  return {
    names: files.slice(0, shownMax).map(({ path }) => shownName(path)),
    total: files.length,
    leftOut: leftOut.slice(0, shownMax).map(({ path, because }) => ({ path: shownName(path), because })),
    problem:
      checkout === null
        ? `The ignored files that ${namedBy} names cannot be copied: this project has no checkout. Give their values as variables and secrets: \`moose project variable set\`.`
        : null,
  };
}

function tooLarge(namedBy: string, what: string): ConfigurationError {
  return runFailures.PROJECT_FILES_TOO_LARGE('find files', { namedBy, what });
}

/** A name that people use for secrets, unless it is marked as an example or for tests. */
const secretName =
  /(?:^|\/)(?:\.env(?:\.[^/]*)?|\.netrc|\.npmrc|\.pypirc|id_[a-z0-9]+|[^/]*(?:credential|secret)[^/]*|[^/]*\.(?:pem|key|p12|pfx|jks|keystore))$/i;
const harmlessName = /\b(?:example|sample|template|dist|test|tests|testing|ci)\b/i;
const searchedBytesMax = 256 * 1024;

/** The names of files that seem to hold secrets, by their names or contents. */
export async function likelySecretsIn({ checkout, files }: CopiedFiles): Promise<string[]> {
  const found: string[] = [];
  if (checkout === null) return found;
  for (const { path, kind, bytes } of files) {
    if (kind === 'link') continue;
    const isNamedSo = secretName.test(path) && !harmlessName.test(path);
    if (isNamedSo || (bytes <= searchedBytesMax && (await holdsSecret(join(checkout, path)))))
      found.push(shownName(path));
  }
  return found;
}

async function holdsSecret(path: string): Promise<boolean> {
  try {
    const text = (await readPlain(path))?.toString('utf8') ?? '';
    return redact(text) !== text;
  } catch (cause) {
    if (hasErrorCode(cause, 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO')) return false;
    throw cause;
  }
}
