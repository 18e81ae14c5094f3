// Specs: what their work would cost, the upload, and those that there are.
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
  summary: 'What a spec would cost; nothing of it is kept; needs the role operator',
  ...withToken,
  request: body(specUploadSchema),
  responses: { 200: json(estimateSchema, 'With what it goes by.'), ...problems(400, 401, 404, 413, 415) },
});

export const uploadSpec = createRoute({
  method: 'post',
  path: '/api/specs',
  summary: 'Keep a spec; needs the role operator, and an Idempotency-Key where it may be sent twice',
  ...withToken,
  request: {
    ...body(specUploadSchema),
    headers: idempotencyKey,
  },
  responses: { 201: json(specSchema, 'It is kept.'), ...problems(400, 401, 404, 409, 413, 415) },
});

export const specs = createRoute({
  method: 'get',
  path: '/api/specs',
  summary: 'The specs, newest first',
  ...withToken,
  request: { query: pageQuery },
  responses: { 200: json(specPage, 'A page of them.'), ...problems(400, 401) },
});

export const spec = createRoute({
  method: 'get',
  path: '/api/specs/{id}',
  summary: 'One spec with its text',
  ...withToken,
  request: { params: named },
  responses: { 200: json(specDetailSchema, 'As it was sent.'), ...problems(400, 401, 404, 409) },
});
