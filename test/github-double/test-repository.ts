import { type CheckRequest, type RunRequest, reportCheck, reportJob, reportStatus, startRun } from './ci.ts';
import { commitFiles, gitAt } from './git-side.ts';
import { personOf } from './merge.ts';
import { endQueueOf } from './merge-queue.ts';
import { newRepository } from './new-repository.ts';
import { noticeHeads } from './notice-heads.ts';
import { protectBranches, requireSignatures } from './signatures.ts';
import type {
  Hook,
  Job,
  Protection,
  Repository,
  RepositorySettings,
  Role,
  Status,
  User,
  WorkflowRun,
} from './state.ts';
import type { World } from './world.ts';

/** A repository, with what people and their CI do to it. */
export interface TestRepository {
  state: Repository;
  /** `http://127.0.0.1:PORT/owner/name.git`; it wants a token. */
  cloneUrl: string;
  sha(branch: string): string;
  /** Commits to a branch as somebody would; `from` starts a new one there. Null removes a file. */
  commit(
    branch: string,
    files: Readonly<Record<string, string | null>>,
    how?: { from?: string; by?: string; message?: string },
  ): string;
  /** Runs git in the bare repository. GitHub learns of moved branches by `notice`. */
  git(...args: string[]): string;
  notice(): void;
  grant(login: string, role: Role): void;
  protect(branch: string, wish: Partial<Protection>): void;
  /** Branches that begin so accept only commits that GitHub has signed. */
  requireSignatures(prefix: string): void;
  /** What the checks of its merge group said of a queued pull request. */
  endQueueOf(number: number, result: 'green' | 'red'): void;
  /** Has webhooks sent. */
  addHook(hook: { url: string; secret: string; events?: readonly string[] }): Hook;
  reportStatus(sha: string, context: string, state: Status['state'], description?: string): void;
  reportCheck(sha: string, name: string, wish?: CheckRequest): number;
  startRun(sha: string, jobs: readonly string[], wish?: RunRequest): WorkflowRun;
  reportJob(
    run: WorkflowRun,
    name: string,
    wish: CheckRequest & Partial<Pick<Job, 'log' | 'failedStep' | 'hasRunner'>>,
  ): number;
}

export interface RepositoryRequest {
  files?: Readonly<Record<string, string>>;
  isPrivate?: boolean;
  settings?: Partial<RepositorySettings>;
}

export function createRepository(
  world: World,
  addUser: (login: string) => User,
  fullName: string,
  wish: RepositoryRequest = {},
): TestRepository {
  const [login = '', name = ''] = fullName.split('/');
  const owner = addUser(login);
  const { isPrivate = false, settings = {} } = wish;
  const state = newRepository(world, { owner, name, isPrivate, settings });
  const repository = testRepository(world, addUser, state);
  repository.commit(state.settings.defaultBranch, wish.files ?? { 'README.md': 'hello\n' });
  return repository;
}

function testRepository(world: World, addUser: (login: string) => User, state: Repository): TestRepository {
  const { path, owner } = state;
  return {
    state,
    cloneUrl: `${world.url}/${state.fullName}.git`,
    sha: (branch) => gitAt(path, ['rev-parse', `refs/heads/${branch}`]),
    commit: (branch, files, { from, by = owner.login, message = 'A commit of a person' } = {}) => {
      const person = addUser(by);
      const at = { branch, files, message, author: personOf(person), at: world.now() };
      const sha = commitFiles(path, { ...at, ...(from !== undefined && { from }) });
      noticeHeads(world, state, person);
      return sha;
    },
    git: (...args) => gitAt(path, args),
    notice: () => noticeHeads(world, state, owner),
    grant: (login, role) => void state.roles.set(addUser(login).login, role),
    protect: (branch, wish) => {
      const none = { classic: [], ruleset: [], approvals: 0, isStrict: false, refusesPushes: false };
      state.protections.set(branch, { ...none, ...wish });
      const closed = [...state.protections].filter(([, { refusesPushes }]) => refusesPushes);
      protectBranches(
        path,
        closed.map(([each]) => each),
      );
    },
    requireSignatures: (prefix) => requireSignatures(state, prefix),
    addHook: ({ url, secret, events = ['*'] }) => {
      const hook: Hook = { id: world.nextId(), url, secret, events, deliveries: [] };
      state.hooks.push(hook);
      return hook;
    },
    endQueueOf: (number, result) => {
      const pull = state.pulls.get(number);
      if (pull) endQueueOf(world, state, pull, result, owner);
    },
    reportStatus: (sha, context, how, description) =>
      reportStatus(world, state, { sha, context, state: how, description }),
    reportCheck: (sha, name, wish) => reportCheck(world, state, sha, name, wish).id,
    startRun: (sha, jobs, wish) => startRun(world, state, sha, jobs, wish),
    reportJob: (run, name, wish) => reportJob(world, state, run, name, wish).id,
  };
}
