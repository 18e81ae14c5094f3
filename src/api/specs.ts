// Specs: estimates, uploads, and the stored ones.
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
  type Spec,
  type SpecPlanning,
  specContractsSchema,
  specDecisionsSchema,
  specDetailSchema,
  specPage,
  specPlanSchema,
  specSchema,
  specUploadSchema,
} from '../contract/contract.ts';
import type { Api } from './request/api.ts';
import type { ApiDeps } from './request/api-deps.ts';
import { idempotent } from './request/idempotent.ts';
import { body, defineRoute, idempotencyKey, json, named, problems, reading } from './route-parts.ts';

const planQuery = z.object({
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'Must be a whole number from 1')
    .optional(),
});

const estimateSpecRoute = defineRoute({
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

const uploadSpecRoute = defineRoute({
  method: 'post',
  path: '/api/specs',
  summary: 'Store a spec',
  role: 'operator',
  but: ', and an Idempotency-Key if it may be sent twice',
  audit: 'spec.upload',
  request: {
    ...body(specUploadSchema),
    headers: idempotencyKey,
  },
  responses: { 201: json(specSchema, 'The spec is stored.'), ...problems(400, 401, 404, 409, 413, 415) },
});

const specsRoute = defineRoute({
  ...reading('/api/specs', 'List specs, newest first'),
  request: { query: pageQuery },
  responses: { 200: json(specPage, 'A page of specs.'), ...problems(400, 401) },
});

const specRoute = defineRoute({
  ...reading('/api/specs/{id}', 'Show one spec with its text'),
  request: { params: named },
  responses: { 200: json(specDetailSchema, 'The spec as it was sent.'), ...problems(400, 401, 404, 409) },
});

const askPlanRoute = defineRoute({
  method: 'post',
  path: '/api/specs/{id}/plan',
  summary:
    'Have the Architect plan a spec; a spec that has a plan is planned again only if the request says so',
  role: 'operator',
  but: ', and an Idempotency-Key if it may be sent twice',
  audit: 'spec.plan',
  request: { params: named, ...body(askPlanSchema), headers: idempotencyKey },
  responses: { 202: json(planningSchema, 'The request.'), ...problems(400, 401, 403, 404, 409, 415) },
});

const specPlanningRoute = defineRoute({
  ...reading('/api/specs/{id}/planning', 'Show the progress of the newest request to plan a spec'),
  request: { params: named },
  responses: {
    200: json(planningStateSchema, 'The request; null if nobody has asked for a plan.'),
    ...problems(400, 401, 404, 409),
  },
});

const cancelPlanningRoute = defineRoute({
  method: 'delete',
  path: '/api/specs/{id}/planning',
  summary: 'Stop planning a spec',
  role: 'operator',
  audit: 'spec.plan.cancel',
  request: { params: named },
  responses: { 200: json(planningStateSchema, 'The stopped request.'), ...problems(400, 401, 403, 404, 409) },
});

const specPlanRoute = defineRoute({
  ...reading('/api/specs/{id}/plan', "Show the newest version of a spec's plan, or the named version"),
  request: { params: named, query: planQuery },
  responses: { 200: json(specPlanSchema, 'The plan.'), ...problems(400, 401, 404, 409) },
});

const planVersionsRoute = defineRoute({
  ...reading('/api/specs/{id}/plans', 'List the versions of the plan of a spec, oldest first'),
  request: { params: named },
  responses: {
    200: json(planVersionsSchema, 'The versions, without their contents.'),
    ...problems(400, 401, 404, 409),
  },
});

const planChangesRoute = defineRoute({
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

const specContractsRoute = defineRoute({
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

const editPlanRoute = defineRoute({
  method: 'put',
  path: '/api/specs/{id}/plan',
  summary: 'Store an edited plan as the next version of the plan, if it is valid',
  role: 'operator',
  audit: 'spec.plan.edit',
  request: { params: named, ...body(editPlanSchema) },
  responses: {
    200: json(specPlanSchema, 'The new version.'),
    ...problems(400, 401, 403, 404, 409, 413, 415, 422),
  },
});

const specDecisionsRoute = defineRoute({
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

export function addSpecs(api: Api, { database }: ApiDeps): void {
  api.openapi(estimateSpecRoute, async (c) =>
    c.json(await c.get('moose').specs.estimate(c.req.valid('json').content), 200),
  );
  api.openapi(uploadSpecRoute, async (c) => {
    const { name, content, project } = c.req.valid('json');
    const { body } = await idempotent<Spec>(c, { database }, async (id) => {
      const detail = { name, bytes: Buffer.byteLength(content), project: project ?? null };
      const made = await c
        .get('audit')
        .write({ subject: id, detail }, () => c.get('moose').specs.upload({ name, content, project }, id));
      return { status: 201, body: made };
    });
    return c.json(body, 201);
  });
  api.openapi(specsRoute, async (c) => {
    const { cursor, limit } = c.req.valid('query');
    const page = await c.get('moose').specs.page({ limit, ...(cursor === undefined ? {} : { cursor }) });
    return c.json(page, 200);
  });
  api.openapi(specRoute, async (c) => c.json(await c.get('moose').specs.one(c.req.valid('param').id), 200));
  addPlans(api, database);
}

function addPlans(api: Api, database: ApiDeps['database']): void {
  api.openapi(askPlanRoute, async (c) => {
    const { id } = await c.get('moose').specs.one(c.req.valid('param').id);
    const wanted = c.req.valid('json');
    const { body } = await idempotent<SpecPlanning>(c, { database }, async (planningId) => {
      const asked = () => c.get('moose').specs.plan(id, wanted, planningId);
      return { status: 202, body: await c.get('audit').write({ subject: id }, asked) };
    });
    return c.json(body, 202);
  });
  api.openapi(specPlanningRoute, async (c) =>
    c.json({ planning: await c.get('moose').specs.planning(c.req.valid('param').id) }, 200),
  );
  api.openapi(cancelPlanningRoute, async (c) => {
    const { id } = await c.get('moose').specs.one(c.req.valid('param').id);
    const asked = () => c.get('moose').specs.cancelPlanning(id);
    const planning = await c.get('audit').write({ subject: id }, asked);
    return c.json({ planning }, 200);
  });
  api.openapi(specPlanRoute, async (c) =>
    c.json(await c.get('moose').specs.planOf(c.req.valid('param').id, versionIn(c.req.valid('query'))), 200),
  );
  api.openapi(planChangesRoute, async (c) =>
    c.json(
      await c.get('moose').specs.planChanges(c.req.valid('param').id, versionIn(c.req.valid('query'))),
      200,
    ),
  );
  api.openapi(specDecisionsRoute, async (c) =>
    c.json(await c.get('moose').specs.decisions(c.req.valid('param').id), 200),
  );
  api.openapi(planVersionsRoute, async (c) =>
    c.json({ items: await c.get('moose').specs.planVersions(c.req.valid('param').id) }, 200),
  );
  api.openapi(specContractsRoute, async (c) =>
    c.json(await c.get('moose').specs.contracts(c.req.valid('param').id), 200),
  );
  api.openapi(editPlanRoute, async (c) => {
    const { id } = await c.get('moose').specs.one(c.req.valid('param').id);
    const edit = c.req.valid('json');
    const asked = () => c.get('moose').specs.editPlan(id, edit);
    return c.json(await c.get('audit').write({ subject: id }, asked), 200);
  });
}

const versionIn = ({ version }: { version?: string | undefined }) =>
  version === undefined ? undefined : Number(version);
