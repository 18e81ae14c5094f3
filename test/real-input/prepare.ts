import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Edit, type Proposal, proposalSchema } from '../../src/domain/agents/proposal.ts';
import { fetchPackage, unpackPackage } from './fetch-package.ts';
import {
  changedFilesBetween,
  type FileTree,
  readTree,
  type TreeFile,
  textOf,
  unfit,
  writeTreeFile,
} from './file-tree.ts';
import { editsBetween } from './proposal-edits.ts';
import type { AddedFile, ChangedFile, PinnedVersion, RealPackage } from './real-package.ts';

// Creates a git repository of a package's earlier version, and the proposal that turns it into the later version, byte
// for byte.

const checksPath = join(import.meta.dirname, 'checks');
/** A folder of the checkout that git ignores; it stays after the run. */
const defaultCachePath = join(import.meta.dirname, '../../node_modules/.cache/real-input');

const gitTimeoutMs = 20_000;
/** A fixed date and committer, so that a package's base commit is the same on every machine. */
const committedAt = '2020-01-01T00:00:00Z';
const committer = { name: 'Real Input', email: 'real-input@example.invalid' };

export interface RealInput {
  /** A repository with a work tree: branch `main`, one commit, no remote. */
  repositoryPath: string;
  baseSha: string;
  proposal: Proposal;
  /** Every file of the later version; deleted paths are not included. */
  laterTree: ReadonlyMap<string, Buffer>;
  changedFiles: readonly ChangedFile[];
}

export interface PrepareOptions {
  /** The folder where tarballs are kept between runs. */
  cachePath?: string;
  signal?: AbortSignal;
}

/** Creates `repository` and `later` in `directory`, which must be missing or empty. @throws MooseError */
export async function prepareRealInput(
  realPackage: RealPackage,
  directory: string,
  { cachePath = defaultCachePath, signal }: PrepareOptions = {},
): Promise<RealInput> {
  const repositoryPath = join(directory, 'repository');
  const laterPath = join(directory, 'later');
  const versions: [PinnedVersion, string][] = [
    [realPackage.earlier, repositoryPath],
    [realPackage.later, laterPath],
  ];
  for (const [pinned, path] of versions) {
    await unpackPackage(await fetchPackage(realPackage.name, pinned, { cachePath, signal }), path, signal);
  }

  const later = await readTree(laterPath);
  await addFiles(realPackage.addedFiles, repositoryPath, later);
  const earlier = await readTree(repositoryPath);
  const changedFiles = changedFilesBetween(earlier, withAddedFiles(later, earlier, realPackage.addedFiles));
  if (JSON.stringify(changedFiles) !== JSON.stringify(realPackage.changedFiles)) {
    throw unfit(`packages.ts does not list the files that change, which are ${JSON.stringify(changedFiles)}`);
  }
  return {
    repositoryPath,
    baseSha: await commitAll(repositoryPath, `${realPackage.name} ${realPackage.earlier.version}`, signal),
    proposal: proposalOf(realPackage, changedFiles, earlier, later),
    laterTree: new Map([...later].map(([path, { content }]) => [path, content])),
    changedFiles,
  };
}

async function addFiles(files: readonly AddedFile[], repositoryPath: string, later: FileTree): Promise<void> {
  for (const file of files) {
    await writeTreeFile(repositoryPath, file.path, await contentOf(file, later));
  }
}

async function contentOf({ path, from }: AddedFile, later: FileTree): Promise<string | Buffer> {
  if (from === 'later') return fileOf(later, path).content;
  return 'text' in from ? from.text : await readFile(join(checksPath, from.checkFile));
}

/** The expected final content: the later version, and the files that were added to the earlier one. */
function withAddedFiles(later: FileTree, earlier: FileTree, addedFiles: readonly AddedFile[]): FileTree {
  return new Map([...later, ...addedFiles.map(({ path }) => [path, fileOf(earlier, path)] as const)]);
}

function proposalOf(
  { workOrder }: RealPackage,
  changedFiles: readonly ChangedFile[],
  earlier: FileTree,
  later: FileTree,
): Proposal {
  const edits = changedFiles.flatMap(({ path, change }): Edit[] => {
    if (change === 'deleted') return [{ kind: 'delete', path }];
    const after = textOf(path, fileOf(later, path));
    if (change === 'added') return [{ kind: 'write', path, content: after }];
    return editsBetween(path, textOf(path, fileOf(earlier, path)), after);
  });
  const paths = changedFiles.map(({ path }) => path).join(', ');
  return proposalSchema.parse({ plan: `${workOrder.title}. Files that change: ${paths}.`, edits, risks: [] });
}

function fileOf(tree: FileTree, path: string): TreeFile {
  const file = tree.get(path);
  if (file === undefined) throw unfit(`${path} is missing`);
  return file;
}

/** Commits all files, even ignored ones, without the user's own git settings. */
async function commitAll(
  repositoryPath: string,
  message: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const git = async (...argv: string[]) => {
    const { stdout } = await execa('git', argv, {
      cwd: repositoryPath,
      env: gitEnvironment(),
      extendEnv: false,
      timeout: gitTimeoutMs,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    return stdout;
  };
  await git('init', '--quiet', '--template=', '--initial-branch=main');
  // Settings for later git commands in this repository: bytes stay unchanged, modes count, and the user's global ignore
  // list does not.
  await git('config', 'core.autocrlf', 'false');
  await git('config', 'core.fileMode', 'true');
  await git('config', 'core.excludesFile', '/dev/null');
  await git('config', 'commit.gpgSign', 'false');
  await git('add', '--all', '--force');
  await git('commit', '--quiet', '--message', message);
  return git('rev-parse', 'HEAD');
}

function gitEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: committer.name,
    GIT_AUTHOR_EMAIL: committer.email,
    GIT_AUTHOR_DATE: committedAt,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: committedAt,
  };
}
