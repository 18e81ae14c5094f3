// People who sign in elsewhere. Each has a row among the tokens, with a role and without a secret, and is revoked and
// listed like a token.
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { ApiRole } from '../../domain/people/api-role.ts';
import type { Query } from '../database.ts';
import { type ApiToken, addToken } from './api-tokens.ts';

/** The identity of a person at a provider or a proxy. */
export interface LoginKey {
  issuer: string;
  subject: string;
}

/** Also finds a revoked one. */
export async function findLogin(query: Query, { issuer, subject }: LoginKey): Promise<ApiToken | undefined> {
  return query
    .selectFrom('apiTokens')
    .selectAll()
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
}

/** Another login of a person with this name, revoked or not. */
export async function findLoginOfPerson(query: Query, person: string): Promise<ApiToken | undefined> {
  return query
    .selectFrom('apiTokens')
    .selectAll()
    .where('person', '=', person)
    .where('issuer', 'is not', null)
    .executeTakeFirst();
}

/** Needs a transaction that holds `lockTokens`. The secret of the row is thrown away. */
export async function addLogin(
  query: Query,
  { issuer, subject }: LoginKey,
  { groups, ...given }: { person: string; role: ApiRole; createdBy: string; groups: string[] },
): Promise<ApiToken> {
  const secret = randomBytes(32).toString('base64url');
  const added = await addToken(query, secret, { ...given, name: given.person });
  if (!added) throw new TypeError('A new login already exists');
  await query.updateTable('apiTokens').set({ issuer, subject, groups }).where('id', '=', added.id).execute();
  return { ...added, issuer, subject, groups };
}

/** What the rules and the provider said at a sign-in. */
export async function setLogin(
  query: Query,
  id: ApiToken['id'],
  now: { role: ApiRole; groups: string[] },
): Promise<void> {
  await query.updateTable('apiTokens').set(now).where('id', '=', id).execute();
}

/** A sign-in that was begun and not finished ends after this time. */
const signInMsMax = 10 * 60_000;
/** How many may be open: anybody can begin one. The oldest are dropped. */
const signInsMax = 10_000;

/** `hash`: the hash of the secret in the cookie of the browser that begins. */
export async function beginSignIn(query: Query, hash: Buffer, returnTo: string): Promise<void> {
  await sql`delete from sign_ins where expires_at < clock_timestamp() or hash in (select hash from sign_ins
    order by expires_at desc offset ${signInsMax - 1})`.execute(query);
  await sql`insert into sign_ins (hash, return_to, expires_at)
    values (${hash}, ${returnTo}, clock_timestamp() + ${signInMsMax} * interval '1 ms')`.execute(query);
}

/** Each is taken once. Undefined if it was not begun, was finished before, or is too old. */
export async function takeSignIn(query: Query, hash: Buffer): Promise<{ returnTo: string } | undefined> {
  const { rows } = await sql<{
    returnTo: string;
    isInTime: boolean;
  }>`delete from sign_ins where hash = ${hash}
    returning return_to, expires_at > clock_timestamp() as is_in_time`.execute(query);
  const [row] = rows;
  return row?.isInTime ? { returnTo: row.returnTo } : undefined;
}
