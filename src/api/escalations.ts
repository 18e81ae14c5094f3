// Questions to people, their answers, and standing answers.
import { z } from '@hono/zod-openapi';
import {
  answerPoliciesSchema,
  answerSchema,
  escalationMeasuresSchema,
  escalationPage,
  escalationsQuery,
  handOnSchema,
  type MeasuredEscalations,
  queryInteger,
  resolutionSchema,
} from '../contract/contract.ts';
import { raisesSystemLimit } from '../engine/questions/raise-limit-option.ts';
import type { ApiRole } from '../store/access/api-tokens.ts';
import { changeLimitsRoute } from './money.ts';
import type { Api } from './request/api.ts';
import { assertRole } from './request/caller.ts';
import { body, defineRoute, json, named, problems, reading } from './route-parts.ts';

const daysMax = 365;

const listRoute = defineRoute({
  ...reading('/api/escalations', 'List escalations, open ones first, then newest first'),
  request: { query: escalationsQuery },
  responses: { 200: json(escalationPage, 'A page of them.'), ...problems(400, 401) },
});

const oneRoute = defineRoute({
  ...reading(
    '/api/escalations/{id}',
    "Show one escalation with its cause, evidence and options, by its id or its work order's id",
  ),
  request: { params: named },
  responses: { 200: json(resolutionSchema, 'The escalation.'), ...problems(400, 401, 404, 409) },
});

const answerRoute = defineRoute({
  method: 'post',
  path: '/api/escalations/{id}/answer',
  summary: 'Choose an option and have it carried out; repeating the same answer succeeds',
  role: 'operator',
  but: ', or admin if it raises a limit of the whole system',
  audit: 'escalation.answer',
  request: { params: named, ...body(answerSchema) },
  responses: {
    202: json(resolutionSchema, 'The option is chosen and will be carried out.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

const handOnRoute = defineRoute({
  method: 'put',
  path: '/api/escalations/{id}/owner',
  summary: 'Assign an open escalation to another person; repeating it succeeds',
  role: 'operator',
  audit: 'escalation.hand_on',
  request: { params: named, ...body(handOnSchema) },
  responses: {
    200: json(resolutionSchema, 'The escalation with its new owner.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

const measuresRoute = defineRoute({
  ...reading('/api/escalation-measures', 'Compare the metrics of escalations with their goals'),
  request: { query: z.object({ days: queryInteger({ min: 1, max: daysMax, byDefault: 30 }) }) },
  responses: {
    200: json(escalationMeasuresSchema, 'Over the given number of days until now.'),
    ...problems(400, 401),
  },
});

const policiesRoute = defineRoute({
  ...reading('/api/answer-policies', 'List standing answers, newest first'),
  request: { query: z.object({ all: z.enum(['true', 'false']).default('false') }) },
  responses: {
    200: json(answerPoliciesSchema, 'With `all`, those that were revoked too.'),
    ...problems(400, 401),
  },
});

const revokePolicyRoute = defineRoute({
  method: 'delete',
  path: '/api/answer-policies/{id}',
  summary: 'Revoke a standing answer, so that its question is asked again; revoking it twice succeeds',
  role: 'operator',
  audit: 'answer_policy.revoke',
  request: { params: named },
  responses: { 204: { description: 'Revoked.' }, ...problems(400, 401, 404, 409, 413) },
});

export function addEscalations(api: Api): void {
  api.openapi(listRoute, async (c) => {
    const { status, limit, cursor, owner } = c.req.valid('query');
    const page = await c.get('moose').escalations.page({ all: status === 'all', limit, cursor, owner });
    return c.json(page, 200);
  });
  api.openapi(oneRoute, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').escalations.one(id), 200);
  });
  api.openapi(answerRoute, async (c) => {
    const { id } = c.req.valid('param');
    const { option, note, always } = c.req.valid('json');
    assertRole(c.get('caller'), roleToAnswer(option));
    const { escalations } = c.get('moose');
    const detail = { option, always, note: note ?? null };
    const answered = await c
      .get('audit')
      .write({ subject: id, detail }, () =>
        escalations.answerOnce(id, option, { always, ...(note === undefined ? {} : { note }) }),
      );
    return c.json(answered, 202);
  });
  api.openapi(handOnRoute, async (c) => {
    const { id } = c.req.valid('param');
    const { owner } = c.req.valid('json');
    const given = () => c.get('moose').escalations.handOn(id, owner);
    return c.json(await c.get('audit').write({ subject: id, detail: { owner } }, given), 200);
  });
  api.openapi(measuresRoute, async (c) => {
    const { days } = c.req.valid('query');
    return c.json(measuresOf(await c.get('moose').escalations.measures(days)), 200);
  });
  api.openapi(policiesRoute, async (c) => {
    const { all } = c.req.valid('query');
    return c.json({ items: await c.get('moose').escalations.policies({ all: all === 'true' }) }, 200);
  });
  api.openapi(revokePolicyRoute, async (c) => {
    const { id } = c.req.valid('param');
    await c.get('audit').write({ subject: id }, () => c.get('moose').escalations.revokePolicy(id));
    return c.body(null, 204);
  });
}

function measuresOf(found: MeasuredEscalations) {
  const withGoal = (name: 'escalation_rate' | 'mean_time_to_resolve_ms' | 'mean_time_to_detection_ms') => ({
    value: found[name],
    goal: found.goals[name],
  });
  return {
    ...found,
    escalation_rate: withGoal('escalation_rate'),
    mean_time_to_resolve_ms: withGoal('mean_time_to_resolve_ms'),
    mean_time_to_detection_ms: withGoal('mean_time_to_detection_ms'),
  };
}

/** An answer that raises a limit of the whole system needs the role that changing that limit needs. */
export function roleToAnswer(option: string): ApiRole {
  return raisesSystemLimit(option) ? changeLimitsRoute.role : answerRoute.role;
}
