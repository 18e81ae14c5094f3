// People and CI on a real Gitea; its runner reports for each commit the result of the repository's own check.
import { type Answered, expectStatus, type Gitea, type GiteaPerson } from '../../forges/gitea.fixture.ts';
import type { GiteaRunner } from '../../forges/gitea-runner.fixture.ts';
import type { Ground } from '../ground.fixture.ts';
import { type PeopleOfForge, runCheck } from './people.fixture.ts';
import { accountOf } from './scenario.fixture.ts';

const jobMsMax = 5 * 60_000;

export function giteaPeople(
  { gitea, runner, ground }: { gitea: Gitea; runner: GiteaRunner; ground: Ground },
  { path, writer, stranger }: { path: string; writer: GiteaPerson; stranger: GiteaPerson },
): PeopleOfForge {
  const at = (part: string) => `/repos/${path}${part}`;
  const read = async (part: string): Promise<Answered['body']> =>
    expectStatus(await gitea.api('GET', at(part)), 200);
  const post = async (part: string, body: unknown, by: GiteaPerson, status: number) =>
    expectStatus(await gitea.api('POST', at(part), body, by), status);
  const linesOf = async (pull: number) => {
    const reviews: { id: number; comments_count: number }[] = await read(`/pulls/${pull}/reviews`);
    const lists = await Promise.all(reviews.map(({ id }) => read(`/pulls/${pull}/reviews/${id}/comments`)));
    return lists.flat() as { body: string; user: { login: string }; resolver: object | null }[];
  };
  const isMooses = ({ user }: { user: { login: string } }) => user.login === gitea.admin.login;
  return {
    openIssue: async ({ title, body, label }) => {
      await post('/labels', { name: label, color: '#00ff00' }, gitea.admin, 201);
      const { number } = await post('/issues', { title, body }, stranger, 201);
      await post(`/issues/${number}/labels`, { labels: [label] }, writer, 200);
      return number;
    },
    finishCi: async (after) => {
      for (;;) {
        const job = await runner.next(jobMsMax).catch(async (cause) => {
          throw new Error(`No job began: ${await accountOf(ground)}`, { cause });
        });
        // A job for the old commit may still be in the queue.
        if (job.sha === after) {
          await job.end('cancelled');
          continue;
        }
        const { result, log } = await runCheck((file) => read(`/raw/${file}?ref=${job.sha}`));
        await job.end(result === 'red' ? 'failure' : 'success', log);
        return { sha: job.sha, result };
      }
    },
    comment: async (pull, body) => {
      await post(`/issues/${pull}/comments`, { body }, writer, 201);
    },
    commentAsStranger: async (pull, body) => {
      await post(`/issues/${pull}/comments`, { body }, stranger, 201);
      return true;
    },
    requestChanges: async (pull, { sha, body, path: file, line }) => {
      const comments = [{ path: file, body: line, new_position: 1 }];
      const review = { event: 'REQUEST_CHANGES', body, comments, commit_id: sha };
      await post(`/pulls/${pull}/reviews`, review, writer, 200);
    },
    approve: async (pull, sha) => {
      await post(`/pulls/${pull}/reviews`, { event: 'APPROVED', body: '', commit_id: sha }, writer, 200);
    },
    pulls: async () => {
      const all: { number: number; merged: boolean; head: { sha: string } }[] =
        await read('/pulls?state=all');
      return all.map(({ number, merged, head }) => ({ number, isMerged: merged, headSha: head.sha }));
    },
    toldBy: async (number) => {
      const comments: { body: string; user: { login: string } }[] = await read(`/issues/${number}/comments`);
      const isPull = (await gitea.api('GET', at(`/pulls/${number}`))).status === 200;
      const lines = isPull ? await linesOf(number) : [];
      return [...comments, ...lines].filter(isMooses).map(({ body }) => body);
    },
    threads: async (pull) =>
      (await linesOf(pull)).filter((line) => !isMooses(line)).map(({ resolver }) => resolver !== null),
    isOpen: async (issue) => (await read(`/issues/${issue}`)).state === 'open',
  };
}
