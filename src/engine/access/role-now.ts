// The role that a token or a person has now. For people who sign in elsewhere, the rules decide at each request: whoever is
// no longer in them is out at once, and not only after a session that is renewed with every use (R-SEC-1).

import { type ApiRole, apiRoles } from '../../domain/people/api-role.ts';
import { type AllowRule, roleByRules } from '../../domain/people/sign-in-allow.ts';
import { type ApiToken, tokensOfPerson } from '../../store/access/api-tokens.ts';
import type { Query } from '../../store/database.ts';

/** Null if no rule lets the person in any more. A higher role waits for the next sign-in, which the audit log records. */
export function roleNow(
  { role, issuer, person, groups }: Pick<ApiToken, 'role' | 'issuer' | 'person' | 'groups'>,
  rules: readonly AllowRule[],
): ApiRole | null {
  if (issuer === null || person === null) return role;
  const allowed = roleByRules(rules, { email: person, groups: groups ?? [] });
  return allowed === null || apiRoles.indexOf(allowed) < apiRoles.indexOf(role) ? allowed : role;
}

/** Whether the API would still let in whoever has the token; null: the command line on this machine. */
export function hasRoleNow(
  token: Parameters<typeof roleNow>[0] | null,
  role: ApiRole,
  rules: readonly AllowRule[],
): boolean {
  if (token === null) return true;
  const now = roleNow(token, rules);
  return now !== null && apiRoles.indexOf(now) >= apiRoles.indexOf(role);
}

/** The highest role that a person can sign in with; null if there is none, or no more. */
export async function roleOfPerson(
  query: Query,
  person: string,
  rules: readonly AllowRule[],
): Promise<ApiRole | null> {
  const roles = (await tokensOfPerson(query, person)).map((token) => roleNow(token, rules));
  return apiRoles.findLast((role) => roles.includes(role)) ?? null;
}
