import { onTestFinished } from 'vitest';
import { startGitHub } from './github-double/github.ts';

export const repo = '/repos/acme/api';

/** A double with a repository, a branch of `moose`, and its pull request 1. It stops when the test ends. */
export async function githubScene() {
  const github = await startGitHub();
  onTestFinished(() => github.stop());
  const repository = github.addRepository('acme/api', { files: { 'a.txt': 'one\n' } });
  repository.grant('moose', 'write');
  repository.grant('ann', 'write');
  const headSha = repository.commit('moose/work', { 'b.txt': 'two\n' }, { from: 'main', by: 'moose' });
  // Whatever the double would send is checked, even if nobody receives it.
  repository.addHook({ url: 'http://127.0.0.1:1/', secret: 'nobody' });
  github.world.webhooks.mode = 'lost';
  const draft = { title: 'Add b', body: 'It adds b.', head: 'moose/work', base: 'main' };
  const opened = await github.as('moose', `POST ${repo}/pulls`, draft);
  const token = github.tokenOf('moose');
  const graphql = async (query: string, variables: Record<string, unknown> = {}, as = token) => {
    const headers = { authorization: `Bearer ${as}` };
    const body = JSON.stringify({ query, variables });
    const answer = await fetch(`${github.url}/api/graphql`, { method: 'POST', headers, body });
    return (await answer.json()) as {
      data?: Record<string, unknown>;
      errors?: { type?: string; message: string }[];
    };
  };
  const id = (opened.body as { node_id: string }).node_id;
  return { github, repository, headSha, id, token, graphql, draft };
}
