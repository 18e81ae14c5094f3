// Operations on projects and their variables.
import { z } from '@hono/zod-openapi';
import { variableLimits, variableNamePattern } from '../../domain/machine/project-variable.ts';
import {
  addedProjectSchema,
  baselineSchema,
  name,
  newProjectSchema,
  newVariableSchema,
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
} from '../contract.ts';
import { body, changing, defineOperation, json, problems, reading } from './operation.ts';

export const listProjects = defineOperation({
  ...reading('/api/projects', 'List projects, most recently used first'),
  responses: { 200: json(projectsSchema, 'All projects.'), ...problems(401) },
});

export const listProjectSettings = defineOperation({
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

export const showProject = defineOperation({
  ...reading('/api/projects/{id}', 'Show a project'),
  request: { params: projectParams },
  responses: { 200: json(projectSchema, 'The project.'), ...problems(400, 401, 404) },
});

export const showProjectValues = defineOperation({
  ...reading(
    '/api/projects/{id}/values',
    'Show what applies to the next work order of a project, and where each value comes from',
  ),
  request: { params: projectParams },
  responses: { 200: json(projectValuesSchema, 'Each setting.'), ...problems(400, 401, 404) },
});

export const showProjectBaseline = defineOperation({
  ...reading(
    '/api/projects/{id}/baseline',
    'Show the checks of a project on its newest base commit, without any change',
  ),
  request: { params: projectParams },
  responses: { 200: json(baselineSchema, 'Each check that has run there.'), ...problems(400, 401, 404) },
});

export const listProjectVariables = defineOperation({
  ...reading('/api/projects/{id}/variables', 'List the variables of a project; secrets are not shown'),
  // Only a person sees the values of variables that are not secret.
  isForPeople: true,
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

export const setProjectVariable = defineOperation({
  ...changing('project.variable.set', 'put', '/api/projects/{id}/variables/{name}', 'admin'),
  summary: 'Set or replace a variable of a project',
  but: ' and a person',
  request: { params: variableParams, ...body(newVariableSchema) },
  responses: {
    200: json(projectVariableSchema, 'The variable, without the value of a secret.'),
    ...problems(400, 401, 404, 409, 413, 415, 503),
  },
});

export const removeProjectVariable = defineOperation({
  ...changing('project.variable.remove', 'delete', '/api/projects/{id}/variables/{name}', 'admin'),
  summary: 'Remove a variable of a project',
  but: ' and a person',
  request: { params: variableParams },
  responses: {
    200: json(projectVariablesSchema, 'The remaining variables.'),
    ...problems(400, 401, 404, 503),
  },
});

export const showVariablesKey = defineOperation({
  ...reading(
    '/api/project-variables/key',
    "Show which keys of the projects' variables this machine has",
    'admin',
  ),
  responses: { 200: json(secretsKeySchema, 'The keys, and those that are missing.'), ...problems(401, 409) },
});

export const rotateVariablesKey = defineOperation({
  ...changing('project.variable.rotate', 'post', '/api/project-variables/key', 'admin'),
  summary: 'Make a new key, and encrypt all variables of all projects with it',
  but: ', and a person',
  responses: { 200: json(rotatedKeySchema, 'The new key.'), ...problems(401, 409, 413) },
});

export const createProject = defineOperation({
  ...changing('project.add', 'post', '/api/projects', 'admin'),
  summary: 'Add a repository as a project; adding it again succeeds',
  request: { ...body(newProjectSchema) },
  responses: {
    201: json(addedProjectSchema, 'The project; if this machine cannot reach the repository, also why.'),
    ...problems(400, 401, 404, 409, 413, 415, 503),
  },
});

export const removeProject = defineOperation({
  ...changing('project.remove', 'delete', '/api/projects/{id}', 'admin'),
  summary: 'Remove a project whose work orders have all ended; its history stays',
  request: { params: projectParams },
  responses: { 200: json(removedProjectSchema, 'What stays.'), ...problems(400, 401, 404, 409) },
});

export const changeProject = defineOperation({
  ...changing('project.change', 'patch', '/api/projects/{id}', 'admin'),
  summary: 'Change the base, limit, agent and checks of a project',
  but: ', and a person to raise a limit or to trust the repository',
  request: { params: projectParams, ...body(projectChangeSchema) },
  responses: {
    200: json(projectSchema, 'Effective from the next step of its work orders.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});
