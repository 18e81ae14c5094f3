// Work orders as they are read: lists, the board, one in full with its events, its change and its output.
import { createRoute, z } from '@hono/zod-openapi';
import {
  boardQuery,
  boardSchema,
  diffSchema,
  eventPage,
  outputQuery,
  outputSchema,
  pageQuery,
  projectChangeSchema,
  projectSchema,
  projectsSchema,
  searchQuery,
  searchSchema,
  sessionPage,
  sessionsQuery,
  uuid,
  workOrderDetailSchema,
  workOrderPage,
  workOrdersQuery,
} from '../../contract/contract.ts';
import { body, json, named, problems, withToken } from './route-parts.ts';

const reading = <Path extends string>(path: Path, summary: string) => ({
  method: 'get' as const,
  path,
  summary,
  ...withToken,
});

export const listWorkOrders = createRoute({
  ...reading('/api/work-orders', 'Work orders by what they are, in pages'),
  request: { query: workOrdersQuery },
  responses: {
    200: json(workOrderPage, 'A page of them, the newest or dearest first.'),
    ...problems(400, 401),
  },
});

export const board = createRoute({
  ...reading(
    '/api/board',
    'Work orders by where they stand: the newest of each lane, and how many there are',
  ),
  request: { query: boardQuery },
  responses: { 200: json(boardSchema, 'All lanes.'), ...problems(400, 401) },
});

export const oneWorkOrder = createRoute({
  ...reading('/api/work-orders/{id}', 'All there is to know about one work order'),
  request: { params: named },
  responses: { 200: json(workOrderDetailSchema, 'As it stands.'), ...problems(400, 401, 404, 409) },
});

export const workOrderEvents = createRoute({
  ...reading('/api/work-orders/{id}/events', 'What happened to it, oldest first'),
  request: { params: named, query: pageQuery },
  responses: { 200: json(eventPage, 'A page of events.'), ...problems(400, 401, 404, 409) },
});

export const workOrderDiff = createRoute({
  ...reading('/api/work-orders/{id}/diff', 'Its change as a patch'),
  request: { params: named },
  responses: { 200: json(diffSchema, 'The patch, cut after a megabyte.'), ...problems(400, 401, 404, 409) },
});

export const listSessions = createRoute({
  ...reading('/api/sessions', 'Processes of agents and checks, newest first'),
  request: { query: sessionsQuery },
  responses: { 200: json(sessionPage, 'A page of them.'), ...problems(400, 401) },
});

export const sessionOutput = createRoute({
  ...reading('/api/sessions/{id}/output', 'What a process has written, from an offset on'),
  request: {
    params: z.object({ id: uuid.openapi({ param: { name: 'id', in: 'path' } }) }),
    query: outputQuery,
  },
  responses: {
    200: json(outputSchema, 'At most 64 KiB of it, without secrets.'),
    ...problems(400, 401, 404, 409),
  },
});

export const listProjects = createRoute({
  ...reading('/api/projects', 'Projects, the one that was used last first'),
  responses: { 200: json(projectsSchema, 'All of them.'), ...problems(401) },
});

export const changeProject = createRoute({
  method: 'patch',
  path: '/api/projects/{id}',
  summary:
    'Change what is set for a project: its limit, agent and checks; needs the role admin, and a person where a limit is raised',
  ...withToken,
  request: {
    params: z.object({ id: uuid.openapi({ param: { name: 'id', in: 'path' } }) }),
    ...body(projectChangeSchema),
  },
  responses: {
    200: json(projectSchema, 'It holds from the next step of its work orders on.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const search = createRoute({
  ...reading('/api/search', 'A text in titles, names, codes and ids'),
  request: { query: searchQuery },
  responses: { 200: json(searchSchema, 'At most eight of each kind.'), ...problems(400, 401) },
});
