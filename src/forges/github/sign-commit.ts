// Makes commits that GitHub's API signs, for branches that accept only signed commits. For an App, these are commits of
// git objects; for a person's token, those of `createCommitOnBranch`, which supports plain files only.
import { z } from 'zod';
import { isMooseError } from '../../domain/failure.ts';
import type { ChangeToSign } from '../../engine/ports/forge.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { type HostReply, messageIn, readReply, unexpectedAnswer } from '../call-host.ts';
import {
  branchMovedOn,
  cannotSign,
  commitDiffers,
  commitUnsigned,
  filesTooLarge,
  parentMissing,
} from '../signing-failures.ts';
import { type GitHubApi, GraphqlRefusal } from './api.ts';

/** GitHub accepts 40 MiB per file. With a person's token, a single request has all files. */
const bytesMax = { file: 32 * 1024 * 1024, request: 24 * 1024 * 1024 };
/** GitHub allows 500 content-creating writes per hour, and each binary file is one. */
const binariesMax = 200;
const inlineBytesMax = 1024 * 1024;
const entriesMax = 500;
const lateDelaysMs: readonly number[] = [1_000, 2_000, 4_000];

const shaSchema = z.looseObject({ sha: z.string() });
const refSchema = z.looseObject({ object: z.looseObject({ sha: z.string() }) });
const madeSchema = z.looseObject({
  sha: z.string(),
  verification: z.looseObject({ verified: z.boolean() }).nullish(),
});
const commitSchema = z.looseObject({
  sha: z.string(),
  commit: z.looseObject({ message: z.string(), tree: shaSchema }),
  parents: z.array(shaSchema),
});
const onBranchSchema = z.looseObject({
  createCommitOnBranch: z.looseObject({
    commit: z.looseObject({ oid: z.string(), tree: z.looseObject({ oid: z.string() }) }),
  }),
});
const createCommitOnBranch =
  'mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid tree { oid } } } }';

/** Returns the branch's new commit. Finds the commit of an earlier call by its files, parents and message. */
export async function signCommit(
  api: GitHubApi,
  change: ChangeToSign,
  isApp: boolean,
  signal?: AbortSignal,
  wait: typeof sleep = sleep,
): Promise<string> {
  const { branch, expectedSha, parents } = change;
  const there = await branchHead(api, branch, signal);
  if (there !== null && there !== expectedSha) {
    if (await isThisChange(api, there, change, signal)) return there;
    // With a person's token, an earlier call may have created the branch at its parent.
    if (isApp || expectedSha !== null || there !== parents[0]) throw branchMovedOn(api, branch, there);
  }
  if (there === null && expectedSha !== null) throw branchMovedOn(api, branch, null);
  if ((await commitAt(api, parents[0], signal)) === null) throw parentMissing(api, parents[0]);
  try {
    return await (isApp ? byObjects(api, change, there, signal) : onBranch(api, change, there, signal));
  } catch (cause) {
    if (!isMooseError(cause) || cause.code !== 'FORGE_BRANCH_MOVED') throw cause;
    // If an earlier call's answer was lost, GitHub may show its result late.
    for (const delayMs of lateDelaysMs) {
      await wait(delayMs, signal);
      const now = await branchHead(api, branch, signal);
      if (now !== null && (await isThisChange(api, now, change, signal))) return now;
    }
    throw cause;
  }
}

async function branchHead(api: GitHubApi, branch: string, signal?: AbortSignal): Promise<string | null> {
  const reply = await api.call({
    method: 'GET',
    path: `/git/ref/${refPath(branch)}`,
    answers: [404],
    signal,
  });
  return reply.status === 404 ? null : readReply(reply, refSchema).object.sha;
}

async function commitAt(api: GitHubApi, sha: string, signal?: AbortSignal) {
  const reply = await api.call({ method: 'GET', path: `/commits/${sha}`, answers: [404, 422], signal });
  return reply.status === 200 ? readReply(reply, commitSchema) : null;
}

async function isThisChange(
  api: GitHubApi,
  sha: string,
  { treeSha, parents, message }: ChangeToSign,
  signal?: AbortSignal,
): Promise<boolean> {
  const found = await commitAt(api, sha, signal);
  if (found?.commit.tree.sha !== treeSha || found.commit.message.trim() !== message.trim()) return false;
  return found.parents.map((each) => each.sha).join() === parents.join();
}

/** Creates blobs, a tree and a commit, which are invisible until the branch moves to the commit. */
async function byObjects(
  api: GitHubApi,
  change: ChangeToSign,
  there: string | null,
  signal?: AbortSignal,
): Promise<string> {
  const { branch, message, parents, treeSha } = change;
  const tree = await uploadTree(api, change, signal);
  if (tree !== treeSha) throw commitDiffers(api, branch);
  // With its own author or date, GitHub would not sign the commit.
  const reply = await write(api, '/git/commits', { message: message.trim(), tree, parents }, signal);
  const made = readReply(reply, madeSchema);
  if (made.verification?.verified !== true) throw commitUnsigned(api, branch);
  const { sha } = made;
  if (there === null) await createBranch(api, branch, sha, signal);
  else {
    const force = parents[0] !== there;
    // GitHub itself refuses a stale update that is not forced; the upload may have taken minutes.
    const now = force ? await branchHead(api, branch, signal) : there;
    if (now !== there) throw branchMovedOn(api, branch, now);
    await moveBranch(api, branch, { sha, force }, signal);
  }
  return sha;
}

async function uploadTree(api: GitHubApi, change: ChangeToSign, signal?: AbortSignal): Promise<string> {
  const { files, parentTreeSha, read } = change;
  let base = parentTreeSha;
  let entries: object[] = [];
  let [bytes, binaries] = [0, 0];
  const flush = async () => {
    if (entries.length === 0) return;
    const reply = await write(api, '/git/trees', { base_tree: base, tree: entries }, signal);
    base = readReply(reply, shaSchema).sha;
    [entries, bytes] = [[], 0];
  };
  // Deletions first: a file may replace a folder.
  for (const { path, mode, sha } of files.toSorted(
    (a, b) => Number(b.mode === null) - Number(a.mode === null),
  )) {
    if (mode === null) entries.push({ path, mode: '100644', type: 'blob', sha: null });
    else if (mode === '160000') entries.push({ path, mode, type: 'commit', sha });
    else {
      const content = await read(sha, bytesMax.file);
      if (content === null) throw filesTooLarge(api, path);
      const text = content.length <= inlineBytesMax ? textIn(content) : null;
      if (text !== null) entries.push({ path, mode, type: 'blob', content: text });
      else {
        binaries += 1;
        if (binaries > binariesMax) throw filesTooLarge(api, path);
        const blob = { content: content.toString('base64'), encoding: 'base64' };
        await write(api, '/git/blobs', blob, signal);
        entries.push({ path, mode, type: 'blob', sha });
      }
      bytes += text === null ? 0 : content.length;
    }
    if (entries.length >= entriesMax || bytes >= inlineBytesMax) await flush();
  }
  await flush();
  return base;
}

/** Null for content that is not text, because its bytes would be changed on the way. */
function textIn(content: Buffer): string | null {
  const text = content.toString('utf8');
  return text.includes('\0') || !Buffer.from(text, 'utf8').equals(content) ? null : text;
}

/** One request with all files: GitHub compares the head, commits, signs and moves the branch, or changes nothing. */
async function onBranch(
  api: GitHubApi,
  change: ChangeToSign,
  there: string | null,
  signal?: AbortSignal,
): Promise<string> {
  const { branch, message, parents, treeSha, expectedSha } = change;
  assertPlain(api, change);
  const fileChanges = await filesOf(api, change);
  const [headline = '', ...rest] = message.trim().split('\n');
  const [parent] = parents;
  if (expectedSha !== null && expectedSha !== parent)
    throw cannotSign(api, 'is not a continuation of what the branch has');
  if (there === null) await createBranch(api, branch, parent, signal);
  const input = {
    branch: { repositoryNameWithOwner: `${api.repository.owner}/${api.repository.name}`, branchName: branch },
    message: { headline, body: rest.join('\n').trim() },
    fileChanges,
    expectedHeadOid: parent,
  };
  const read = onBranchSchema;
  const asked = { query: createCommitOnBranch, variables: { input }, read, isWrite: true, signal };
  const { createCommitOnBranch: made } = await api.graphql(asked).catch((cause: unknown) => {
    if (cause instanceof GraphqlRefusal && /expected branch to point to/i.test(cause.message))
      throw branchMovedOn(api, branch, null);
    throw cause;
  });
  if (made.commit.tree.oid !== treeSha) throw commitDiffers(api, branch);
  return made.commit.oid;
}

function assertPlain(api: GitHubApi, { parents, files }: ChangeToSign): void {
  if (parents.length > 1) throw cannotSign(api, 'merges the base branch');
  const plain = '100644';
  const other = files.find(
    ({ mode, oldMode }) => (mode ?? plain) !== plain || (mode !== null && (oldMode ?? plain) !== plain),
  );
  if (other) throw cannotSign(api, `has a file that is not a plain one (${other.path})`);
}

async function filesOf(api: GitHubApi, { files, read }: ChangeToSign) {
  const additions: { path: string; contents: string }[] = [];
  let left = bytesMax.request;
  for (const { path, mode, sha } of files) {
    if (mode === null) continue;
    const content = await read(sha, left);
    if (content === null) throw filesTooLarge(api, path);
    left -= content.length;
    additions.push({ path, contents: content.toString('base64') });
  }
  const deletions = files.filter(({ mode }) => mode === null).map(({ path }) => ({ path }));
  return { additions, deletions };
}

async function createBranch(
  api: GitHubApi,
  branch: string,
  sha: string,
  signal?: AbortSignal,
): Promise<void> {
  const body = { ref: `refs/heads/${branch}`, sha };
  const reply = await api.call({ method: 'POST', path: '/git/refs', body, signal });
  if (reply.status !== 201) throw refused(api, branch, reply);
}

async function moveBranch(
  api: GitHubApi,
  branch: string,
  body: { sha: string; force: boolean },
  signal?: AbortSignal,
): Promise<void> {
  const path = `/git/refs/${refPath(branch)}`;
  const reply = await api.call({ method: 'PATCH', path, body, signal });
  if (reply.status !== 200) throw refused(api, branch, reply);
}

/** The next call reads the branch, and finds its own commit if only the answer was lost. */
function refused(api: GitHubApi, branch: string, reply: HostReply) {
  const isMoved = /already exists|not a fast forward|does not exist/i.test(messageIn(reply.body));
  return isMoved ? branchMovedOn(api, branch, null) : unexpectedAnswer(reply);
}

async function write(api: GitHubApi, path: string, body: object, signal?: AbortSignal): Promise<HostReply> {
  const reply = await api.call({ method: 'POST', path, body, signal });
  if (reply.status !== 201) throw unexpectedAnswer(reply);
  return reply;
}

const refPath = (branch: string) => `heads/${branch.split('/').map(encodeURIComponent).join('/')}`;
