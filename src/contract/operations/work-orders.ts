// Operations that read work orders.
import { z } from '@hono/zod-openapi';
import {
  boardQuery,
  boardSchema,
  diffQuery,
  diffSchema,
  eventPage,
  outputQuery,
  outputSchema,
  pageQuery,
  postmortemSchema,
  searchQuery,
  searchSchema,
  sessionPage,
  sessionsOfWorkOrderSchema,
  sessionsQuery,
  transcriptQuery,
  transcriptSchema,
  uuid,
  workOrderDetailSchema,
  workOrderPage,
  workOrderRecordSchema,
  workOrdersQuery,
} from '../contract.ts';
import { defineOperation, json, named, problems, reading } from './operation.ts';

export const listWorkOrders = defineOperation({
  ...reading('/api/work-orders', 'List work orders by filter, in pages'),
  request: { query: workOrdersQuery },
  responses: {
    200: json(workOrderPage, 'A page of work orders, newest or most expensive first.'),
    ...problems(400, 401),
  },
});

export const showBoard = defineOperation({
  ...reading(
    '/api/board',
    'List the newest work orders of each lane of the board, and how many each lane has',
  ),
  request: { query: boardQuery },
  responses: { 200: json(boardSchema, 'All lanes.'), ...problems(400, 401) },
});

export const showWorkOrder = defineOperation({
  ...reading('/api/work-orders/{id}', 'Show one work order in full'),
  request: { params: named },
  responses: { 200: json(workOrderDetailSchema, 'The work order.'), ...problems(400, 401, 404, 409) },
});

export const showWorkOrderRecord = defineOperation({
  ...reading(
    '/api/work-orders/{id}/record',
    'Show everything about a work order: the results of its steps, and all sessions, costs, decisions and errors, oldest first',
  ),
  request: { params: named },
  responses: { 200: json(workOrderRecordSchema, 'The whole record.'), ...problems(400, 401, 404, 409) },
});

export const listWorkOrderEvents = defineOperation({
  ...reading('/api/work-orders/{id}/events', 'List the events of a work order, oldest first'),
  request: { params: named, query: pageQuery },
  responses: { 200: json(eventPage, 'A page of events.'), ...problems(400, 401, 404, 409) },
});

export const showPostmortem = defineOperation({
  ...reading('/api/work-orders/{id}/postmortem', 'Show why a work order failed, was parked or undone'),
  request: { params: named },
  responses: {
    200: json(postmortemSchema, 'The post-mortem, also as Markdown.'),
    ...problems(400, 401, 404, 409),
  },
});

export const listWorkOrderSessions = defineOperation({
  ...reading(
    '/api/work-orders/{id}/sessions',
    'List all sessions of a work order (processes of agents and checks), oldest first',
  ),
  request: { params: named },
  responses: {
    200: json(sessionsOfWorkOrderSchema, 'The sessions of all its runs.'),
    ...problems(400, 401, 404, 409),
  },
});

export const getDiff = defineOperation({
  ...reading('/api/work-orders/{id}/diff', 'Get the change of a work order as a patch'),
  request: { params: named, query: diffQuery },
  responses: {
    200: json(diffSchema, 'The patch, cut off after one megabyte unless all of it is asked for.'),
    ...problems(400, 401, 404, 409),
  },
});

export const listSessions = defineOperation({
  ...reading('/api/sessions', 'List sessions (processes of agents and checks), newest first'),
  request: { query: sessionsQuery },
  responses: { 200: json(sessionPage, 'A page of sessions.'), ...problems(400, 401) },
});

export const readSessionOutput = defineOperation({
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

export const readSessionTranscript = defineOperation({
  ...reading(
    '/api/sessions/{id}/transcript',
    'Read what the agent of a session said and did, starting at an offset',
  ),
  request: {
    params: z.object({ id: uuid.openapi({ param: { name: 'id', in: 'path' } }) }),
    query: transcriptQuery,
  },
  responses: {
    200: json(transcriptSchema, 'What about one megabyte of its output says, without secrets.'),
    ...problems(400, 401, 404, 409),
  },
});

export const searchAll = defineOperation({
  ...reading('/api/search', 'Search titles, names, codes and ids'),
  request: { query: searchQuery },
  responses: { 200: json(searchSchema, 'At most eight of each kind.'), ...problems(400, 401) },
});
