// Who may call the interface: tokens are kept as hashes, and compared in a time that says nothing about them.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { newId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText, toJson } from '../storable.ts';

export type ApiToken = Selectable<Tables['apiTokens']>;
/** Each may do what those before it may. */
export const apiRoles = ['viewer', 'operator', 'admin'] as const;
export type ApiRole = (typeof apiRoles)[number];

const tokenBytes = 32;
const tokenPrefix = 'moose_';
/** Those that are not revoked; so the list of them is one answer. */
export const tokensMax = 1_000;
/** Revoked ones that the list tells of, the latest. */
const revokedShownMax = 100;
/** So that not every call writes. */
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
  /** Who signs in with it; left out: a program's. */
  person?: string | null;
}

/** Who makes the next one waits. 'mtok' in ASCII. */
const makingLock = 0x6d746f6b;

/** In a transaction: until it ends, nobody else makes a token under a name that seems to be free. */
export async function lockTokens(query: Query): Promise<void> {
  await sql`select pg_advisory_xact_lock(${makingLock})`.execute(query);
}

/** Keeps its hash; undefined where this token is kept already, revoked or not. */
export async function addToken(query: Query, token: string, given: NewToken): Promise<ApiToken | undefined> {
  return query
    .insertInto('apiTokens')
    .values({ id: newId(new Date()), ...given, name: storableText(given.name), hash: hashOf(token) })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Whose token it is stays as it is once it is known. */
export async function givePerson(query: Query, token: string, person: string): Promise<void> {
  await query
    .updateTable('apiTokens')
    .set({ person })
    .where('hash', '=', hashOf(token))
    .where('person', 'is', null)
    .execute();
}

/** Undefined for one that is unknown or revoked. What is looked up and compared is the hash: nobody can choose its start. */
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

/** The oldest first, then the revoked ones, the latest first. */
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

/** By its id, or by how its id ends, from four characters on; two where there are several. */
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

export async function markTokenUsed(query: Query, id: string): Promise<void> {
  await sql`update api_tokens set last_used_at = clock_timestamp() where id = ${id}
    and (last_used_at is null or last_used_at < clock_timestamp() - ${usedEveryMs} * interval '1 ms')`.execute(
    query,
  );
}

/** Who is signed in with it is not any more. False where there is none, or it was revoked before. */
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
  /** `api:NAME`. */
  actor: string;
  /** `escalation.answer`. */
  act: string;
  subject?: string;
  detail?: Record<string, unknown>;
}

/** Rows are only ever added. */
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
