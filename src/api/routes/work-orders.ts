// Reading work orders: lists, the board, one in full with its events, its change and its output.
import { createRoute, z } from '@hono/zod-openapi';
import {
  boardQuery,
  boardSchema,
  diffSchema,
  eventPage,
  outputQuery,
  outputSchema,
  pageQuery,
  postmortemSchema,
  searchQuery,
  searchSchema,
  sessionPage,
  sessionsQuery,
  uuid,
  workOrderDetailSchema,
  workOrderPage,
  workOrdersQuery,
} from '../../contract/contract.ts';
import { json, named, problems, reading } from './route-parts.ts';

export const listWorkOrders = createRoute({
  ...reading('/api/work-orders', 'List work orders by filter, in pages'),
  request: { query: workOrdersQuery },
  responses: {
    200: json(workOrderPage, 'A page of work orders, newest or most expensive first.'),
    ...problems(400, 401),
  },
});

export const board = createRoute({
  ...reading(
    '/api/board',
    'List the newest work orders of each lane of the board, and how many each lane has',
  ),
  request: { query: boardQuery },
  responses: { 200: json(boardSchema, 'All lanes.'), ...problems(400, 401) },
});

export const oneWorkOrder = createRoute({
  ...reading('/api/work-orders/{id}', 'Show one work order in full'),
  request: { params: named },
  responses: { 200: json(workOrderDetailSchema, 'The work order.'), ...problems(400, 401, 404, 409) },
});

export const workOrderEvents = createRoute({
  ...reading('/api/work-orders/{id}/events', 'List the events of a work order, oldest first'),
  request: { params: named, query: pageQuery },
  responses: { 200: json(eventPage, 'A page of events.'), ...problems(400, 401, 404, 409) },
});

export const workOrderPostmortem = createRoute({
  ...reading('/api/work-orders/{id}/postmortem', 'Show why a work order failed, was parked or undone'),
  request: { params: named },
  responses: {
    200: json(postmortemSchema, 'The post-mortem, also as Markdown.'),
    ...problems(400, 401, 404, 409),
  },
});

export const workOrderDiff = createRoute({
  ...reading('/api/work-orders/{id}/diff', 'Get the change of a work order as a patch'),
  request: { params: named },
  responses: {
    200: json(diffSchema, 'The patch, cut off after one megabyte.'),
    ...problems(400, 401, 404, 409),
  },
});

export const listSessions = createRoute({
  ...reading('/api/sessions', 'List sessions (processes of agents and checks), newest first'),
  request: { query: sessionsQuery },
  responses: { 200: json(sessionPage, 'A page of sessions.'), ...problems(400, 401) },
});

export const sessionOutput = createRoute({
  ...reading('/api/sessions/{id}/output', 'Read the output of a session, starting at an offset'),
  request: {
    params: z.object({ id: uuid.openapi({ param: { name: 'id', in: 'path' } }) }),
    query: outputQuery,
  },
  responses: {
    200: json(outputSchema, 'At most 64 KiB of output, without secrets.'),
    ...problems(400, 401, 404, 409),
  },
});

export const search = createRoute({
  ...reading('/api/search', 'Search titles, names, codes and ids'),
  request: { query: searchQuery },
  responses: { 200: json(searchSchema, 'At most eight of each kind.'), ...problems(400, 401) },
});
