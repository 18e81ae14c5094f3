import { expect, test } from 'vitest';
import type { ChangeToSign } from '../../engine/ports/forge.ts';
import type { GitHubApi } from './api.ts';
import { signCommit } from './sign-commit.ts';

const [pushed, base, theirs, made, tree] = ['a', 'b', 'c', 'd', 'e'].map((each) => each.repeat(40));

/** A GitHub with one branch, which somebody else moves while a file is being uploaded. */
function oneBranch() {
  const state = { head: pushed, moves: [] as unknown[] };
  const call: GitHubApi['call'] = async ({ method, path, body }) => {
    const answer = (status: number, reply: unknown) =>
      ({ status, body: reply, headers: {}, isCut: false, facts: {} }) as Awaited<
        ReturnType<GitHubApi['call']>
      >;
    if (path.startsWith('/git/ref/')) return answer(200, { object: { sha: state.head } });
    if (path.startsWith('/commits/')) {
      const commit = { message: 'Another', tree: { sha: tree } };
      return answer(200, { sha: path.slice(9), commit, parents: [] });
    }
    if (path === '/git/trees') return answer(201, { sha: tree });
    if (path === '/git/commits') return answer(201, { sha: made, verification: { verified: true } });
    expect([method, path]).toEqual(['PATCH', '/git/refs/heads/moose/1']);
    state.moves.push(body);
    return answer(200, {});
  };
  const api = { host: 'github.example', repository: { owner: 'o', name: 'n' }, call } as unknown as GitHubApi;
  return { api, state };
}

const changeOn = (whileRead: () => void) =>
  ({
    branch: 'moose/1',
    message: 'Change',
    expectedSha: pushed,
    parents: [base],
    parentTreeSha: tree,
    treeSha: tree,
    files: [{ path: 'new.txt', mode: '100644', oldMode: null, sha: made }],
    read: async () => {
      whileRead();
      return Buffer.from('New\n');
    },
  }) as unknown as ChangeToSign;

test('R-PIPE-14: fear: a commit that somebody else pushes during the upload is overwritten', async () => {
  const { api, state } = oneBranch();
  const change = changeOn(() => {
    state.head = theirs;
  });
  await expect(signCommit(api, change, true, undefined, async () => {})).rejects.toMatchObject({
    code: 'FORGE_BRANCH_MOVED',
  });
  expect(state.moves).toEqual([]);
});

test('R-PIPE-7: a change that was made again replaces what was pushed', async () => {
  const { api, state } = oneBranch();
  expect(
    await signCommit(
      api,
      changeOn(() => {}),
      true,
    ),
  ).toBe(made);
  expect(state.moves).toEqual([{ sha: made, force: true }]);
});
