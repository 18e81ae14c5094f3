// What the route of a request says about itself: who may call it, and what the audit log calls its change.
import type { ApiRole } from '../domain/people/api-role.ts';
import type { Api } from './request/api.ts';

export interface Rules {
  role: ApiRole | null;
  audit: string | null;
}

/** A caller with any role learns that a path does not exist; a stranger does not. */
const ofUnknownPaths: Rules = { role: 'viewer', audit: null };

/** The routes are read at the first request, when all of them are there. */
export function createFindRules(api: Api): (method: string, path: string) => Rules {
  let known: ReadonlyMap<string, Rules> | undefined;
  return (method, path) => {
    const asked = method === 'HEAD' ? 'GET' : method;
    known ??= rulesOf(api);
    for (const [[, { method: of, path: at }]] of api.router.match(asked, path)[0]) {
      const rules = of === asked ? known.get(`${of} ${at}`) : undefined;
      if (rules !== undefined) return rules;
    }
    return ofUnknownPaths;
  };
}

function rulesOf(api: Api): ReadonlyMap<string, Rules> {
  const rules = new Map<string, Rules>();
  for (const definition of api.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { method, path, 'x-role': role, 'x-audit': audit } = definition.route;
    const at = path.replaceAll(/\/\{(.+?)\}/g, '/:$1');
    rules.set(`${method.toUpperCase()} ${at}`, { role, audit });
  }
  return rules;
}
