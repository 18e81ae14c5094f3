// Specs: cost estimates, uploads, and the stored ones.
import { createRoute, z } from '@hono/zod-openapi';
import {
  askPlanSchema,
  editPlanSchema,
  estimateSchema,
  pageQuery,
  planChangesSchema,
  planningSchema,
  planningStateSchema,
  planVersionsSchema,
  specContractsSchema,
  specDecisionsSchema,
  specDetailSchema,
  specPage,
  specPlanSchema,
  specSchema,
  specUploadSchema,
} from '../../contract/contract.ts';
import { body, idempotencyKey, json, named, problems, withToken } from './route-parts.ts';

const planQuery = z.object({
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'Must be a whole number from 1')
    .optional(),
});

export const estimateSpec = createRoute({
  method: 'post',
  path: '/api/specs/estimate',
  summary: 'Estimate what a spec would cost, without storing it; requires the role operator',
  ...withToken,
  request: body(specUploadSchema),
  responses: {
    200: json(estimateSchema, 'The estimate, with what it is based on.'),
    ...problems(400, 401, 404, 413, 415),
  },
});

export const uploadSpec = createRoute({
  method: 'post',
  path: '/api/specs',
  summary: 'Store a spec; requires the role operator, and an Idempotency-Key if it may be sent twice',
  ...withToken,
  request: {
    ...body(specUploadSchema),
    headers: idempotencyKey,
  },
  responses: { 201: json(specSchema, 'The spec is stored.'), ...problems(400, 401, 404, 409, 413, 415) },
});

export const specs = createRoute({
  method: 'get',
  path: '/api/specs',
  summary: 'List specs, newest first',
  ...withToken,
  request: { query: pageQuery },
  responses: { 200: json(specPage, 'A page of specs.'), ...problems(400, 401) },
});

export const spec = createRoute({
  method: 'get',
  path: '/api/specs/{id}',
  summary: 'Show one spec with its text',
  ...withToken,
  request: { params: named },
  responses: { 200: json(specDetailSchema, 'The spec as it was sent.'), ...problems(400, 401, 404, 409) },
});

export const askPlan = createRoute({
  method: 'post',
  path: '/api/specs/{id}/plan',
  summary:
    'Have the Architect plan a spec; a spec that has a plan is planned again only if the request says so; requires the role operator, and an Idempotency-Key if it may be sent twice',
  ...withToken,
  request: { params: named, ...body(askPlanSchema), headers: idempotencyKey },
  responses: { 202: json(planningSchema, 'The request.'), ...problems(400, 401, 403, 404, 409, 415) },
});

export const specPlanning = createRoute({
  method: 'get',
  path: '/api/specs/{id}/planning',
  summary: 'Show the progress of the newest request to plan a spec',
  ...withToken,
  request: { params: named },
  responses: {
    200: json(planningStateSchema, 'The request; null if nobody has asked for a plan.'),
    ...problems(400, 401, 404, 409),
  },
});

export const cancelPlanning = createRoute({
  method: 'delete',
  path: '/api/specs/{id}/planning',
  summary: 'Stop planning a spec; requires the role operator',
  ...withToken,
  request: { params: named },
  responses: { 200: json(planningStateSchema, 'The stopped request.'), ...problems(400, 401, 403, 404, 409) },
});

export const specPlan = createRoute({
  method: 'get',
  path: '/api/specs/{id}/plan',
  summary: "Show the newest version of a spec's plan, or the named version",
  ...withToken,
  request: { params: named, query: planQuery },
  responses: { 200: json(specPlanSchema, 'The plan.'), ...problems(400, 401, 404, 409) },
});

export const planVersions = createRoute({
  method: 'get',
  path: '/api/specs/{id}/plans',
  summary: 'List the versions of the plan of a spec, oldest first',
  ...withToken,
  request: { params: named },
  responses: {
    200: json(planVersionsSchema, 'The versions, without their contents.'),
    ...problems(400, 401, 404, 409),
  },
});

export const planChanges = createRoute({
  method: 'get',
  path: '/api/specs/{id}/plan/changes',
  summary:
    'Show what a version of a plan changed compared with the previous one, and why that one was refused',
  ...withToken,
  request: { params: named, query: planQuery },
  responses: {
    200: json(planChangesSchema, 'Both versions, and what changed.'),
    ...problems(400, 401, 404, 409),
  },
});

export const specContracts = createRoute({
  method: 'get',
  path: '/api/specs/{id}/contracts',
  summary: 'List the contracts of the plan of a spec, with the results of their checks',
  ...withToken,
  request: { params: named },
  responses: {
    200: json(specContractsSchema, 'The contracts of the approved plan, or of the newest version.'),
    ...problems(400, 401, 404, 409),
  },
});

export const editPlan = createRoute({
  method: 'put',
  path: '/api/specs/{id}/plan',
  summary: 'Store an edited plan as the next version of the plan, if it is valid; requires the role operator',
  ...withToken,
  request: { params: named, ...body(editPlanSchema) },
  responses: {
    200: json(specPlanSchema, 'The new version.'),
    ...problems(400, 401, 403, 404, 409, 413, 415, 422),
  },
});

export const specDecisions = createRoute({
  method: 'get',
  path: '/api/specs/{id}/decisions',
  summary: 'List the decisions about the plans of a spec, with reasons, newest first',
  ...withToken,
  request: { params: named },
  responses: {
    200: json(specDecisionsSchema, 'The decisions, with their reasons.'),
    ...problems(400, 401, 404, 409),
  },
});
