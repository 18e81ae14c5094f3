// Who may sign in without a token, and with which role: `ada@example.org=admin,@example.org,group:dev=operator`.
import { assertNever } from '../../stdx/assert-never.ts';
import { type ApiRole, apiRoles } from './api-role.ts';

export interface AllowRule {
  kind: 'email' | 'domain' | 'group';
  value: string;
  role: ApiRole;
}

/** The identity that a provider or a proxy reports for a person. */
export interface SignedIn {
  email: string;
  groups: readonly string[];
}

const rulePattern =
  /^(?:group:(?<group>[^,=]{1,200})|(?<email>[^\s,=@]*@[^\s,=@]{1,253}))(?:=(?<role>\w+))?$/;

/** Undefined if the text is not a rule. Without a role, a rule gives the role viewer. */
export function parseAllowRule(given: string): AllowRule | undefined {
  const { group, email = '', role = 'viewer' } = rulePattern.exec(given.trim())?.groups ?? {};
  const known = apiRoles.find((one) => one === role);
  if (known === undefined) return undefined;
  if (group !== undefined) return { kind: 'group', value: group, role: known };
  if (email.startsWith('@')) return { kind: 'domain', value: email.slice(1).toLowerCase(), role: known };
  return email === '' ? undefined : { kind: 'email', value: email.toLowerCase(), role: known };
}

/** The role of the first rule that matches; null if none does. */
export function roleByRules(rules: readonly AllowRule[], person: SignedIn): ApiRole | null {
  return rules.find((rule) => isMatch(rule, person))?.role ?? null;
}

function isMatch({ kind, value }: AllowRule, { email, groups }: SignedIn): boolean {
  const address = email.toLowerCase();
  switch (kind) {
    case 'email':
      return address === value;
    case 'domain':
      // The whole part after the last @: neither a subdomain nor another domain that ends the same way.
      return address.slice(address.lastIndexOf('@') + 1) === value && address.includes('@');
    case 'group':
      return groups.includes(value);
    default:
      return assertNever(kind);
  }
}
