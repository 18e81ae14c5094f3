// Operations on specs and their plans.
import { z } from '@hono/zod-openapi';
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
} from '../contract.ts';
import {
  body,
  changing,
  defineOperation,
  idempotencyKey,
  json,
  named,
  problems,
  reading,
} from './operation.ts';

const planQuery = z.object({
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'Must be a whole number from 1')
    .optional(),
});

export const estimateSpec = defineOperation({
  method: 'post',
  path: '/api/specs/estimate',
  summary: 'Estimate what a spec would cost, without storing it',
  role: 'operator',
  audit: null,
  request: body(specUploadSchema),
  responses: {
    200: json(estimateSchema, 'The estimate, with what it is based on.'),
    ...problems(400, 401, 404, 413, 415),
  },
});

export const uploadSpec = defineOperation({
  ...changing('spec.upload', 'post', '/api/specs'),
  summary: 'Store a spec',
  but: ', and an Idempotency-Key if it may be sent twice',
  request: { ...body(specUploadSchema), headers: idempotencyKey },
  responses: { 201: json(specSchema, 'The spec is stored.'), ...problems(400, 401, 404, 409, 413, 415) },
});

export const listSpecs = defineOperation({
  ...reading('/api/specs', 'List specs, newest first'),
  request: { query: pageQuery },
  responses: { 200: json(specPage, 'A page of specs.'), ...problems(400, 401) },
});

export const showSpec = defineOperation({
  ...reading('/api/specs/{id}', 'Show one spec with its text'),
  request: { params: named },
  responses: { 200: json(specDetailSchema, 'The spec as it was sent.'), ...problems(400, 401, 404, 409) },
});

export const planSpec = defineOperation({
  ...changing('spec.plan', 'post', '/api/specs/{id}/plan'),
  summary:
    'Have the Architect plan a spec; a spec that has a plan is planned again only if the request says so',
  but: ', and an Idempotency-Key if it may be sent twice',
  request: { params: named, ...body(askPlanSchema), headers: idempotencyKey },
  responses: { 202: json(planningSchema, 'The request.'), ...problems(400, 401, 403, 404, 409, 415) },
});

export const showSpecPlanning = defineOperation({
  ...reading('/api/specs/{id}/planning', 'Show the progress of the newest request to plan a spec'),
  request: { params: named },
  responses: {
    200: json(planningStateSchema, 'The request; null if nobody has asked for a plan.'),
    ...problems(400, 401, 404, 409),
  },
});

export const cancelSpecPlanning = defineOperation({
  ...changing('spec.plan.cancel', 'delete', '/api/specs/{id}/planning'),
  summary: 'Stop planning a spec',
  request: { params: named },
  responses: { 200: json(planningStateSchema, 'The stopped request.'), ...problems(400, 401, 403, 404, 409) },
});

export const showSpecPlan = defineOperation({
  ...reading('/api/specs/{id}/plan', "Show the newest version of a spec's plan, or the named version"),
  request: { params: named, query: planQuery },
  responses: { 200: json(specPlanSchema, 'The plan.'), ...problems(400, 401, 404, 409) },
});

export const listSpecPlans = defineOperation({
  ...reading('/api/specs/{id}/plans', 'List the versions of the plan of a spec, oldest first'),
  request: { params: named },
  responses: {
    200: json(planVersionsSchema, 'The versions, without their contents.'),
    ...problems(400, 401, 404, 409),
  },
});

export const showSpecPlanChanges = defineOperation({
  ...reading(
    '/api/specs/{id}/plan/changes',
    'Show what a version of a plan changed compared with the previous one, and why that one was refused',
  ),
  request: { params: named, query: planQuery },
  responses: {
    200: json(planChangesSchema, 'Both versions, and what changed.'),
    ...problems(400, 401, 404, 409),
  },
});

export const listSpecContracts = defineOperation({
  ...reading(
    '/api/specs/{id}/contracts',
    'List the contracts of the plan of a spec, with the results of their checks',
  ),
  request: { params: named },
  responses: {
    200: json(specContractsSchema, 'The contracts of the approved plan, or of the newest version.'),
    ...problems(400, 401, 404, 409),
  },
});

export const editSpecPlan = defineOperation({
  ...changing('spec.plan.edit', 'put', '/api/specs/{id}/plan'),
  summary: 'Store an edited plan as the next version of the plan, if it is valid',
  request: { params: named, ...body(editPlanSchema) },
  responses: {
    200: json(specPlanSchema, 'The new version.'),
    ...problems(400, 401, 403, 404, 409, 413, 415, 422),
  },
});

export const listSpecDecisions = defineOperation({
  ...reading(
    '/api/specs/{id}/decisions',
    'List the decisions about the plans of a spec, with reasons, newest first',
  ),
  request: { params: named },
  responses: {
    200: json(specDecisionsSchema, 'The decisions, with their reasons.'),
    ...problems(400, 401, 404, 409),
  },
});
