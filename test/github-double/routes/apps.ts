import { randomBytes } from 'node:crypto';
import {
  type Answer,
  bodyOf,
  type Call,
  created,
  listed,
  numberIn,
  ok,
  type Routes,
  repositoryOf,
} from '../call.ts';
import { describeApp } from '../check-runs.ts';
import { describeRepository, describeUser, iso } from '../describe.ts';
import { limitPerHour } from '../rate-limit.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { App, Installation, Level, Permission, Permissions } from '../state.ts';

// https://docs.github.com/rest/apps

export const appRoutes: Routes = {
  'GET /app': getApp,
  'GET /app/installations': listInstallations,
  'POST /app/installations/{installation_id}/access_tokens': createToken,
  'GET /repos/{owner}/{repo}/installation': getInstallation,
};

export function appOf(call: Call): App {
  const app = call.world.apps.find(({ id }) => id === call.appId);
  if (!app) throw new Refusal(401, 'A JSON web token could not be decoded');
  return app;
}

function getApp(call: Call): Answer {
  const app = appOf(call);
  const at = iso(new Date(0));
  const count = call.world.installations.filter((each) => each.app === app).length;
  return ok({
    ...describeApp(call.world, app),
    permissions: withMetadata(app.permissions),
    created_at: at,
    updated_at: at,
    installations_count: count,
  });
}

const withMetadata = (permissions: Permissions) => ({ ...permissions, metadata: 'read' });

function describeInstallation(call: Call, { id, app, account, repositories }: Installation) {
  const { world } = call;
  const at = iso(new Date(0));
  return {
    id,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    events: [],
    account: describeUser(world, account),
    permissions: withMetadata(app.permissions),
    repository_selection: repositories ? 'selected' : 'all',
    access_tokens_url: `${world.api}/app/installations/${id}/access_tokens`,
    repositories_url: `${world.api}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${id}`,
    created_at: at,
    updated_at: at,
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
  };
}

function listInstallations(call: Call): Answer {
  const app = appOf(call);
  const own = call.world.installations.filter((each) => each.app === app);
  return listed(call, own, (each) => describeInstallation(call, each));
}

function getInstallation(call: Call): Answer {
  const [app, repository] = [appOf(call), repositoryOf(call)];
  const found = call.world.installations.find(
    (each) =>
      each.app === app &&
      each.account === repository.owner &&
      (each.repositories?.includes(repository.name) ?? true),
  );
  if (!found) throw notFound();
  return ok(describeInstallation(call, found));
}

const tokenLifeMs = 3_600_000;
const levels: readonly Level[] = ['read', 'write', 'admin'];

/** Lives an hour, and may be narrower than the installation, never wider. */
function createToken(call: Call): Answer {
  const { world } = call;
  const app = appOf(call);
  const installation = world.installations.find(
    (each) => each.app === app && each.id === numberIn(call, 'installation_id'),
  );
  if (!installation) throw notFound();
  const wish = bodyOf<{ repositories?: string[]; permissions?: Record<string, Level> }>(call);
  const given = withMetadata(app.permissions) as Permissions;
  for (const [name, level] of Object.entries(wish.permissions ?? {})) {
    const own = given[name as Permission];
    if (own === undefined || levels.indexOf(own) < levels.indexOf(level)) {
      throw new Refusal(422, 'The permissions requested are not granted to this installation.');
    }
  }
  const all = [...world.repositories.values()].filter(
    ({ owner, name }) =>
      owner === installation.account && (installation.repositories?.includes(name) ?? true),
  );
  const chosen = wish.repositories ?? null;
  if (chosen?.some((name) => !all.some((each) => each.name === name))) {
    throw new Refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  }
  const permissions = (wish.permissions ? { ...wish.permissions, metadata: 'read' } : given) as Permissions;
  const expiresAt = new Date(world.now().getTime() + tokenLifeMs);
  const value = `ghs_${randomBytes(18).toString('hex')}`;
  const repositories = chosen ?? installation.repositories;
  world.tokens.set(value, {
    value,
    user: app.bot,
    permissions,
    repositories,
    expiresAt,
    installation,
    left: limitPerHour,
    window: 0,
  });
  return created({
    token: value,
    expires_at: iso(expiresAt),
    permissions,
    repository_selection: repositories ? 'selected' : 'all',
    ...(chosen && {
      repositories: all
        .filter(({ name }) => chosen.includes(name))
        .map((each) => describeRepository(world, each)),
    }),
  });
}
