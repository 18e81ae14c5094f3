import { authenticate } from '../authenticate.ts';
import { limitHeaders } from '../rate-limit.ts';
import { Refusal } from '../refusal.ts';
import type { Request, Served } from '../serve.ts';
import type { World } from '../world.ts';
import { faultsOfQuery } from './check.ts';
import { executeGraphql } from './execute.ts';
import { type Document, parseGraphql } from './parse.ts';
import { rootOf } from './resolvers.ts';

const docs = 'https://docs.github.com/graphql';

/** Answers 200 whatever came of it; only who may not call at all gets another status. */
export function serveGraphql(
  world: World,
  { headers, text = '' }: Request,
  onFault: (fault: string) => void,
): Served {
  const parsed = JSON.parse(text) as { query: string; variables?: Record<string, unknown> };
  const served: Served = { status: 200, key: 'POST /graphql', login: null, parsed };
  const complain = (faults: readonly string[]): Served => {
    for (const fault of faults) onFault(`POST /graphql: ${fault}`);
    return { ...served, body: { errors: faults.map((message) => ({ message, locations: [] })) } };
  };
  try {
    const { token } = authenticate(world, headers.authorization);
    if (!token) throw new Refusal(401, 'This endpoint requires you to be authenticated.');
    const document = parsedQuery(parsed.query);
    if (typeof document === 'string') return complain([document]);
    const variables = parsed.variables ?? {};
    const faults = faultsOfQuery(document, variables);
    if (faults.length > 0) return complain(faults);
    const limits = { ...limitHeaders(token, world.now()), 'x-ratelimit-resource': 'graphql' };
    const body = executeGraphql(document, variables, rootOf({ world, token }, document.kind));
    return { ...served, login: token.user.login, body, headers: limits };
  } catch (cause) {
    if (!(cause instanceof Refusal)) return complain([String((cause as Error).stack)]);
    return { ...served, status: cause.status, body: cause.body(docs) };
  }
}

function parsedQuery(query: string): Document | string {
  try {
    return parseGraphql(query);
  } catch (cause) {
    return String((cause as Error).message);
  }
}
