import { join } from 'node:path';
import { createBare } from './git-side.ts';
import { installHook } from './signatures.ts';
import type { Repository, RepositorySettings, User } from './state.ts';
import type { World } from './world.ts';

const defaultSettings: RepositorySettings = {
  defaultBranch: 'main',
  mayMerge: true,
  maySquash: true,
  mayRebase: true,
  hasAutoMerge: false,
  hasDrafts: true,
  hasMergeQueue: false,
  deletesMergedBranches: false,
};

/** Without a commit. */
export function newRepository(
  world: World,
  wish: { owner: User; name: string; isPrivate: boolean; settings: Partial<RepositorySettings> },
): Repository {
  const { owner, name, isPrivate } = wish;
  const fullName = `${owner.login}/${name}`;
  const path = join(world.root, `${fullName}.git`);
  const settings = { ...defaultSettings, ...wish.settings };
  createBare(path, settings.defaultBranch);
  installHook(path);
  const state: Repository = {
    id: world.nextId(),
    owner,
    name,
    fullName,
    path,
    isPrivate,
    createdAt: world.now(),
    settings,
    roles: new Map(),
    protections: new Map(),
    heads: new Map(),
    issues: new Map(),
    pulls: new Map(),
    labels: new Map(),
    comments: [],
    reviews: [],
    lineComments: [],
    statuses: [],
    checkRuns: [],
    runs: [],
    hooks: [],
    invitations: [],
    signedBranches: null,
    signed: new Set<string>(),
  };
  world.repositories.set(fullName.toLowerCase(), state);
  return state;
}
