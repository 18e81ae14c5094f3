import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendDeliveries } from './deliveries.ts';
import type { PlannedFault } from './planned-fault.ts';
import { limitPerHour } from './rate-limit.ts';
import { startServers } from './servers.ts';
import type { App, Permissions, User } from './state.ts';
import { createRepository, type RepositoryRequest, type TestRepository } from './test-repository.ts';
import { newLies, type Seen, type World } from './world.ts';

// A GitHub of one's own: a real HTTP server over real repositories, which refuses whatever GitHub's description of itself
// does not have. `stop` throws if a request or an answer was not as described.

export interface GitHub {
  /** `http://127.0.0.1:PORT`, as of a GitHub Enterprise Server: `URL/api/v3`, `URL/api/graphql`, `URL/owner/name.git`. */
  url: string;
  /** `127.0.0.1:PORT`. */
  host: string;
  world: World;
  /** Every request, the oldest first. */
  requests: Seen[];
  /** What was not as GitHub describes it. A test that means it empties the list. */
  faults: string[];
  /** What goes wrong next. */
  planned: PlannedFault[];
  addUser(login: string, type?: User['type']): User;
  /** @param fullName `owner/name`; the owner is added if it is not there */
  addRepository(fullName: string, wish?: RepositoryRequest): TestRepository;
  /** A classic token; with `permissions` a fine-grained one. */
  tokenOf(login: string, wish?: TokenRequest): string;
  /** Makes an App, and installs it for an owner. */
  addApp(wish: AppRequest): { appId: number; privateKey: string; installationId: number; app: App };
  /** Calls the API as somebody. @param line such as `POST /repos/acme/api/issues` */
  as(login: string, line: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Moves the clock of the double. */
  passTime(ms: number): void;
  /** Sends the webhooks that `world.webhooks.mode` held back. */
  deliverHeld(order?: 'as they came' | 'newest first'): void;
  /** Waits until all webhooks that were sent so far are answered. */
  settled(): Promise<void>;
  /** @throws if anything was not as described */
  stop(): Promise<void>;
}

export interface TokenRequest {
  permissions?: Permissions;
  repositories?: readonly string[];
  expiresInMs?: number;
}

export interface AppRequest {
  owner: string;
  slug?: string;
  repositories?: readonly string[];
  permissions?: Permissions;
}

export async function startGitHub(): Promise<GitHub> {
  const root = mkdtempSync(join(tmpdir(), 'moose-github-'));
  const [requests, faults, planned]: [Seen[], string[], PlannedFault[]] = [[], [], []];
  let [lastId, aheadMs] = [1_000, 0];
  const world: World = {
    url: '',
    api: '',
    logs: '',
    root,
    users: new Map(),
    tokens: new Map(),
    apps: [],
    installations: [],
    repositories: new Map(),
    lies: newLies(),
    requests,
    faults,
    planned,
    deliveries: [],
    links: new Map(),
    isTelling: false,
    webhooks: { mode: 'at once', held: [] },
    now: () => new Date(Date.now() + aheadMs),
    nextId: () => {
      lastId += 1;
      return lastId;
    },
    tell: (repository, event, action, by, payload) =>
      sendDeliveries(world, repository, { event, action, by, payload }),
  };
  const servers = await startServers(world);
  const addUser = (login: string, type: User['type'] = 'User'): User => {
    const user = world.users.get(login.toLowerCase()) ?? { id: world.nextId(), login, type };
    world.users.set(login.toLowerCase(), user);
    return user;
  };
  const tokenOf = (login: string, wish: TokenRequest = {}) => {
    const value = `${wish.permissions ? 'github_pat' : 'ghp'}_${randomBytes(18).toString('hex')}`;
    const expiresAt =
      wish.expiresInMs === undefined ? null : new Date(world.now().getTime() + wish.expiresInMs);
    const { permissions = null, repositories = null } = wish;
    const rest = { installation: null, left: limitPerHour, window: 0 };
    world.tokens.set(value, { value, user: addUser(login), permissions, repositories, expiresAt, ...rest });
    return value;
  };
  return {
    url: world.url,
    host: new URL(world.url).host,
    world,
    requests,
    faults,
    planned,
    addUser,
    tokenOf,
    addRepository: (fullName, wish) => createRepository(world, addUser, fullName, wish),
    addApp: (wish) => addApp(world, addUser, wish),
    as: (login, line, body) => callAs(world, tokenOf(login), line, body),
    passTime: (ms) => {
      aheadMs += ms;
    },
    deliverHeld: (order = 'as they came') => {
      const held = world.webhooks.held.splice(0);
      for (const send of order === 'newest first' ? held.reverse() : held) send();
    },
    settled: async () => {
      while (world.deliveries.length > 0) await Promise.all(world.deliveries.splice(0));
    },
    stop: async () => {
      await servers.stop();
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
      if (faults.length > 0) throw new Error(`Not as GitHub describes it:\n${faults.join('\n')}`);
    },
  };
}

const defaultPermissions: Permissions = {
  actions: 'write',
  checks: 'read',
  statuses: 'read',
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
};

function addApp(world: World, addUser: (login: string, type?: User['type']) => User, wish: AppRequest) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const { slug = 'moose-app', permissions = defaultPermissions, repositories = null } = wish;
  const app: App = {
    id: world.nextId(),
    slug,
    publicKey,
    bot: addUser(`${slug}[bot]`, 'Bot'),
    permissions,
    hook: null,
  };
  const installation = { id: world.nextId(), app, account: addUser(wish.owner), repositories };
  world.apps.push(app);
  world.installations.push(installation);
  return { appId: app.id, privateKey, installationId: installation.id, app };
}

async function callAs(world: World, token: string, line: string, body: unknown) {
  const [method = 'GET', path = ''] = line.split(' ');
  const headers = { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${world.api}${path}`, { method, headers, ...sent });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
}
