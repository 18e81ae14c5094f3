// Who may call the interface: tokens are kept as hashes, and compared in a time that says nothing about them.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { newId } from '../domain/ids.ts';
import type { Query } from './database.ts';
import { storableText, toJson } from './storable.ts';
import type { Tables } from './tables.ts';

export type ApiToken = Selectable<Tables['apiTokens']>;
/** Each may do what those before it may. */
export const apiRoles = ['viewer', 'operator', 'admin'] as const;
export type ApiRole = (typeof apiRoles)[number];

const tokenBytes = 32;
const tokenPrefix = 'moose_';
/** Each call is compared with all of them. */
const tokensMax = 1_000;
/** So that not every call writes. */
const usedEveryMs = 60_000;

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** A new secret of 256 random bits. */
export function newToken(): string {
  return tokenPrefix + randomBytes(tokenBytes).toString('base64url');
}

/** Keeps its hash; false where this token is kept already, revoked or not. */
export async function addToken(
  query: Query,
  token: string,
  given: { name: string; role: ApiRole; createdBy: string },
): Promise<boolean> {
  const added = await query
    .insertInto('apiTokens')
    .values({ id: newId(new Date()), ...given, name: storableText(given.name), hash: hashOf(token) })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .returning('id')
    .executeTakeFirst();
  return added !== undefined;
}

/** Undefined for one that is unknown or revoked. Compared with every one there is, by hash, each in constant time. */
export async function findToken(query: Query, token: string): Promise<ApiToken | undefined> {
  const given = hashOf(token);
  const tokens = await query
    .selectFrom('apiTokens')
    .selectAll()
    .where('revokedAt', 'is', null)
    .orderBy('createdAt')
    .limit(tokensMax)
    .execute();
  let found: ApiToken | undefined;
  for (const each of tokens) if (timingSafeEqual(each.hash, given)) found = each;
  return found;
}

export async function markTokenUsed(query: Query, id: string): Promise<void> {
  await sql`update api_tokens set last_used_at = clock_timestamp() where id = ${id}
    and (last_used_at is null or last_used_at < clock_timestamp() - ${usedEveryMs} * interval '1 ms')`.execute(
    query,
  );
}

/** False where there is none, or it was revoked before. */
export async function revokeToken(query: Query, id: string): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('apiTokens')
    .set({ revokedAt: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** `act`: `escalation.answer`; `actor`: `api:NAME`. Rows are only ever added. */
export async function audit(
  query: Query,
  entry: { actor: string; act: string; subject?: string; detail?: Record<string, unknown> },
): Promise<void> {
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
