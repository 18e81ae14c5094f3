// The ground of the contract suite on the double of GitLab: a server for each scene, as it has one project.
import { createGitLabForges } from '../../src/forges/gitlab/forge.ts';
import { scratchDirectory } from '../../src/git/scratch-repository.fixture.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { keepForgeHost } from '../../src/store/work/pull-requests/forge-hosts.ts';
import { type GitLabDouble, startGitLabDouble } from '../gitlab-double/gitlab-double.ts';
import { newNote } from '../gitlab-double/state.ts';
import type { ForgeActs, ForgeGround, ForgeScene } from './contract.fixture.ts';
import { sceneRepository } from './scene-repository.fixture.ts';

interface GitLabScene extends ForgeScene {
  double: GitLabDouble;
}

export function gitLabGround(database: () => Promise<Database>): ForgeGround {
  const forgeOf = async (double: GitLabDouble, path: string, token: string) => {
    const opened = await database();
    const host = await opened.run((query) =>
      keepForgeHost(query, {
        host: double.host,
        kind: 'gitlab',
        apiUrl: double.apiUrl,
        createdBy: 'test',
        credential: JSON.stringify({ source: 'env', name: 'TOKEN' }),
        webhookSecret: null,
      }),
    );
    const build = createGitLabForges({
      database: opened,
      clock: systemClock,
      programEnvironment: {},
      writesApartMs: 0,
      read: () => token,
    });
    return build({ projectId: 'project', host, path });
  };
  const scene = async (): Promise<GitLabScene> => {
    const double = await startGitLabDouble();
    const working = await sceneRepository(scratchDirectory(), () => double.remoteUrl);
    double.git.git('fetch', '--quiet', working.path, '+main:refs/heads/main');
    return {
      double,
      forge: await forgeOf(double, double.state.path, double.person('moose').token),
      baseSha: working.baseSha,
      push: working.push,
      deleteBranch: async (branch) => {
        double.git.git('branch', '-D', branch);
      },
      draftOf: (headBranch, headSha) => ({
        workOrderId: 'order',
        title: `Change ${headBranch}`,
        body: 'What was asked.',
        headBranch,
        headSha,
        baseBranch: 'main',
        baseSha: working.baseSha,
      }),
    };
  };
  return { scene, acts: actsWith(forgeOf) };
}

type ForgeOf = (double: GitLabDouble, path: string, token: string) => Promise<ForgeScene['forge']>;

function actsWith(forgeOf: ForgeOf): ForgeActs {
  const logins = { writer: 'grace', stranger: 'passer-by' };
  const doubleOf = (scene: ForgeScene) => (scene as GitLabScene).double;
  const requestOf = (scene: ForgeScene, number: number) => {
    const found = doubleOf(scene).state.mergeRequests.find(({ iid }) => iid === number);
    if (!found) throw new Error(`There is no merge request ${number}`);
    return found;
  };
  return {
    logins,
    reviewsAreSilent: true,
    setCheck: async (scene, { sha, name, state }) => {
      doubleOf(scene).report(sha, name, { passed: 'success', failed: 'failed', running: 'running' }[state]);
    },
    require: async () => {
      throw new Error('GitLab requires a pipeline, and no check by its name.');
    },
    comment: async (scene, number, body, by) => {
      const id = doubleOf(scene).state.nextId++;
      const notes = [newNote({ id, author: logins[by], body })];
      requestOf(scene, number).discussions.push({ id: `d${id}`, isResolved: false, notes });
    },
    review: async (scene, number, { judgement, path, line = 1 }) => {
      const id = doubleOf(scene).state.nextId++;
      const request = requestOf(scene, number);
      const judged = judgement === 'approved' ? request.approvedBy : request.wantsChanges;
      judged.set(logins.writer, new Date());
      if (path === undefined) return;
      const position = { new_path: path, new_line: line, head_sha: request.headSha };
      const note = { ...newNote({ id, author: logins.writer, body: 'Why this?' }), position };
      const thread = { id: `d${id}`, isResolved: false, notes: [{ ...note, type: 'DiffNote' as const }] };
      request.discussions.push(thread);
    },
    openIssue: async (scene, { title, body, labels }) => {
      const { issues } = doubleOf(scene).state;
      // Issues and merge requests are numbered apart.
      const iid = 501 + issues.length;
      issues.push({
        iid,
        title,
        description: body,
        author: logins.writer,
        state: 'opened',
        notes: [],
        labels: new Map(labels.map((label) => [label, logins.writer])),
        labelledAt: new Date(),
        updatedAt: new Date(),
      });
      return iid;
    },
    editIssue: async (scene, number, { title, body }) => {
      const { state } = doubleOf(scene);
      const issue = state.issues.find(({ iid }) => iid === number);
      if (!issue) throw new Error(`There is no issue ${number}`);
      const edit =
        title === undefined ? 'changed the description' : `changed title from **{-${issue.title}-}**`;
      Object.assign(issue, { title: title ?? issue.title, description: body ?? issue.description });
      issue.notes.push({
        ...newNote({ id: state.nextId++, author: issue.author, body: edit }),
        isSystem: true,
      });
    },
    withBadToken: (scene) => forgeOf(doubleOf(scene), doubleOf(scene).state.path, 'glpat-wrong'),
    withoutRepository: (scene) =>
      forgeOf(doubleOf(scene), 'acme/not-there', doubleOf(scene).person('moose').token),
  };
}
