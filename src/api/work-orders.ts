// Work orders: lists, the board, and one in full with its events, its change and its output.
import type { z } from '@hono/zod-openapi';
import type { workOrdersQuery } from '../contract/contract.ts';
import {
  getDiff,
  listSessions,
  listWorkOrderEvents,
  listWorkOrderSessions,
  listWorkOrders,
  readSessionOutput,
  readSessionTranscript,
  searchAll,
  showBoard,
  showPostmortem,
  showWorkOrder,
  showWorkOrderRecord,
} from '../contract/operations/work-orders.ts';
import { failureClasses } from '../domain/failure.ts';
import { statuses, steps } from '../domain/transitions.ts';
import { apiFailures } from './failure-catalogue.ts';
import type { Api } from './request/api.ts';

export function addWorkOrders(api: Api): void {
  api.openapi(listWorkOrders, async (c) => {
    const { sort, cursor, limit, ...words } = c.req.valid('query');
    const page = await c.get('moose').workOrders.page({ sort, cursor, limit, ...filterOf(words) });
    return c.json(page, 200);
  });
  api.openapi(showBoard, async (c) => {
    const { project, q } = c.req.valid('query');
    return c.json(await c.get('moose').workOrders.board(filterOf({ project, q })), 200);
  });
  api.openapi(showWorkOrder, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').workOrders.detail(id), 200);
  });
  api.openapi(showWorkOrderRecord, async (c) =>
    c.json(await c.get('moose').show(c.req.valid('param').id), 200),
  );
  api.openapi(listWorkOrderEvents, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').workOrders.events(id, c.req.valid('query')), 200);
  });
  api.openapi(showPostmortem, async (c) =>
    c.json(await c.get('moose').postmortem(c.req.valid('param').id), 200),
  );
  api.openapi(listWorkOrderSessions, async (c) => {
    const { id } = c.req.valid('param');
    return c.json({ items: await c.get('moose').workOrders.sessionsOf(id) }, 200);
  });
  api.openapi(getDiff, async (c) => {
    const { id } = c.req.valid('param');
    const { whole } = c.req.valid('query');
    return c.json(await c.get('moose').workOrders.diff(id, { isWhole: whole === 'true' }), 200);
  });
  addBesides(api);
}

function addBesides(api: Api): void {
  api.openapi(listSessions, async (c) => {
    const { state, ...asked } = c.req.valid('query');
    const page = await c.get('moose').workOrders.sessions({ ...asked, isRunning: state === 'running' });
    return c.json(page, 200);
  });
  api.openapi(readSessionOutput, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').workOrders.output(id, c.req.valid('query')), 200);
  });
  api.openapi(readSessionTranscript, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').workOrders.transcript(id, c.req.valid('query')), 200);
  });
  api.openapi(searchAll, async (c) => {
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
