// The routes of projects.
import { createRoute, z } from '@hono/zod-openapi';
import {
  addedProjectSchema,
  baselineSchema,
  newProjectSchema,
  newVariableSchema,
  projectChangeSchema,
  projectSchema,
  projectsSchema,
  projectValuesSchema,
  projectVariableSchema,
  projectVariablesSchema,
  removedProjectSchema,
  uuid,
} from '../../contract/contract.ts';
import { variableLimits, variableNamePattern } from '../../domain/project-variable.ts';
import { body, json, problems, reading, withToken } from './route-parts.ts';

export const listProjects = createRoute({
  ...reading('/api/projects', 'List projects, most recently used first'),
  responses: { 200: json(projectsSchema, 'All projects.'), ...problems(401) },
});

const projectParams = z.object({ id: uuid.openapi({ param: { name: 'id', in: 'path' } }) });

export const getProject = createRoute({
  ...reading('/api/projects/{id}', 'Show a project'),
  request: { params: projectParams },
  responses: { 200: json(projectSchema, 'The project.'), ...problems(400, 401, 404) },
});

export const projectValues = createRoute({
  ...reading(
    '/api/projects/{id}/values',
    'Show what applies to the next work order of a project, and where each value comes from',
  ),
  request: { params: projectParams },
  responses: { 200: json(projectValuesSchema, 'Each setting.'), ...problems(400, 401, 404) },
});

export const projectBaseline = createRoute({
  ...reading(
    '/api/projects/{id}/baseline',
    'Show the checks of a project on its newest base commit, without any change',
  ),
  request: { params: projectParams },
  responses: { 200: json(baselineSchema, 'Each check that has run there.'), ...problems(400, 401, 404) },
});

export const listVariables = createRoute({
  ...reading('/api/projects/{id}/variables', 'List the variables of a project; secrets are not shown'),
  request: { params: projectParams },
  responses: {
    200: json(projectVariablesSchema, 'The variables, sorted by name.'),
    ...problems(400, 401, 404, 503),
  },
});

const variableParams = z.object({
  id: uuid.openapi({ param: { name: 'id', in: 'path' } }),
  name: z
    .string()
    .max(variableLimits.nameCharsMax)
    .regex(variableNamePattern, 'Must be letters, digits and underscores')
    .openapi({ param: { name: 'name', in: 'path' } }),
});

export const setVariable = createRoute({
  method: 'put',
  path: '/api/projects/{id}/variables/{name}',
  summary: 'Set or replace a variable of a project; requires the role admin and a person',
  ...withToken,
  request: { params: variableParams, ...body(newVariableSchema) },
  responses: {
    200: json(projectVariableSchema, 'The variable, without the value of a secret.'),
    ...problems(400, 401, 404, 409, 413, 415, 503),
  },
});

export const removeVariable = createRoute({
  method: 'delete',
  path: '/api/projects/{id}/variables/{name}',
  summary: 'Remove a variable of a project; requires the role admin and a person',
  ...withToken,
  request: { params: variableParams },
  responses: {
    200: json(projectVariablesSchema, 'The remaining variables.'),
    ...problems(400, 401, 404, 503),
  },
});

export const addProject = createRoute({
  method: 'post',
  path: '/api/projects',
  summary: 'Add a repository as a project; adding it again succeeds; requires the role admin',
  ...withToken,
  request: { ...body(newProjectSchema) },
  responses: {
    201: json(addedProjectSchema, 'The project; if this machine cannot reach the repository, also why.'),
    ...problems(400, 401, 404, 409, 413, 415, 503),
  },
});

export const removeProject = createRoute({
  method: 'delete',
  path: '/api/projects/{id}',
  summary: 'Remove a project whose work orders have all ended; its history stays; requires the role admin',
  ...withToken,
  request: { params: projectParams },
  responses: { 200: json(removedProjectSchema, 'What stays.'), ...problems(400, 401, 404, 409) },
});

export const changeProject = createRoute({
  method: 'patch',
  path: '/api/projects/{id}',
  summary:
    'Change the base, limit, agent and checks of a project; requires the role admin, and a person to raise a limit or to trust the repository',
  ...withToken,
  request: {
    params: projectParams,
    ...body(projectChangeSchema),
  },
  responses: {
    200: json(projectSchema, 'Effective from the next step of its work orders.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});
