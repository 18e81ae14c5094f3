// Work orders: lists, the board, one in full, with its events, its change and its output.

import type { z } from '@hono/zod-openapi';
import type { workOrdersQuery } from '../contract/contract.ts';
import { failureClasses, PermanentError } from '../domain/failure.ts';
import { nanoUsdPerUsd } from '../domain/money.ts';
import { statuses, steps } from '../domain/transitions.ts';
import { audited } from '../engine/access/audited.ts';
import { parseGivenCheck } from '../engine/pipeline/checks/given-check.ts';
import type { Api, ApiDeps } from './app.ts';
import * as routes from './routes/work-orders.ts';

export function addWorkOrders(api: Api, deps: ApiDeps): void {
  addProjects(api, deps);
  api.openapi(routes.listWorkOrders, async (c) => {
    const { sort, cursor, limit, ...words } = c.req.valid('query');
    const page = await c.get('moose').workOrders.page({ sort, cursor, limit, ...filterOf(words) });
    return c.json(page, 200);
  });
  api.openapi(routes.board, async (c) => {
    const { project, q } = c.req.valid('query');
    return c.json(await c.get('moose').workOrders.board(filterOf({ project, q })), 200);
  });
  api.openapi(routes.oneWorkOrder, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').workOrders.detail(id), 200);
  });
  api.openapi(routes.workOrderEvents, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').workOrders.events(id, c.req.valid('query')), 200);
  });
  api.openapi(routes.workOrderDiff, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').workOrders.diff(id), 200);
  });
  addBesides(api);
}

function addBesides(api: Api): void {
  api.openapi(routes.listSessions, async (c) => {
    const { state, ...asked } = c.req.valid('query');
    const page = await c.get('moose').workOrders.sessions({ ...asked, isRunning: state === 'running' });
    return c.json(page, 200);
  });
  api.openapi(routes.sessionOutput, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').workOrders.output(id, c.req.valid('query')), 200);
  });
  api.openapi(routes.search, async (c) => {
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

/** Several, separated by commas. @throws PermanentError `REQUEST_INVALID` for a word outside `known` */
function listOf<Word extends string>(name: string, given: string, known: readonly Word[]): Word[] {
  const words = given
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
  const unknown = words.find((word) => !known.includes(word as Word));
  if (unknown === undefined) return words as Word[];
  const message = `"${unknown}" is not one of ${known.join(', ')}`;
  throw new PermanentError({
    code: 'REQUEST_INVALID',
    component: 'api',
    operation: 'read',
    message: `The request is invalid: ${name}: ${message}.`,
    advice: 'See `/api/openapi.json` for what it accepts.',
    metadata: { issues: [{ path: name, message }] },
  });
}

function addProjects(api: Api, { database }: ApiDeps): void {
  api.openapi(routes.listProjects, async (c) => {
    return c.json({ items: await c.get('moose').projects.list() }, 200);
  });
  api.openapi(routes.changeProject, async (c) => {
    const { id } = c.req.valid('param');
    const { limit_usd: usd, agent, model, checks, ...given } = c.req.valid('json');
    const moose = c.get('moose');
    const change = {
      ...{ agent, model, allowCiChanges: given.allow_ci_changes },
      ...{ workOrderLimitUsd: given.work_order_limit_usd, timeLimitMs: given.time_limit_ms },
      checks:
        checks === null ? null : checks?.map(({ kind, command }) => parseGivenCheck(`${kind}=${command}`)),
      limitNanoUsd: typeof usd === 'number' ? BigInt(Math.round(usd * Number(nanoUsdPerUsd))) : usd,
    };
    const { name } = await moose.projects.one(id);
    const detail = { ...c.req.valid('json') };
    const entry = { by: c.get('caller').actor, act: 'project.change', subject: name, detail };
    const changed = await audited(database, entry, c.get('signal'), () => moose.projects.change(id, change));
    return c.json(changed, 200);
  });
}
