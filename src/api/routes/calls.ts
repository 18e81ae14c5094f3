// One route for each call that only the command line makes; reads are `POST` too, because their questions are JSON.
import { createRoute } from '@hono/zod-openapi';
import { type CallName, callPath, calls } from '../../contract/contract.ts';
import { body, json, problems, withToken } from './route-parts.ts';

export function callRoute(name: CallName) {
  const { summary, role, input, output } = calls[name];
  return createRoute({
    method: 'post',
    path: callPath(name),
    summary: `${summary}; for the command line, requires the role ${role}`,
    ...withToken,
    request: body(input),
    responses: {
      200: json(output, 'The answer, with exact numbers and times.'),
      ...problems(400, 401, 404, 409, 413, 415),
    },
  });
}
