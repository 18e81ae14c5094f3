// Work orders: lists, the board, and one in full with its events, its change and its output.
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
  uuid,
  workOrderDetailSchema,
  workOrderPage,
  workOrderRecordSchema,
  workOrdersQuery,
} from '../contract/contract.ts';
import { failureClasses } from '../domain/failure.ts';
import { statuses, steps } from '../domain/transitions.ts';
import { apiFailures } from './failure-catalogue.ts';
import type { Api } from './request/api.ts';
import { defineRoute, json, named, problems, reading } from './route-parts.ts';

const listWorkOrdersRoute = defineRoute({
  ...reading('/api/work-orders', 'List work orders by filter, in pages'),
  request: { query: workOrdersQuery },
  responses: {
    200: json(workOrderPage, 'A page of work orders, newest or most expensive first.'),
    ...problems(400, 401),
  },
});

const boardRoute = defineRoute({
  ...reading(
    '/api/board',
    'List the newest work orders of each lane of the board, and how many each lane has',
  ),
  request: { query: boardQuery },
  responses: { 200: json(boardSchema, 'All lanes.'), ...problems(400, 401) },
});

const oneWorkOrderRoute = defineRoute({
  ...reading('/api/work-orders/{id}', 'Show one work order in full'),
  request: { params: named },
  responses: { 200: json(workOrderDetailSchema, 'The work order.'), ...problems(400, 401, 404, 409) },
});

const workOrderRecordRoute = defineRoute({
  ...reading(
    '/api/work-orders/{id}/record',
    'Show everything about a work order: the results of its steps, and all sessions, costs, decisions and errors, oldest first',
  ),
  request: { params: named },
  responses: { 200: json(workOrderRecordSchema, 'The whole record.'), ...problems(400, 401, 404, 409) },
});

const workOrderEventsRoute = defineRoute({
  ...reading('/api/work-orders/{id}/events', 'List the events of a work order, oldest first'),
  request: { params: named, query: pageQuery },
  responses: { 200: json(eventPage, 'A page of events.'), ...problems(400, 401, 404, 409) },
});

const workOrderPostmortemRoute = defineRoute({
  ...reading('/api/work-orders/{id}/postmortem', 'Show why a work order failed, was parked or undone'),
  request: { params: named },
  responses: {
    200: json(postmortemSchema, 'The post-mortem, also as Markdown.'),
    ...problems(400, 401, 404, 409),
  },
});

const workOrderSessionsRoute = defineRoute({
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

const workOrderDiffRoute = defineRoute({
  ...reading('/api/work-orders/{id}/diff', 'Get the change of a work order as a patch'),
  request: { params: named, query: diffQuery },
  responses: {
    200: json(diffSchema, 'The patch, cut off after one megabyte unless all of it is asked for.'),
    ...problems(400, 401, 404, 409),
  },
});

const listSessionsRoute = defineRoute({
  ...reading('/api/sessions', 'List sessions (processes of agents and checks), newest first'),
  request: { query: sessionsQuery },
  responses: { 200: json(sessionPage, 'A page of sessions.'), ...problems(400, 401) },
});

const sessionOutputRoute = defineRoute({
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

const searchRoute = defineRoute({
  ...reading('/api/search', 'Search titles, names, codes and ids'),
  request: { query: searchQuery },
  responses: { 200: json(searchSchema, 'At most eight of each kind.'), ...problems(400, 401) },
});

export function addWorkOrders(api: Api): void {
  api.openapi(listWorkOrdersRoute, async (c) => {
    const { sort, cursor, limit, ...words } = c.req.valid('query');
    const page = await c.get('moose').workOrders.page({ sort, cursor, limit, ...filterOf(words) });
    return c.json(page, 200);
  });
  api.openapi(boardRoute, async (c) => {
    const { project, q } = c.req.valid('query');
    return c.json(await c.get('moose').workOrders.board(filterOf({ project, q })), 200);
  });
  api.openapi(oneWorkOrderRoute, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').workOrders.detail(id), 200);
  });
  api.openapi(workOrderRecordRoute, async (c) =>
    c.json(await c.get('moose').show(c.req.valid('param').id), 200),
  );
  api.openapi(workOrderEventsRoute, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').workOrders.events(id, c.req.valid('query')), 200);
  });
  api.openapi(workOrderPostmortemRoute, async (c) =>
    c.json(await c.get('moose').postmortem(c.req.valid('param').id), 200),
  );
  api.openapi(workOrderSessionsRoute, async (c) => {
    const { id } = c.req.valid('param');
    return c.json({ items: await c.get('moose').workOrders.sessionsOf(id) }, 200);
  });
  api.openapi(workOrderDiffRoute, async (c) => {
    const { id } = c.req.valid('param');
    const { whole } = c.req.valid('query');
    return c.json(await c.get('moose').workOrders.diff(id, { isWhole: whole === 'true' }), 200);
  });
  addBesides(api);
}

function addBesides(api: Api): void {
  api.openapi(listSessionsRoute, async (c) => {
    const { state, ...asked } = c.req.valid('query');
    const page = await c.get('moose').workOrders.sessions({ ...asked, isRunning: state === 'running' });
    return c.json(page, 200);
  });
  api.openapi(sessionOutputRoute, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').workOrders.output(id, c.req.valid('query')), 200);
  });
  api.openapi(searchRoute, async (c) => {
    const { q } = c.req.valid('query');
    return c.json({ items: await c.get('moose').workOrders.search(q) }, 200);
  });
}

type Words = Partial<Omit<z.output<typeof workOrdersQuery>, 'sort' | 'cursor' | 'limit'>>;

function filterOf({ status, failure_class, step, project, needs_you, q }: Words) {
  return {
    ...(status ? { statuses: listOf('status', status, statuses) } : {}),
    ...(failure_class ? { failureClasses: listOf('failure_class', failure_class, failureClasses) } : {}),
    ...(step ? { steps: listOf('step', step, steps) } : {}),
    ...(project ? { project } : {}),
    ...(needs_you === undefined ? {} : { needsYou: needs_you === 'true' }),
    ...(q ? { text: q.trim() } : {}),
  };
}

/** Several words, separated by commas. @throws PermanentError `REQUEST_INVALID` for a word outside `known` */
function listOf<Word extends string>(name: string, given: string, known: readonly Word[]): Word[] {
  const words = given
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
  const unknown = words.find((word) => !known.includes(word as Word));
  if (unknown === undefined) return words as Word[];
  const message = `"${unknown}" is not one of ${known.join(', ')}`;
  throw apiFailures.REQUEST_INVALID_FIELD(
    { operation: 'read', metadata: { issues: [{ path: name, message }] } },
    { name, message },
  );
}
