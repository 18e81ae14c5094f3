// The ground of the contract suite on a real Gitea: one server, and a repository for each scene.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Forge } from '../../src/engine/ports/forge.ts';
import { createGiteaForges } from '../../src/forges/gitea/forge.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { keepForgeHost } from '../../src/store/work/pull-requests/forge-hosts.ts';
import type { ForgeActs, ForgeGround, ForgeScene } from './contract.fixture.ts';
import { expectStatus, type Gitea, type GiteaPerson, startGitea } from './gitea.fixture.ts';
import { sceneRepository } from './scene-repository.fixture.ts';

export interface GiteaGround extends ForgeGround {
  gitea: Gitea;
  moose: GiteaPerson;
  acts: ForgeActs;
  scene(): Promise<ForgeScene>;
  /** Builds the forge of a repository there, as Moose does. */
  forgeOf(path: string, token?: string): Promise<Forge>;
  stop(): Promise<void>;
}

export async function startGiteaGround(database: () => Promise<Database>): Promise<GiteaGround> {
  const folder = await mkdtemp(join(tmpdir(), 'moose-forge-'));
  const gitea = await startGitea();
  const moose = await gitea.addPerson('moose');
  const writer = await gitea.addPerson('ada');
  const stranger = await gitea.addPerson('eve');
  const forgeOf = async (path: string, token = moose.token): Promise<Forge> => {
    const opened = await database();
    const host = await opened.run((query) =>
      keepForgeHost(query, {
        host: gitea.host,
        kind: 'gitea',
        apiUrl: `${gitea.url}/api/v1`,
        createdBy: 'test',
        credential: JSON.stringify({ source: 'env', name: 'TOKEN' }),
        webhookSecret: null,
      }),
    );
    const build = createGiteaForges({
      database: opened,
      clock: systemClock,
      programEnvironment: {},
      writesApartMs: 0,
      read: (name) => (name === 'TOKEN' ? token : undefined),
    });
    return build({ projectId: 'project', host, path });
  };
  let scenes = 0;
  const scene = async (): Promise<ForgeScene> => {
    scenes += 1;
    const name = `scene-${scenes}`;
    let pushUrl = '';
    const repository = await sceneRepository(await mkdtemp(join(folder, 'scene-')), () => pushUrl);
    const from = { name, from: repository.path, writers: [moose, writer] };
    const made = await gitea.addRepository(from);
    pushUrl = made.pushUrl;
    return {
      forge: await forgeOf(made.path),
      baseSha: repository.baseSha,
      push: repository.push,
      deleteBranch: async (branch) => {
        const path = `/repos/${made.path}/branches/${encodeURIComponent(branch)}`;
        expectStatus(await gitea.api('DELETE', path), 204);
      },
      draftOf: (headBranch, headSha) => ({
        workOrderId: 'order',
        title: `Change ${headBranch}`,
        body: 'What was asked.',
        headBranch,
        headSha,
        baseBranch: 'main',
        baseSha: repository.baseSha,
      }),
    };
  };
  return {
    gitea,
    moose,
    forgeOf,
    scene,
    acts: actsOn(gitea, { writer, stranger }, forgeOf),
    stop: async () => {
      await gitea.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const states = { passed: 'success', failed: 'failure', running: 'pending' } as const;

function actsOn(
  gitea: Gitea,
  people: { writer: GiteaPerson; stranger: GiteaPerson },
  forgeOf: (path: string, token?: string) => Promise<Forge>,
): ForgeActs {
  const { writer, stranger } = people;
  const below = ({ forge }: ForgeScene, path: string) => `/repos/${forge.repository}${path}`;
  return {
    logins: { writer: writer.login, stranger: stranger.login },
    setCheck: async (scene, { sha, name, state }) => {
      const status = { context: name, state: states[state], description: `It ${state}.` };
      expectStatus(await gitea.api('POST', below(scene, `/statuses/${sha}`), status), 201);
    },
    require: async (scene, names) => {
      const rule = { rule_name: 'main', enable_status_check: true, status_check_contexts: names };
      expectStatus(await gitea.api('POST', below(scene, '/branch_protections'), rule), 201);
    },
    comment: async (scene, number, body, by) => {
      const path = below(scene, `/issues/${number}/comments`);
      expectStatus(await gitea.api('POST', path, { body }, people[by]), 201);
    },
    review: async (scene, number, { body, judgement, path, line }) => {
      const event = judgement === 'approved' ? 'APPROVED' : 'REQUEST_CHANGES';
      const comments = path === undefined ? [] : [{ path, body: 'Why this?', new_position: line }];
      const review = { body, event, comments };
      const reviews = below(scene, `/pulls/${number}/reviews`);
      expectStatus(await gitea.api('POST', reviews, review, writer), 200);
    },
    openIssue: async (scene, { title, body, labels }) => {
      for (const name of labels)
        expectStatus(await gitea.api('POST', below(scene, '/labels'), { name, color: '#00ff00' }), 201);
      const issue = await gitea.api('POST', below(scene, '/issues'), { title, body }, writer);
      const { number } = expectStatus(issue, 201);
      const path = below(scene, `/issues/${number}/labels`);
      if (labels.length > 0) expectStatus(await gitea.api('POST', path, { labels }, writer), 200);
      return number;
    },
    editIssue: async (scene, number, change) => {
      expectStatus(await gitea.api('PATCH', below(scene, `/issues/${number}`), change, writer), 201);
    },
    withBadToken: ({ forge }) => forgeOf(forge.repository, 'f'.repeat(40)),
    withoutRepository: () => forgeOf('admin/not-there'),
  };
}
