// The role that each call needs: by default `viewer` to read and `operator` to change.
import { type CallName, callPath, calls } from '../../contract/contract.ts';
import { raisesSystemLimit } from '../../engine/questions/raise-limit-option.ts';
import type { ApiRole } from '../../store/access/api-tokens.ts';

interface Rule {
  /** Null for any method. */
  method: string | null;
  path: RegExp;
  role: ApiRole;
}

const rules: readonly Rule[] = [
  { method: null, path: /^\/api\/(tokens|invites)(\/|$)/, role: 'admin' },
  { method: 'PUT', path: /^\/api\/settings\//, role: 'admin' },
  { method: 'PUT', path: /^\/api\/limits$/, role: 'admin' },
  { method: 'POST', path: /^\/api\/projects$/, role: 'admin' },
  { method: 'PATCH', path: /^\/api\/projects\//, role: 'admin' },
  { method: 'DELETE', path: /^\/api\/projects\//, role: 'admin' },
  { method: 'PUT', path: /^\/api\/projects\//, role: 'admin' },
  ...Object.entries(calls).map(([name, { role }]) => ({
    method: 'POST',
    role,
    path: new RegExp(`^${callPath(name as CallName)}$`),
  })),
  // Everybody decides about the notifications in their own browsers.
  { method: null, path: /^\/api\/push(\/|$)/, role: 'viewer' },
  // Anyone who may sign in may sign out.
  { method: 'DELETE', path: /^\/api\/session$/, role: 'viewer' },
];

/** Answering needs `operator`; an answer that raises a limit of the whole system needs what changing that limit needs. */
export function roleToAnswer(option: string): ApiRole {
  return raisesSystemLimit(option)
    ? roleFor('PUT', '/api/limits')
    : roleFor('POST', '/api/escalations/1/answer');
}

export function roleFor(method: string, path: string): ApiRole {
  const rule = rules.find((each) => (each.method ?? method) === method && each.path.test(path));
  return rule?.role ?? (method === 'GET' || method === 'HEAD' ? 'viewer' : 'operator');
}
