// Finds the route of a request below a project, by method and path.
import type { GitSide } from './git-side.ts';
import type { MergeRequest, Person, State } from './state.ts';

export interface Answer {
  status: number;
  /** Text is sent as it is, everything else as JSON. */
  body: unknown;
}

export interface Call {
  state: State;
  git: GitSide;
  by: Person;
  /** The address of the double, without a slash at its end. */
  url: string;
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  body: Readonly<Record<string, unknown>>;
}

/** Keys such as `GET /merge_requests/:iid`. */
export type Routes = Readonly<Record<string, (call: Call) => Answer>>;

export function answer(status: number, body: unknown): Answer {
  return { status, body };
}

/** Null if no route has this method and path. */
export function findRoute(
  routes: Routes,
  method: string,
  path: string,
): { use: (call: Call) => Answer; params: Record<string, string> } | null {
  const given = path.split('/');
  for (const [key, use] of Object.entries(routes)) {
    const [ofMethod = '', pattern = ''] = key.split(' ');
    const parts = pattern.split('/');
    if (ofMethod !== method || parts.length !== given.length) continue;
    if (!parts.every((part, at) => part.startsWith(':') || part === given[at])) continue;
    const params = parts.flatMap((part, at): [string, string][] =>
      part.startsWith(':') ? [[part.slice(1), decodeURIComponent(given[at] ?? '')]] : [],
    );
    return { use, params: Object.fromEntries(params) };
  }
  return null;
}

export function withOne(call: Call, use: (found: MergeRequest) => Answer) {
  const found = call.state.mergeRequests.find(({ iid }) => String(iid) === call.params.iid);
  return found ? use(found) : answer(404, { message: '404 Not found' });
}
