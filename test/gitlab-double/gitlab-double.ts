// A double of GitLab: its REST interface as far as Moose uses it, by hand from https://docs.gitlab.com/api/, over a real
// git server. Requests that it does not know fail the test.
import { createServer, type IncomingMessage } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import { type GitServer, gitServer } from '../../src/git/git-server.fixture.ts';
import { type GitSide, gitSide } from './git-side.ts';
import { finishMerge, mergeRequestRoutes } from './merge-requests.ts';
import { noteRoutes } from './notes.ts';
import { type Answer, answer, type Call, findRoute, type Routes } from './routing.ts';
import * as shapes from './shapes.ts';
import { type Job, newState, type Person, type State } from './state.ts';

export interface GitLabDouble {
  /** `127.0.0.1:PORT`. */
  host: string;
  apiUrl: string;
  /** The remote of the project. */
  remoteUrl: string;
  state: State;
  git: GitServer;
  side: GitSide;
  /** Requests as `GET /projects/…`. */
  asked: string[];
  /** Called before each request; an answer is sent instead, and an error cuts the connection. */
  before: ((asked: string) => Answer | null) | null;
  /** As `before`, when the request was carried out. */
  after: ((asked: string) => Answer | null) | null;
  person(username: string): Person;
  /** Reports a job, or changes the one of this name and commit. */
  report(sha: string, name: string, status: string, given?: Partial<Job>): Job;
}

/** It ends with the test. */
export async function startGitLabDouble(files?: Readonly<Record<string, string>>): Promise<GitLabDouble> {
  const git = await gitServer(files);
  const state = newState('acme/api');
  const unknown: string[] = [];
  const double: GitLabDouble = {
    host: '',
    apiUrl: '',
    remoteUrl: '',
    state,
    git,
    side: gitSide(git),
    asked: [],
    before: null,
    after: null,
    person: (username) => {
      const found = state.people.find((each) => each.username === username);
      if (!found) throw new Error(`Nobody is called ${username}`);
      return found;
    },
    report: (sha, name, status, given = {}) => {
      const before = state.jobs.find((each) => each.sha === sha && each.name === name);
      const job = before ?? newJob(state, sha, name);
      if (!before) state.jobs.push(job);
      Object.assign(job, { status, ...given });
      mergeWhatIsGreen(double);
      return job;
    },
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/acme/api.git')) {
      request.url = path.slice('/acme'.length);
      return git.serve(request, response);
    }
    void respond(double, unknown, request).then(
      ({ status, body }) => {
        response.statusCode = status;
        const isText = typeof body === 'string';
        response.setHeader('content-type', isText ? 'text/plain' : 'application/json');
        response.end(isText ? body : JSON.stringify(body));
      },
      () => request.socket.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  double.host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  double.apiUrl = `http://${double.host}/api/v4`;
  double.remoteUrl = `http://${double.host}/acme/api.git`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    expect(unknown).toEqual([]);
  });
  return double;
}

function newJob(state: State, sha: string, name: string): Job {
  const id = state.nextId++;
  return {
    id,
    name,
    sha,
    status: 'pending',
    allowFailure: false,
    log: '',
    failureReason: 'script_failure',
    pipelineId: 1,
  };
}

/** The pipeline has ended: what waits for it is merged. */
function mergeWhatIsGreen({ state, side }: GitLabDouble): void {
  for (const each of state.mergeRequests.filter(({ mergesWhenGreen }) => mergesWhenGreen)) {
    const jobs = state.jobs.filter(({ sha }) => sha === each.headSha);
    if (jobs.every(({ status }) => status === 'success')) finishMerge({ git: side }, each);
  }
}

async function respond(double: GitLabDouble, unknown: string[], request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '', `http://${double.host}`);
  const asked = `${request.method} ${url.pathname.replace('/api/v4', '')}`;
  const text = await textOf(request);
  double.asked.push(asked);
  const instead = double.before?.(asked);
  if (instead) return instead;
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const by = double.state.people.find((each) => each.token === token);
  if (!by) return answer(401, { message: '401 Unauthorized' });
  const call = {
    state: double.state,
    git: double.side,
    by,
    url: `http://${double.host}`,
    params: {},
    query: Object.fromEntries(url.searchParams),
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
  const [, project, rest] = /^\/api\/v4\/projects\/([^/]+)(.*)$/.exec(url.pathname) ?? [];
  const isOurs = project !== undefined && decodeURIComponent(project) === double.state.path;
  if (project !== undefined && (!isOurs || by.accessLevel === null))
    return answer(404, { message: '404 Project Not Found' });
  const found =
    project === undefined
      ? findRoute(ofAll, request.method ?? '', url.pathname.replace('/api/v4', ''))
      : findRoute(ofProject, request.method ?? '', rest ?? '');
  if (!found) {
    unknown.push(asked);
    return answer(404, { error: '404 Not Found' });
  }
  const answered = paged(call, found.use({ ...call, params: found.params }));
  return double.after?.(asked) ?? answered;
}

/** Lists come in pages. */
function paged({ query }: Pick<Call, 'query'>, given: Answer): Answer {
  if (!Array.isArray(given.body)) return given;
  const perPage = Number(query.per_page ?? 20);
  const from = (Number(query.page ?? 1) - 1) * perPage;
  return { ...given, body: given.body.slice(from, from + perPage) };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const ofAll: Routes = {
  'GET /user': ({ by }) => answer(200, shapes.person(by)),
  'GET /users': ({ state, query }) =>
    answer(200, state.people.filter(({ username }) => username === query.username).map(shapes.person)),
  // GitLab shows an address only if its owner makes it public.
  'GET /users/:id': ({ state, params }) => {
    const found = state.people.find(({ id }) => String(id) === params.id);
    const email = found?.username === 'grace' ? 'grace@example.org' : '';
    return found
      ? answer(200, { ...shapes.person(found), public_email: email })
      : answer(404, { message: '404 Not found' });
  },
  'GET /personal_access_tokens/self': () =>
    answer(200, { scopes: ['api', 'write_repository'], expires_at: '2099-01-01' }),
};

const ofProject: Routes = {
  ...mergeRequestRoutes,
  ...noteRoutes,
  'GET ': ({ state, by }) =>
    answer(200, {
      id: 1,
      path_with_namespace: state.path,
      default_branch: 'main',
      archived: state.isArchived,
      merge_method: 'merge',
      squash_option: 'default_off',
      only_allow_merge_if_pipeline_succeeds: state.needsPipeline,
      permissions: { project_access: { access_level: by.accessLevel ?? 0 }, group_access: null },
    }),
  'GET /members/all/:id': ({ state, params }) => {
    const found = state.people.find(({ id }) => String(id) === params.id);
    return found?.accessLevel
      ? answer(200, { ...shapes.person(found), access_level: found.accessLevel })
      : answer(404, { message: '404 Not found' });
  },
  'GET /repository/commits/:sha/statuses': ({ state, params, url }) =>
    answer(
      200,
      state.jobs.filter(({ sha }) => sha === params.sha).map((each) => shapes.status(url, state, each)),
    ),
  'GET /jobs/:id': ({ state, params, url }) => {
    const found = state.jobs.find(({ id }) => String(id) === params.id);
    return found ? answer(200, shapes.job(url, state, found)) : answer(404, { message: '404 Not found' });
  },
  'GET /jobs/:id/trace': ({ state, params }) => {
    const found = state.jobs.find(({ id }) => String(id) === params.id);
    return found ? answer(200, found.log) : answer(404, { message: '404 Not found' });
  },
  'POST /jobs/:id/retry': ({ state, params, url }) => {
    const found = state.jobs.find(({ id }) => String(id) === params.id);
    if (!found) return answer(404, { message: '404 Not found' });
    if (found.status !== 'failed' && found.status !== 'canceled')
      return answer(403, { message: '403 Forbidden - Job is not retryable' });
    Object.assign(found, { id: state.nextId++, status: 'pending', log: '' });
    return answer(201, shapes.job(url, state, found));
  },
};
