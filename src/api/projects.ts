// Projects: an admin adds, changes and removes them.

import { isAbsolute } from 'node:path';
import { z } from '@hono/zod-openapi';
import {
  addedProjectSchema,
  baselineSchema,
  name,
  newProjectSchema,
  newVariableSchema,
  type ProjectSetting,
  projectChangeSchema,
  projectSchema,
  projectSettingsSchema,
  projectsSchema,
  projectValuesSchema,
  projectVariableSchema,
  projectVariablesSchema,
  removedProjectSchema,
  rotatedKeySchema,
  secretsKeySchema,
} from '../contract/contract.ts';
import type { PermanentError } from '../domain/failure.ts';
import { variableLimits, variableNamePattern } from '../domain/machine/project-variable.ts';
import { projectSettingRows } from '../domain/project-settings/project-settings.ts';
import { isRemoteAddress, shownAddress } from '../git/remote/remote-address.ts';
import { apiFailures } from './failure-catalogue.ts';
import type { Api } from './request/api.ts';
import { body, defineRoute, json, problems, reading } from './route-parts.ts';

const listProjectsRoute = defineRoute({
  ...reading('/api/projects', 'List projects, most recently used first'),
  responses: { 200: json(projectsSchema, 'All projects.'), ...problems(401) },
});

const projectSettingsRoute = defineRoute({
  ...reading('/api/project-settings', 'List the settings of projects, as a page edits them'),
  responses: {
    200: json(projectSettingsSchema, 'In the order in which they are shown.'),
    ...problems(401),
  },
});

const idOrName = name.openapi({
  param: { name: 'id', in: 'path' },
  description: 'The ID of a project, or its name.',
});
const projectParams = z.object({ id: idOrName });

const getProjectRoute = defineRoute({
  ...reading('/api/projects/{id}', 'Show a project'),
  request: { params: projectParams },
  responses: { 200: json(projectSchema, 'The project.'), ...problems(400, 401, 404) },
});

const projectValuesRoute = defineRoute({
  ...reading(
    '/api/projects/{id}/values',
    'Show what applies to the next work order of a project, and where each value comes from',
  ),
  request: { params: projectParams },
  responses: { 200: json(projectValuesSchema, 'Each setting.'), ...problems(400, 401, 404) },
});

const projectBaselineRoute = defineRoute({
  ...reading(
    '/api/projects/{id}/baseline',
    'Show the checks of a project on its newest base commit, without any change',
  ),
  request: { params: projectParams },
  responses: { 200: json(baselineSchema, 'Each check that has run there.'), ...problems(400, 401, 404) },
});

const listVariablesRoute = defineRoute({
  ...reading('/api/projects/{id}/variables', 'List the variables of a project; secrets are not shown'),
  request: { params: projectParams },
  responses: {
    200: json(projectVariablesSchema, 'The variables, sorted by name.'),
    ...problems(400, 401, 404, 503),
  },
});

const variableParams = z.object({
  id: idOrName,
  name: z
    .string()
    .max(variableLimits.nameCharsMax)
    .regex(variableNamePattern, 'Must be letters, digits and underscores')
    .openapi({ param: { name: 'name', in: 'path' } }),
});

const setVariableRoute = defineRoute({
  method: 'put',
  path: '/api/projects/{id}/variables/{name}',
  summary: 'Set or replace a variable of a project',
  role: 'admin',
  but: ' and a person',
  audit: 'project.variable.set',
  request: { params: variableParams, ...body(newVariableSchema) },
  responses: {
    200: json(projectVariableSchema, 'The variable, without the value of a secret.'),
    ...problems(400, 401, 404, 409, 413, 415, 503),
  },
});

const removeVariableRoute = defineRoute({
  method: 'delete',
  path: '/api/projects/{id}/variables/{name}',
  summary: 'Remove a variable of a project',
  role: 'admin',
  but: ' and a person',
  audit: 'project.variable.remove',
  request: { params: variableParams },
  responses: {
    200: json(projectVariablesSchema, 'The remaining variables.'),
    ...problems(400, 401, 404, 503),
  },
});

const variablesKeyRoute = defineRoute({
  ...reading(
    '/api/project-variables/key',
    "Show which keys of the projects' variables this machine has",
    'admin',
  ),
  responses: { 200: json(secretsKeySchema, 'The keys, and those that are missing.'), ...problems(401, 409) },
});

const rotateKeyRoute = defineRoute({
  method: 'post',
  path: '/api/project-variables/key',
  summary: 'Make a new key, and encrypt all variables of all projects with it',
  role: 'admin',
  but: ', and a person',
  audit: 'project.variable.rotate',
  responses: { 200: json(rotatedKeySchema, 'The new key.'), ...problems(401, 409, 413) },
});

const addProjectRoute = defineRoute({
  method: 'post',
  path: '/api/projects',
  summary: 'Add a repository as a project; adding it again succeeds',
  role: 'admin',
  audit: 'project.add',
  request: { ...body(newProjectSchema) },
  responses: {
    201: json(addedProjectSchema, 'The project; if this machine cannot reach the repository, also why.'),
    ...problems(400, 401, 404, 409, 413, 415, 503),
  },
});

const removeProjectRoute = defineRoute({
  method: 'delete',
  path: '/api/projects/{id}',
  summary: 'Remove a project whose work orders have all ended; its history stays',
  role: 'admin',
  audit: 'project.remove',
  request: { params: projectParams },
  responses: { 200: json(removedProjectSchema, 'What stays.'), ...problems(400, 401, 404, 409) },
});

const changeProjectRoute = defineRoute({
  method: 'patch',
  path: '/api/projects/{id}',
  summary: 'Change the base, limit, agent and checks of a project',
  role: 'admin',
  but: ', and a person to raise a limit or to trust the repository',
  audit: 'project.change',
  request: {
    params: projectParams,
    ...body(projectChangeSchema),
  },
  responses: {
    200: json(projectSchema, 'Effective from the next step of its work orders.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

const settingForms: ProjectSetting[] = projectSettingRows.flatMap(
  ([key, { kind, form, words = {}, unset = null, person }]) => {
    if (form === undefined) return [];
    const { card, label = null, help, buttons = null } = form;
    const choices = Object.entries(words).map(([value, each]) => ({ value, words: each }));
    return [{ key, kind, card, label, help, choices, unset, buttons, for_people: person !== undefined }];
  },
);

export function addProjects(api: Api): void {
  api.openapi(listProjectsRoute, async (c) => {
    return c.json({ items: await c.get('moose').projects.list() }, 200);
  });
  api.openapi(projectSettingsRoute, (c) => c.json({ items: settingForms }, 200));
  api.openapi(getProjectRoute, async (c) =>
    c.json(await c.get('moose').projects.one(c.req.valid('param').id), 200),
  );
  api.openapi(projectValuesRoute, async (c) =>
    c.json(await c.get('moose').projects.values(c.req.valid('param').id), 200),
  );
  api.openapi(projectBaselineRoute, async (c) =>
    c.json(await c.get('moose').projects.baseline(c.req.valid('param').id), 200),
  );
  api.openapi(listVariablesRoute, async (c) => {
    const items = await c.get('moose').projects.variables.list(c.req.valid('param').id);
    return c.json({ items }, 200);
  });
  addVariableChanges(api);
  api.openapi(addProjectRoute, async (c) => {
    const wish = c.req.valid('json');
    if (!isAbsolute(wish.repository) && !isRemoteAddress(wish.repository)) throw relative(wish.repository);
    const moose = c.get('moose');
    const detail = { ...wish, repository: shownAddress(wish.repository) };
    const entry = { subject: detail.repository, detail };
    return c.json(await c.get('audit').write(entry, () => moose.projects.add(wish)), 201);
  });
  api.openapi(removeProjectRoute, async (c) => {
    const moose = c.get('moose');
    const { id, name } = await moose.projects.one(c.req.valid('param').id);
    return c.json(await c.get('audit').write({ subject: name }, () => moose.projects.remove(id)), 200);
  });
  api.openapi(changeProjectRoute, async (c) => {
    const { id } = c.req.valid('param');
    const change = c.req.valid('json');
    const moose = c.get('moose');
    const { name } = await moose.projects.one(id);
    const entry = { subject: name, detail: change };
    const changed = await c.get('audit').write(entry, () => moose.projects.change(id, change));
    return c.json(changed, 200);
  });
}

function addVariableChanges(api: Api): void {
  api.openapi(variablesKeyRoute, async (c) => c.json(await c.get('moose').projects.variables.key(), 200));
  api.openapi(rotateKeyRoute, async (c) => {
    const rotate = () => c.get('moose').projects.variables.rotate();
    return c.json(await c.get('audit').write({ subject: 'all projects' }, rotate), 200);
  });
  api.openapi(setVariableRoute, async (c) => {
    const { id, name } = c.req.valid('param');
    const { value, is_secret, for: sessions } = c.req.valid('json');
    const { variables } = c.get('moose').projects;
    const { name: subject } = await c.get('moose').projects.one(id);
    // The audit log never contains the variable's value.
    const detail = { name, is_secret: is_secret ?? null, for: sessions ?? null };
    const given = {
      name,
      value,
      ...(is_secret === undefined ? {} : { is_secret }),
      ...(sessions === undefined ? {} : { for: sessions }),
    };
    return c.json(await c.get('audit').write({ subject, detail }, () => variables.set(id, given)), 200);
  });
  api.openapi(removeVariableRoute, async (c) => {
    const { id, name } = c.req.valid('param');
    const { variables } = c.get('moose').projects;
    const { name: subject } = await c.get('moose').projects.one(id);
    await c.get('audit').write({ subject, detail: { name } }, () => variables.remove(id, name));
    return c.json({ items: await variables.list(id) }, 200);
  });
}

/** A relative path would be relative to the folder in which Moose was started. */
function relative(path: string): PermanentError {
  return apiFailures.REPOSITORY_PATH_RELATIVE('add project', { path: shownAddress(path).slice(0, 200) });
}
