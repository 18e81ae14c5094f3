// API tokens: stored as hashes, and compared in a time that reveals nothing about them.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { newId } from '../../domain/ids.ts';
import type { ApiRole } from '../../domain/people/api-role.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText, toJson } from '../storable.ts';

export type ApiToken = Selectable<Tables['apiTokens']>;

const tokenBytes = 32;
const tokenPrefix = 'moose_';
/** How many tokens may exist that are not revoked, so that one answer can list them all. */
export const tokensMax = 1_000;
/** How many revoked tokens the list shows, newest first. */
const revokedShownMax = 100;
/** The last use is written at most this often, so that not every call writes. */
const usedEveryMs = 60_000;

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** A new secret of 256 random bits. */
export function newToken(): string {
  return tokenPrefix + randomBytes(tokenBytes).toString('base64url');
}

export interface NewToken {
  name: string;
  role: ApiRole;
  createdBy: string;
  /** The person who signs in with it; absent: a program's token. */
  person?: string | null;
}

/** The advisory lock for callers that create a token. 'mtok' in ASCII. */
const makingLock = 0x6d746f6b;

/** Until the transaction ends, nobody else creates a token, so that a free name stays free. */
export async function lockTokens(query: Query): Promise<void> {
  await sql`select pg_advisory_xact_lock(${makingLock})`.execute(query);
}

/** Stores the token's hash. Returns undefined if this token is already stored, revoked or not. */
export async function addToken(query: Query, token: string, given: NewToken): Promise<ApiToken | undefined> {
  return query
    .insertInto('apiTokens')
    .values({ id: newId(new Date()), ...given, name: storableText(given.name), hash: hashOf(token) })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** A token's owner never changes once it is known. */
export async function givePerson(query: Query, token: string, person: string): Promise<void> {
  await query
    .updateTable('apiTokens')
    .set({ person })
    .where('hash', '=', hashOf(token))
    .where('person', 'is', null)
    .execute();
}

/** Undefined if unknown or revoked. The hash is looked up and compared: nobody can choose how it starts. */
export async function findToken(query: Query, token: string): Promise<ApiToken | undefined> {
  const given = hashOf(token);
  const found = await query
    .selectFrom('apiTokens')
    .selectAll()
    .where('hash', '=', given)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return found && timingSafeEqual(found.hash, given) ? found : undefined;
}

/** How many are not revoked. */
export async function countTokens(query: Query): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from api_tokens where revoked_at is null`.execute(query);
  return rows[0]?.count ?? 0;
}

/** Valid tokens first, oldest first; then revoked ones, newest first. */
export async function listTokens(query: Query): Promise<ApiToken[]> {
  const tokens = query.selectFrom('apiTokens').selectAll();
  const valid = await tokens
    .where('revokedAt', 'is', null)
    .orderBy('createdAt')
    .orderBy('id')
    .limit(tokensMax)
    .execute();
  const revoked = await tokens
    .where('revokedAt', 'is not', null)
    .orderBy('revokedAt', 'desc')
    .limit(revokedShownMax)
    .execute();
  return [...valid, ...revoked];
}

/** Finds tokens by the ID, or by the last characters of the ID, at least four. Returns two if several match. */
export async function tokensOfId(query: Query, given: string): Promise<ApiToken[]> {
  if (!/^[0-9a-f-]{4,36}$/i.test(given)) return [];
  const end = given.toLowerCase().replaceAll('-', '');
  if (end === '') return [];
  return query
    .selectFrom('apiTokens')
    .selectAll()
    .where(sql<string>`replace(id::text, '-', '')`, 'like', `%${end}`)
    .limit(2)
    .execute();
}

/** The tokens with which a person can sign in. */
export async function tokensOfPerson(query: Query, person: string): Promise<ApiToken[]> {
  return query
    .selectFrom('apiTokens')
    .selectAll()
    .where('person', '=', person)
    .where('revokedAt', 'is', null)
    .execute();
}

export async function markTokenUsed(query: Query, id: string): Promise<void> {
  await sql`update api_tokens set last_used_at = clock_timestamp() where id = ${id}
    and (last_used_at is null or last_used_at < clock_timestamp() - ${usedEveryMs} * interval '1 ms')`.execute(
    query,
  );
}

/** Revokes a token and signs out its sessions. Returns false if it does not exist or was already revoked. */
export async function revokeToken(query: Query, id: string): Promise<boolean> {
  await query
    .updateTable('webSessions')
    .set({ endedAt: sql<Date>`clock_timestamp()` })
    .where('tokenId', '=', id)
    .where('endedAt', 'is', null)
    .execute();
  const { numUpdatedRows } = await query
    .updateTable('apiTokens')
    .set({ revokedAt: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export interface AuditFields {
  /** For example `api:NAME`. */
  actor: string;
  /** For example `escalation.answer`. */
  act: string;
  subject?: string;
  detail?: Record<string, unknown>;
}

/** Adds a row to the audit log; rows are never changed. */
export async function audit(query: Query, entry: AuditFields): Promise<void> {
  await query
    .insertInto('auditLog')
    .values({
      actor: entry.actor,
      act: entry.act,
      subject: entry.subject === undefined ? null : storableText(entry.subject),
      detail: toJson(entry.detail ?? {}),
    })
    .execute();
}
