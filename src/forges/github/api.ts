// GitHub's two interfaces for one repository: REST with pages, and GraphQL for what REST lacks.

import { z } from 'zod';
import { fieldsOf } from '../../domain/catalogue.ts';
import { PermanentError } from '../../domain/failure.ts';
import type { HostLimits } from '../call-host.ts';
import { type CallHost, type HostCall, type HostReply, readReply, unexpectedAnswer } from '../call-host.ts';
import { forgeFailures } from '../failure-catalogue.ts';
import { boundedLine } from '../host-failures.ts';

export interface Repository {
  owner: string;
  name: string;
}

export interface GitHubApi {
  host: string;
  repository: Repository;
  /** Below the repository: `/pulls/7`. */
  call(call: Omit<HostCall, 'path'> & { path: string }): Promise<HostReply>;
  /** Anywhere below the API's address. */
  callAnywhere: CallHost;
  /** All pages, up to a limit; `read` reads one page. */
  pages<T>(
    call: Omit<HostCall, 'path' | 'method'> & { path: string },
    read: { parse(value: unknown): T[] },
  ): Promise<T[]>;
  graphql<T>(ask: {
    query: string;
    variables: Readonly<Record<string, unknown>>;
    read: { parse(value: unknown): T };
    isWrite?: boolean;
    canWait?: boolean;
    signal?: AbortSignal | undefined;
  }): Promise<T>;
}

/** What GitHub itself says about a refusal in GraphQL; `type` is missing for some. */
export class GraphqlRefusal extends PermanentError {}

const perPage = 100;
/** More pages than the longest discussions have: remarks that are not read are answered twice, or never. */
const pagesMax = 60;

const graphqlSchema = z.looseObject({
  data: z.unknown().optional(),
  errors: z.array(z.looseObject({ type: z.string().optional(), message: z.string().catch('') })).optional(),
});

export function createGitHubApi(options: {
  host: string;
  repository: Repository;
  callHost: CallHost;
  limits: HostLimits;
  graphqlUrl: string;
}): GitHubApi {
  const { host, repository, callHost, limits, graphqlUrl } = options;
  const below = `/repos/${encodeURIComponent(repository.owner)}/${encodeURIComponent(repository.name)}`;
  const call: GitHubApi['call'] = (given) => callHost({ ...given, path: `${below}${given.path}` });
  return {
    host,
    repository,
    call,
    callAnywhere: callHost,
    pages: async (given, read) => {
      const query = { per_page: perPage, ...given.query };
      let reply = await call({ ...given, method: 'GET', query });
      const all = readPage(reply, read);
      for (let page = 1; page < pagesMax; page += 1) {
        const next = nextPage(reply);
        if (next === null) break;
        reply = await call({ ...given, method: 'GET', query: { ...query, ...next } });
        all.push(...readPage(reply, read));
      }
      return all;
    },
    graphql: async ({ query, variables, read, isWrite = false, canWait = false, signal }) => {
      const path = new URL(graphqlUrl);
      const reply = await callHost({
        method: 'POST',
        path,
        isWrite,
        canWait,
        signal,
        body: { query, variables },
      });
      const { data, errors = [] } = readReply(reply, graphqlSchema);
      const limit = errors.find(({ type }) => type === 'RATE_LIMITED');
      if (limit) throw await limits.pause({ until: null, because: 'the GraphQL limit is used up' }, signal);
      const [error] = errors;
      if (error) throw graphqlFailure(host, error);
      return readReply({ ...reply, body: data }, read);
    },
  };
}

function readPage<T>(reply: HostReply, read: { parse(value: unknown): T[] }): T[] {
  if (reply.status !== 200) throw unexpectedAnswer(reply);
  return [...readReply(reply, read)];
}

/** What asks for the next page. Behind a proxy, GitHub may name it at an address that Moose does not use. */
function nextPage({ headers }: HostReply): Record<string, string> | null {
  const link = Array.isArray(headers.link) ? headers.link.join(',') : (headers.link ?? '');
  const [, address] = /<([^<>]+)>;\s*rel="next"/.exec(link) ?? [];
  const url = address === undefined ? null : URL.parse(address);
  return url && Object.fromEntries(url.searchParams);
}

function graphqlFailure(host: string, error: { type?: string | undefined; message: string }) {
  const told = boundedLine(error.message).replace(/\.$/, '');
  const rest = { operation: 'GraphQL', metadata: { host, type: error.type ?? null } };
  if (error.type === 'FORBIDDEN' || error.type === 'INSUFFICIENT_SCOPES')
    return forgeFailures.FORGE_FORBIDDEN(rest, { host, told });
  return new GraphqlRefusal(fieldsOf(forgeFailures.FORGE_REFUSED_GRAPHQL, rest, { host, told }));
}

/** `https://HOST/api/v3` has its GraphQL API at `/api/graphql`; for every other address, it is below that address. */
export function graphqlUrlOf(apiUrl: string): string {
  const plain = apiUrl.replace(/\/+$/, '');
  return plain.endsWith('/api/v3') ? `${plain.slice(0, -'/v3'.length)}/graphql` : `${plain}/graphql`;
}
