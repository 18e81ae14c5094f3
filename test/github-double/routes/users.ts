import { type Answer, actorOf, type Call, ok, page, type Routes } from '../call.ts';
import { describeRepository, describeUser, iso } from '../describe.ts';
import { limitPerHour, resetOf } from '../rate-limit.ts';
import { forbidden, notFound } from '../refusal.ts';
import { covers } from '../rights.ts';

// https://docs.github.com/rest/users, …/rest/rate-limit and what an installation may see

export const userRoutes: Routes = {
  'GET /user': getSelf,
  'GET /users/{username}': getUser,
  'GET /rate_limit': getLimit,
  'GET /installation/repositories': listRepositories,
};

/** Apps are no users. */
function getSelf(call: Call): Answer {
  const user = actorOf(call);
  if (call.token?.installation) throw forbidden('Resource not accessible by integration');
  const at = iso(new Date(0));
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0, user_view_type: 'public' };
  return ok({
    ...describeUser(call.world, user),
    ...counts,
    name: user.login,
    created_at: at,
    updated_at: at,
  });
}

function getUser(call: Call): Answer {
  const user = call.world.users.get(call.params.username?.toLowerCase() ?? '');
  if (!user) throw notFound();
  const at = iso(new Date(0));
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0, user_view_type: 'public' };
  return ok({
    ...describeUser(call.world, user),
    ...counts,
    name: user.login,
    created_at: at,
    updated_at: at,
  });
}

/** Costs nothing itself. */
function getLimit(call: Call): Answer {
  const remaining = call.token?.left ?? 60;
  const purse = {
    limit: limitPerHour,
    remaining,
    used: limitPerHour - remaining,
    reset: resetOf(call.token, call.world.now()),
  };
  const full = {
    limit: limitPerHour,
    remaining: limitPerHour,
    used: 0,
    reset: resetOf(call.token, call.world.now()),
  };
  return ok({ resources: { core: purse, search: full, graphql: full }, rate: purse });
}

function listRepositories(call: Call): Answer {
  const { token, world } = call;
  if (!token?.installation)
    throw forbidden(
      'You must authenticate with an installation access token in order to list repositories for an installation.',
    );
  const all = [...world.repositories.values()].filter((each) => covers(each, token));
  const { items, headers } = page(call, all);
  const body = {
    total_count: all.length,
    repositories: items.map((each) => describeRepository(world, each)),
  };
  return { status: 200, body, headers };
}
