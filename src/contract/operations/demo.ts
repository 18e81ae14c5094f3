// Operations on a demo.
import { demoSchema, demoStrikeSchema, newStrikeSchema } from '../contract.ts';
import { body, changing, defineOperation, json, problems, reading } from './operation.ts';

export const showDemo = defineOperation({
  ...reading(
    '/api/demo',
    'List the faults of a demo, and how Moose handled those that were injected; only on a demo',
  ),
  responses: { 200: json(demoSchema, 'The current state.'), ...problems(401, 404) },
});

export const injectDemoFault = defineOperation({
  ...changing('demo.fault', 'post', '/api/demo/strikes'),
  summary: 'Submit work and inject a fault into it; only on a demo',
  request: body(newStrikeSchema),
  responses: {
    202: json(demoStrikeSchema, 'The fault that has just begun.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});
