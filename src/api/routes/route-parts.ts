// What the descriptions of routes are made of.
import { z } from '@hono/zod-openapi';
import { problemSchema, shortId } from '../../contract/contract.ts';

export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true as const, content: { 'application/json': { schema } } },
});

/** The same, where it may be left out. */
export const optionalBody = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: false as const, content: { 'application/json': { schema } } },
});

/** A program's token, or the cookie of a person who has signed in. */
export const withToken = { security: [{ token: [] }, { cookie: [] }] };

/** What one thing is asked for by. */
export const named = z.object({ id: shortId.openapi({ param: { name: 'id', in: 'path' } }) });

/** What it has to be is checked where it is used. */
export const idempotencyKey = z.object({
  'idempotency-key': z.string().optional().openapi({
    description: 'Of your choosing: the same one again makes nothing again, and answers the same.',
    pattern: '^[!-~]([ -~]{0,198}[!-~])?$',
  }),
});

const retryAfter = z.object({
  'retry-after': z
    .string()
    .regex(/^\d+$/, 'It is no whole number')
    .optional()
    .openapi({ description: 'In so many seconds it may go better.' }),
});
const authenticate = z.object({ 'www-authenticate': z.string() });

/** Each with its stable code, and what to do about it. */
const told = <Headers extends z.ZodObject>(description: string, headers?: Headers) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
  ...(headers === undefined ? {} : { headers }),
});

const all = {
  400: told('The request is not as it has to be.'),
  401: told('The token, the session or the signature is not valid.', authenticate),
  403: told('You may not do this, or not from where you are.'),
  404: told('There is no such thing.'),
  409: told('It cannot be done as things stand.'),
  413: told('It is too large.'),
  415: told('The body is not said to be JSON.'),
  422: told('It is understood, and is no value that this can have.'),
  426: told('This path is for WebSockets alone.', z.object({ upgrade: z.string() })),
  429: told('You ask too often.', retryAfter),
  431: { description: 'The path or the headers are too large.' },
  500: told('A defect of Moose.'),
  503: told('Something is away, takes too long, or is not configured.', retryAfter),
};
type Status = keyof typeof all;

const ofEach = [403, 429, 431, 500, 503] as const satisfies Status[];

/** What can go wrong with any call, and with this one. */
export function problems<More extends Status>(
  ...more: More[]
): Pick<typeof all, More | (typeof ofEach)[number]> {
  const picked = [...ofEach, ...more].map((status) => [status, all[status]] as const);
  return Object.fromEntries(picked) as Pick<typeof all, More | (typeof ofEach)[number]>;
}
