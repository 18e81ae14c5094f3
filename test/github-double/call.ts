import { notFound, Refusal } from './refusal.ts';
import type { Repository, Token, User } from './state.ts';
import type { World } from './world.ts';

/** A request that is described, comes from somebody known, and is allowed. */
export interface Call {
  world: World;
  /** Such as `GET /user`. */
  key: string;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: unknown;
  token: Token | null;
  /** Of an App that signs with its own key instead of a token. */
  appId: number | null;
  /** The path and query of the request, from which pages are linked. */
  url: string;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Route = (call: Call) => Answer;
export type Routes = Readonly<Record<string, Route>>;

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent: Answer = { status: 204 };

/** The body as the contract has checked it. */
export function bodyOf<T>(call: Call): T {
  return (call.body ?? {}) as T;
}

export function actorOf(call: Call): User {
  if (!call.token) throw new Refusal(401, 'Requires authentication');
  return call.token.user;
}

export function repositoryOf(call: Call): Repository {
  const repository = call.world.repositories.get(`${call.params.owner}/${call.params.repo}`.toLowerCase());
  if (!repository) throw notFound();
  return repository;
}

export function numberIn(call: Call, name: string): number {
  return Number(call.params[name]);
}

const perPageMax = 100;

/** One page of a list, and the addresses of the others in `link`. More than 100 a page are cut without a word. */
export function page<T>(
  call: Call,
  all: readonly T[],
  perPageDefault = 30,
): { items: T[]; headers: Record<string, string> } {
  const perPage =
    Math.min(Number(call.query.get('per_page') ?? perPageDefault), perPageMax) || perPageDefault;
  const number = Math.max(1, Number(call.query.get('page') ?? 1));
  const last = Math.max(1, Math.ceil(all.length / perPage));
  const to = (at: number, rel: string) => {
    const url = new URL(call.url, call.world.url);
    url.searchParams.set('page', String(at));
    return `<${url}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [to(number - 1, 'prev'), to(1, 'first')] : []),
    ...(number < last ? [to(number + 1, 'next'), to(last, 'last')] : []),
  ];
  const items = all.slice((number - 1) * perPage, number * perPage);
  return { items, headers: links.length > 0 ? { link: links.join(', ') } : {} };
}

/** An answer that is one page of a list. */
export function listed<T>(call: Call, all: readonly T[], describe: (item: T) => object): Answer {
  const { items, headers } = page(call, all);
  return { status: 200, body: items.map(describe), headers };
}
