import {
  type Answer,
  actorOf,
  bodyOf,
  type Call,
  created,
  listed,
  noContent,
  numberIn,
  type Routes,
  repositoryOf,
} from '../call.ts';
import { describeRepository, describeUser, iso } from '../describe.ts';
import { newRepository } from '../new-repository.ts';
import { custom, forbidden, notFound, validationFailed } from '../refusal.ts';
import { roleOf } from '../rights.ts';
import type { Repository, Role } from '../state.ts';
import type { World } from '../world.ts';

// https://docs.github.com/rest/repos/repos, …/rest/collaborators/collaborators, …/rest/collaborators/invitations:
// creating a repository, inviting collaborators, and deleting it.

const repo = '/repos/{owner}/{repo}';

export const ownRepositoryRoutes: Routes = {
  'POST /user/repos': create,
  [`DELETE ${repo}`]: remove,
  [`PUT ${repo}/collaborators/{username}`]: invite,
  'GET /user/repository_invitations': listInvitations,
  'PATCH /user/repository_invitations/{invitation_id}': accept,
};

/** A fine-grained token cannot create repositories. */
function create(call: Call): Answer {
  const { world, token } = call;
  const owner = actorOf(call);
  if (token?.permissions) throw forbidden('Resource not accessible by personal access token');
  const { name, private: isPrivate = false } = bodyOf<{ name: string; private?: boolean }>(call);
  if (world.repositories.has(`${owner.login}/${name}`.toLowerCase()))
    throw validationFailed(custom('Repository', 'name already exists on this account', 'name'));
  const made = newRepository(world, { owner, name, isPrivate, settings: {} });
  return created(describeRepository(world, made));
}

function remove(call: Call): Answer {
  const repository = repositoryOf(call);
  refuseOthers(call, repository);
  call.world.repositories.delete(repository.fullName.toLowerCase());
  return noContent;
}

function refuseOthers(call: Call, repository: Repository): void {
  if (roleOf(repository, actorOf(call).login) !== 'admin')
    throw forbidden('Must have admin rights to Repository.');
}

const roles: Readonly<Record<string, Role>> = { pull: 'read', push: 'write' };

/** GitHub answers 204 if the person is a collaborator already. */
function invite(call: Call): Answer {
  const { world } = call;
  const repository = repositoryOf(call);
  refuseOthers(call, repository);
  const invitee = world.users.get(call.params.username?.toLowerCase() ?? '');
  if (!invitee) throw notFound();
  const { permission = 'push' } = bodyOf<{ permission?: string }>(call);
  const role = roles[permission] ?? (permission as Role);
  if (roleOf(repository, invitee.login)) {
    repository.roles.set(invitee.login, role);
    return noContent;
  }
  const made = { id: world.nextId(), invitee, inviter: actorOf(call), role, createdAt: world.now() };
  repository.invitations.push(made);
  return created(describeInvitation(world, repository, made));
}

function describeInvitation(world: World, repository: Repository, given: Repository['invitations'][number]) {
  const { id, invitee, inviter, role, createdAt } = given;
  return {
    id,
    node_id: `RI_${id}`,
    permissions: role,
    created_at: iso(createdAt),
    expired: false,
    repository: describeRepository(world, repository),
    invitee: describeUser(world, invitee),
    inviter: describeUser(world, inviter),
    url: `${world.api}/user/repository_invitations/${id}`,
    html_url: `${world.url}/${repository.fullName}/invitations`,
  };
}

function ownInvitations(call: Call) {
  const { login } = actorOf(call);
  return [...call.world.repositories.values()].flatMap((repository) =>
    repository.invitations.flatMap((given) => (given.invitee.login === login ? [{ repository, given }] : [])),
  );
}

function listInvitations(call: Call): Answer {
  return listed(call, ownInvitations(call), ({ repository, given }) =>
    describeInvitation(call.world, repository, given),
  );
}

function accept(call: Call): Answer {
  const id = numberIn(call, 'invitation_id');
  const found = ownInvitations(call).find(({ given }) => given.id === id);
  if (!found) throw notFound();
  const { repository, given } = found;
  repository.roles.set(given.invitee.login, given.role);
  repository.invitations.splice(repository.invitations.indexOf(given), 1);
  return noContent;
}
