// Outcomes of attempts.
import {
  calibrationSchema,
  estimatesSchema,
  exclusionRequestSchema,
  exclusionSchema,
  experimentRequestSchema,
  experimentSchema,
  experimentsSchema,
  learnedPolicySchema,
  learningSchema,
  ownLogQuery,
  ownLogSchema,
  patternsSchema,
  rangeQuery,
} from '../contract/contract.ts';
import type { Api } from './request/api.ts';
import { body, defineRoute, json, named, problems, reading } from './route-parts.ts';

const learningRoute = defineRoute({
  ...reading('/api/learning', 'Show how models and agents performed, and which differences are significant'),
  request: { query: rangeQuery },
  responses: {
    200: json(learningSchema, 'Based on the attempts that ended within the range.'),
    ...problems(400, 401),
  },
});

const estimatesRoute = defineRoute({
  ...reading('/api/learning/estimates', 'Compare the estimated and the actual cost of planned work orders'),
  responses: {
    200: json(estimatesSchema, 'Finished work orders of approved plans, newest first.'),
    ...problems(401),
  },
});

const patternsRoute = defineRoute({
  ...reading(
    '/api/learning/patterns',
    'Show where models fail more often than others, how much refinement helps, and which models are excluded from which work',
  ),
  responses: {
    200: json(patternsSchema, 'Based on the attempts of the last 90 days; computed every few minutes.'),
    ...problems(401),
  },
});

const excludeWorkRoute = defineRoute({
  method: 'post',
  path: '/api/learning/exclusions',
  summary: 'Stop sending a kind of work to a model; repeating it changes nothing',
  role: 'operator',
  audit: 'exclusion.add',
  request: { ...body(exclusionRequestSchema) },
  responses: {
    201: json(exclusionSchema, 'It applies to work orders that start after this.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

const allowWorkRoute = defineRoute({
  method: 'delete',
  path: '/api/learning/exclusions/{id}',
  summary: 'Remove an exclusion: send this kind of work to the model again; repeating it succeeds',
  role: 'operator',
  audit: 'exclusion.revoke',
  request: { params: named },
  responses: {
    200: json(exclusionSchema, 'Revoked.'),
    ...problems(400, 401, 404, 409, 413),
  },
});

const experimentsRoute = defineRoute({
  ...reading(
    '/api/learning/experiments',
    'Show which policies were compared on shared work orders, with the results',
  ),
  responses: {
    200: json(experimentsSchema, 'Running ones first, then the newest; at most 50.'),
    ...problems(401),
  },
});

const startExperimentRoute = defineRoute({
  method: 'post',
  path: '/api/learning/experiments',
  summary:
    'Give half of the work orders to each of two policies, until it is clear which is better; only a person may start it',
  role: 'operator',
  audit: 'experiment.start',
  request: { ...body(experimentRequestSchema) },
  responses: {
    201: json(experimentSchema, 'It applies to work orders whose first model is chosen after this.'),
    ...problems(400, 401, 403, 404, 409, 413, 415),
  },
});

const stopExperimentRoute = defineRoute({
  method: 'delete',
  path: '/api/learning/experiments/{id}',
  summary: 'Stop comparing two policies; repeating it succeeds',
  role: 'operator',
  audit: 'experiment.stop',
  request: { params: named },
  responses: {
    200: json(experimentSchema, 'Its work orders keep their policy; no more are assigned.'),
    ...problems(400, 401, 404, 409, 413),
  },
});

const policyRoute = defineRoute({
  ...reading(
    '/api/learning/policy',
    'Show what the learned policy knows and chose, and how it compares with the static rule',
  ),
  responses: {
    200: json(learnedPolicySchema, 'Based on at most the 20,000 newest work orders with a choice.'),
    ...problems(401),
  },
});

const calibrationRoute = defineRoute({
  ...reading(
    '/api/learning/calibration',
    'Show how accurate the estimates are that are used to choose models and agents',
  ),
  responses: {
    200: json(calibrationSchema, 'Based on the newest 10,000 choices.'),
    ...problems(401),
  },
});

const logRoute = defineRoute({
  ...reading(
    '/api/learning/log',
    'List the choices of arms with their outcomes, as `moose replay --log` reads them',
  ),
  request: { query: ownLogQuery },
  responses: {
    200: json(ownLogSchema, 'Whole work orders, oldest first.'),
    ...problems(400, 401),
  },
});

export function addLearning(api: Api): void {
  api.openapi(learningRoute, async (c) =>
    c.json(await c.get('moose').learning(c.req.valid('query').range, c.get('signal')), 200),
  );
  api.openapi(patternsRoute, async (c) => c.json(await c.get('moose').patterns(c.get('signal')), 200));
  api.openapi(policyRoute, async (c) => c.json(await c.get('moose').learnedPolicy(c.get('signal')), 200));
  api.openapi(calibrationRoute, async (c) => c.json(await c.get('moose').calibration(c.get('signal')), 200));
  api.openapi(logRoute, async (c) =>
    c.json(await c.get('moose').ownLog(c.req.valid('query').after ?? null, c.get('signal')), 200),
  );
  api.openapi(excludeWorkRoute, async (c) => {
    const wish = c.req.valid('json');
    const entry = { subject: wish.model, detail: wish };
    const made = await c.get('audit').write(entry, () => c.get('moose').excludeWork(wish));
    return c.json(made, 201);
  });
  api.openapi(allowWorkRoute, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('audit').write({ subject: id }, () => c.get('moose').allowWork(id)), 200);
  });
  api.openapi(experimentsRoute, async (c) => c.json(await c.get('moose').experiments(c.get('signal')), 200));
  api.openapi(startExperimentRoute, async (c) => {
    const wish = c.req.valid('json');
    const entry = { subject: wish.project, detail: wish };
    const made = await c.get('audit').write(entry, () => c.get('moose').startExperiment(wish));
    return c.json(made, 201);
  });
  api.openapi(stopExperimentRoute, async (c) => {
    const { id } = c.req.valid('param');
    const stopped = await c.get('audit').write({ subject: id }, () => c.get('moose').stopExperiment(id));
    return c.json(stopped, 200);
  });
  api.openapi(estimatesRoute, async (c) => c.json(await c.get('moose').estimates(c.get('signal')), 200));
}
