// An operation of the HTTP interface as data: its path, its role, what it takes and what it answers. The server attaches a
// handler to it, and clients call it.
import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import type { ApiRole } from '../../domain/people/api-role.ts';
import { problemSchema, shortId } from '../base.ts';

export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true as const, content: { 'application/json': { schema } } },
});

/** Like `body`, but optional. */
export const optionalBody = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: false as const, content: { 'application/json': { schema } } },
});

/** Both are also in the document of the interface, as `x-role` and `x-audit`. */
interface Rules {
  /** The lowest role that may call it; null if the request needs no token. */
  role: ApiRole | null;
  /** What the audit log calls the change, as in `work_order.pause`; null if the operation changes nothing that a person asked for. */
  audit: string | null;
  /** What is required besides the role, as the end of the summary. */
  but?: string;
  /** It answers more to a person than to a program, though it changes nothing. */
  isForPeople?: boolean;
}

type Described = Omit<RouteConfig, 'path' | 'security'> & { path: string };
type Defined<Given extends Described, Path, Role> = ReturnType<typeof createRoute<Given['path'], Given>> & {
  path: Path;
  role: Role;
  audit: string | null;
  isForPeople: boolean;
};

/** A program's token, or the cookie of a signed-in person. */
const withToken = [{ token: [] }, { cookie: [] }];

/** The only way to define an operation: none is without a role, or without what it writes into the audit log. */
export function defineOperation<
  const Path extends string,
  const Role extends ApiRole | null,
  Given extends Described,
>(given: Given & Rules & { path: Path; role: Role }): Defined<Given, Path, Role> {
  const { role, audit, but = '', isForPeople = false, summary = '', ...route } = given;
  const needs =
    role === null ? '; requires no token' : role === 'viewer' ? '' : `; requires the role ${role}`;
  const config = {
    ...route,
    summary: `${summary}${needs}${but}`,
    ...(role === null ? {} : { security: withToken }),
    'x-role': role,
    'x-audit': audit,
  };
  const defined = createRoute(config as unknown as Given);
  // Not enumerable, so that they are not in the document a second time.
  return Object.defineProperties(defined, {
    role: { value: role },
    audit: { value: audit },
    isForPeople: { value: isForPeople },
  }) as Defined<Given, Path, Role>;
}

/** An operation that only reads. */
export const reading = <Path extends string, const Role extends ApiRole = 'viewer'>(
  path: Path,
  summary: string,
  role: Role = 'viewer' as Role,
) => ({
  method: 'get' as const,
  path,
  summary,
  role,
  audit: null,
});

/** An operation that changes something. */
export const changing = <
  Method extends 'post' | 'put' | 'patch' | 'delete',
  Path extends string,
  const Role extends ApiRole = 'operator',
>(
  audit: string,
  method: Method,
  path: Path,
  role: Role = 'operator' as Role,
) => ({ method, path, role, audit });

/** Identifies one object in the path. */
export const named = z.object({ id: shortId.openapi({ param: { name: 'id', in: 'path' } }) });

/** The format of the key is checked where it is used. */
export const idempotencyKey = z.object({
  'idempotency-key': z.string().optional().openapi({
    description:
      'A key of your choice. Repeating a request with the same key creates nothing new and returns the same answer.',
    pattern: '^[!-~]([ -~]{0,198}[!-~])?$',
  }),
});

const retryAfter = z.object({
  'retry-after': z
    .string()
    .regex(/^\d+$/, 'Must be a whole number')
    .optional()
    .openapi({ description: 'Seconds to wait before trying again.' }),
});
const authenticate = z.object({ 'www-authenticate': z.string() });

/** Describes an error answer, with its stable code and its advice. */
const told = <Headers extends z.ZodObject>(description: string, headers?: Headers) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
  ...(headers === undefined ? {} : { headers }),
});

const all = {
  400: told('The request is invalid.'),
  401: told('The token, the session or the signature is invalid.', authenticate),
  403: told('You may not do this, or not from this host or origin.'),
  404: told('Not found.'),
  409: told('Not possible in the current state.'),
  413: told('The request is too large.'),
  415: told('The request does not declare its body as JSON.'),
  422: told('Semantically invalid value.'),
  426: told('This path accepts only WebSocket connections.', z.object({ upgrade: z.string() })),
  429: told('Too many requests.', retryAfter),
  431: { description: 'The path or the headers are too large.' },
  500: told('A bug in Moose.'),
  503: told('Something is unavailable, takes too long, or is not configured.', retryAfter),
};
type Status = keyof typeof all;

const ofEach = [403, 429, 431, 500, 503] as const satisfies Status[];

/** The errors that any call may return, plus those of this call. */
export function problems<More extends Status>(
  ...more: More[]
): Pick<typeof all, More | (typeof ofEach)[number]> {
  const picked = [...ofEach, ...more].map((status) => [status, all[status]] as const);
  return Object.fromEntries(picked) as Pick<typeof all, More | (typeof ofEach)[number]>;
}
