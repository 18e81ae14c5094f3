// Specs: cost estimates, uploads, and the stored ones.
import { createRoute } from '@hono/zod-openapi';
import {
  estimateSchema,
  pageQuery,
  specDetailSchema,
  specPage,
  specSchema,
  specUploadSchema,
} from '../../contract/contract.ts';
import { body, idempotencyKey, json, named, problems, withToken } from './route-parts.ts';

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
