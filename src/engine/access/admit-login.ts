// Decides whether somebody whom a provider or a proxy names may sign in, and as whom (R-SEC-1). The name of such a
// person is the email address, so it is the same in the audit log, in events and for limits.

import type { PermanentError } from '../../domain/failure.ts';
import type { ApiRole } from '../../domain/people/api-role.ts';
import { type AllowRule, roleByRules, type SignedIn } from '../../domain/people/sign-in-allow.ts';
import { type ApiToken, lockTokens } from '../../store/access/api-tokens.ts';
import {
  addLogin,
  findLogin,
  findLoginOfPerson,
  type LoginKey,
  setLogin,
} from '../../store/access/logins.ts';
import type { Database, Query } from '../../store/database.ts';
import { personPattern } from './ask-tokens.ts';
import { accessFailures } from './failure-catalogue.ts';
import { writeAudit } from './write-audit.ts';

/**
 * Names with an `@` are never given to anybody else, so a provider or a proxy must not give one without it. With a space or a
 * second `@`, one address would look like another one with something beside it.
 */
const addressPattern = /^[^\s@]+@[^\s@]+$/;

export interface LoginGiven extends SignedIn, LoginKey {
  /** For the audit log: `oidc` or `proxy`. */
  way: string;
}

/**
 * The rules decide who may come, and with which role, so that whoever leaves a group loses what it gave. `roleNow` checks
 * them again at each request.
 * @throws `LOGIN_NOT_ALLOWED`, `LOGIN_REVOKED`, `LOGIN_NAME_TAKEN`
 */
export async function admitLogin(
  database: Database,
  given: LoginGiven,
  rules: readonly AllowRule[],
  signal: AbortSignal,
): Promise<ApiToken & { person: string }> {
  const person = given.email.trim().toLowerCase();
  const role = roleByRules(rules, { email: person, groups: given.groups });
  const isName = personPattern.test(person) && isPlain(given.email) && addressPattern.test(person);
  if (role === null || !isName) throw notAllowed(person);
  // Other groups say nothing, and a person may be in thousands.
  const groups = groupsIn(rules).filter((group) => given.groups.includes(group));
  const known = await database.run((query) => findLogin(query, given), signal);
  if (known !== undefined && (known.revokedAt !== null || isAsBefore(known, { role, groups })))
    return admitted(known);
  const login = await database.transaction(async (query) => {
    await lockTokens(query);
    const added = await findLogin(query, given);
    if (added !== undefined) return asNow(query, added, { role, groups }, given);
    // A provider may give a former employee's address to somebody else, who must not become that person.
    if ((await findLoginOfPerson(query, person)) !== undefined) throw nameTaken(person);
    const detail = { role, issuer: given.issuer, way: given.way };
    await writeAudit(query, { actor: `human:${person}`, act: 'login.create', subject: person, detail });
    return addLogin(query, given, { person, role, createdBy: `moose:${given.way}`, groups });
  }, signal);
  return admitted(login);
}

interface Now {
  role: ApiRole;
  groups: string[];
}

const groupsIn = (rules: readonly AllowRule[]): string[] => [
  ...new Set(rules.filter(({ kind }) => kind === 'group').map(({ value }) => value)),
];

function isAsBefore(login: ApiToken, { role, groups }: Now): boolean {
  const before = login.groups ?? [];
  const isSameGroups = before.length === groups.length && groups.every((group) => before.includes(group));
  return login.role === role && isSameGroups;
}

/** A revoked login stays as it is. */
async function asNow(query: Query, login: ApiToken, now: Now, { way }: LoginGiven): Promise<ApiToken> {
  if (login.revokedAt !== null) return login;
  if (login.role !== now.role) {
    const detail = { from: login.role, to: now.role, way };
    await writeAudit(query, { actor: `moose:${way}`, act: 'login.role', subject: login.name, detail });
  }
  await setLogin(query, login.id, now);
  return { ...login, ...now };
}

/** Lower case makes a `k` of the Kelvin sign, and so one person's address of another one's. */
function isPlain(email: string): boolean {
  return Array.from(email).every((letter) => letter <= '\x7f' || letter.toLowerCase() > '\x7f');
}

function admitted(login: ApiToken): ApiToken & { person: string } {
  const { person, revokedAt } = login;
  if (revokedAt !== null || person === null) throw revoked(login.name);
  return { ...login, person };
}

const fields = { operation: 'sign in' };

function notAllowed(person: string): PermanentError {
  return accessFailures.LOGIN_NOT_ALLOWED(fields, { person: person.slice(0, 100) });
}

function revoked(name: string): PermanentError {
  return accessFailures.LOGIN_REVOKED(fields, { name });
}

function nameTaken(person: string): PermanentError {
  return accessFailures.LOGIN_NAME_TAKEN(fields, { person });
}
