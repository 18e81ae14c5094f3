// The routes of projects.
import { createRoute, z } from '@hono/zod-openapi';
import {
  addedProjectSchema,
  newProjectSchema,
  projectChangeSchema,
  projectSchema,
  projectsSchema,
  removedProjectSchema,
  uuid,
} from '../../contract/contract.ts';
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

export const addProject = createRoute({
  method: 'post',
  path: '/api/projects',
  summary: 'Add a repository as a project; adding it again is success; requires the role admin',
  ...withToken,
  request: { ...body(newProjectSchema) },
  responses: {
    201: json(addedProjectSchema, 'The project, and why this machine cannot reach it if it cannot.'),
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
    'Change the base, limit, agent and checks of a project; requires the role admin, and a person to raise a limit',
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
