// Operations for programs that report failures to people, and read the answers (R-ESC-2).
import { escalatedSchema, escalateSchema, executeSchema, resolutionSchema } from '../contract.ts';
import { body, changing, defineOperation, json, named, problems, reading } from './operation.ts';

export const escalateFailure = defineOperation({
  ...changing('escalation.open', 'post', '/api/client-manager/escalate'),
  summary: 'Escalate a failure to a person',
  request: body(escalateSchema),
  responses: {
    202: json(escalatedSchema, 'The failure is stored durably.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

export const showResolution = defineOperation({
  ...reading(
    '/api/client-manager/resolutions/{id}',
    'Show an escalation with its options, its status and the chosen option',
  ),
  request: { params: named },
  responses: { 200: json(resolutionSchema, 'The escalation.'), ...problems(400, 401, 404, 409) },
});

export const executeResolution = defineOperation({
  ...changing('escalation.answer', 'post', '/api/client-manager/execute'),
  summary: 'Choose an option and have it carried out',
  request: body(executeSchema),
  responses: {
    202: json(resolutionSchema, 'The option is chosen and will be carried out.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});
