// Projects: an admin adds, changes and removes them.

import { isAbsolute } from 'node:path';
import type { PermanentError } from '../domain/failure.ts';
import { nanoUsdPerUsd } from '../domain/money.ts';
import { audited } from '../engine/access/audited.ts';
import { parseCheck } from '../engine/pipeline/checks/parse-check.ts';
import { isRemoteAddress, shownAddress } from '../git/remote-address.ts';
import type { Database } from '../store/database.ts';
import type { Api, ApiDeps } from './app.ts';
import { apiFailures } from './failure-catalogue.ts';
import * as routes from './routes/projects.ts';

export function addProjects(api: Api, { database }: ApiDeps): void {
  api.openapi(routes.listProjects, async (c) => {
    return c.json({ items: await c.get('moose').projects.list() }, 200);
  });
  api.openapi(routes.getProject, async (c) =>
    c.json(await c.get('moose').projects.one(c.req.valid('param').id), 200),
  );
  api.openapi(routes.projectValues, async (c) =>
    c.json(await c.get('moose').projects.values(c.req.valid('param').id), 200),
  );
  api.openapi(routes.projectBaseline, async (c) =>
    c.json(await c.get('moose').projects.baseline(c.req.valid('param').id), 200),
  );
  api.openapi(routes.listVariables, async (c) => {
    const items = await c.get('moose').projects.variables.list(c.req.valid('param').id);
    return c.json({ items }, 200);
  });
  addVariableChanges(api, database);
  api.openapi(routes.addProject, async (c) => {
    const wish = c.req.valid('json');
    if (!isAbsolute(wish.repository) && !isRemoteAddress(wish.repository)) throw relative(wish.repository);
    const moose = c.get('moose');
    const detail = { ...wish, repository: shownAddress(wish.repository) };
    const entry = { by: c.get('caller').actor, act: 'project.add', subject: detail.repository, detail };
    return c.json(await audited(database, entry, c.get('signal'), () => moose.projects.add(wish)), 201);
  });
  api.openapi(routes.removeProject, async (c) => {
    const moose = c.get('moose');
    const { id, name } = await moose.projects.one(c.req.valid('param').id);
    const entry = { by: c.get('caller').actor, act: 'project.remove', subject: name, detail: {} };
    return c.json(await audited(database, entry, c.get('signal'), () => moose.projects.remove(id)), 200);
  });
  api.openapi(routes.changeProject, async (c) => {
    const { id } = c.req.valid('param');
    const { limit_usd: usd, agent, model, base, files, checks, ...given } = c.req.valid('json');
    const moose = c.get('moose');
    const change = {
      agent,
      model,
      base,
      files,
      allowCiChanges: given.allow_ci_changes,
      trusted: given.trusted,
      merge: given.merge,
      verify: given.verify,
      together: given.together,
      image: given.image,
      reviewer: given.reviewer,
      setup: given.setup,
      services: given.services,
      userNamespaces: given.user_namespaces,
      login: given.login,
      director: given.director,
      learning: given.learning,
      owner: given.owner,
      agentHosts: given.agent_hosts,
      privateHosts: given.private_hosts,
      labels: given.labels,
      intakeLabel: given.intake_label,
      forgePrograms: given.forge_programs,
      filters: given.filters,
      workOrderLimitUsd: given.work_order_limit_usd,
      timeLimitMs: given.time_limit_ms,
      checks: checks === null ? null : checks?.map(({ kind, command }) => parseCheck(`${kind}=${command}`)),
      limitNanoUsd: typeof usd === 'number' ? BigInt(Math.round(usd * Number(nanoUsdPerUsd))) : usd,
    };
    const { name } = await moose.projects.one(id);
    const detail = { ...c.req.valid('json') };
    const entry = { by: c.get('caller').actor, act: 'project.change', subject: name, detail };
    const changed = await audited(database, entry, c.get('signal'), () => moose.projects.change(id, change));
    return c.json(changed, 200);
  });
}

function addVariableChanges(api: Api, database: Database): void {
  api.openapi(routes.setVariable, async (c) => {
    const { id, name } = c.req.valid('param');
    const { value, is_secret, for: sessions } = c.req.valid('json');
    const { variables } = c.get('moose').projects;
    const { name: subject } = await c.get('moose').projects.one(id);
    // The audit log never contains the variable's value.
    const detail = { name, is_secret: is_secret ?? null, for: sessions ?? null };
    const entry = { by: c.get('caller').actor, act: 'project.variable.set', subject, detail };
    const given = {
      name,
      value,
      ...(is_secret === undefined ? {} : { is_secret }),
      ...(sessions === undefined ? {} : { for: sessions }),
    };
    return c.json(await audited(database, entry, c.get('signal'), () => variables.set(id, given)), 200);
  });
  api.openapi(routes.removeVariable, async (c) => {
    const { id, name } = c.req.valid('param');
    const { variables } = c.get('moose').projects;
    const { name: subject } = await c.get('moose').projects.one(id);
    const entry = { by: c.get('caller').actor, act: 'project.variable.remove', subject, detail: { name } };
    await audited(database, entry, c.get('signal'), () => variables.remove(id, name));
    return c.json({ items: await variables.list(id) }, 200);
  });
}

/** A relative path would be relative to the folder in which Moose was started. */
function relative(path: string): PermanentError {
  return apiFailures.REPOSITORY_PATH_RELATIVE('add project', { path: shownAddress(path).slice(0, 200) });
}
