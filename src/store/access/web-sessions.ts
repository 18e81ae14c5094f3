// Browser sessions: identified by the hash of the cookie's value, valid while they are used.
import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { newId } from '../../domain/ids.ts';
import type { ApiRole } from '../../domain/people/api-role.ts';
import type { Query } from '../database.ts';

/** A session ends if it was not used for this long. */
export const sessionMsMax = 7 * 24 * 60 * 60_000;
/** A sign-in for one command ends this long after its last request: a killed command signs nobody out. */
const briefMsMax = 15 * 60_000;
/** The last use is written at most this often, so that not every request writes. */
const seenEveryMs = 60_000;
/** How many sessions of each kind a token may have; another one ends the least recently used session of its kind. */
const sessionsMax = 50;
/** Only a sign-in at the provider shows that a person is still there, so it is repeated after this time. */
export const atProviderMsMax = 24 * 60 * 60_000;
/** An ended session is reported as ended for this long, and is unknown after that. */
const keptMsMax = 30 * 24 * 60 * 60_000;
const secretBytes = 32;
const userAgentCharsMax = 300;

export interface FoundSession {
  id: string;
  tokenId: string;
  tokenName: string;
  person: string | null;
  role: ApiRole;
  /** See the table of tokens. */
  issuer: string | null;
  groups: string[] | null;
  /** True if the session has ended, was not used for too long, or its token was revoked. */
  isOver: boolean;
}

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Resolves with the cookie's value, which is stored nowhere. Needs a transaction. */
export async function addWebSession(
  query: Query,
  given: { tokenId: string; userAgent: string; isBrief?: boolean },
): Promise<{ id: string; secret: string }> {
  const secret = randomBytes(secretBytes).toString('base64url');
  const id = newId<string>(new Date());
  const { tokenId, isBrief = false } = given;
  await sql`delete from web_sessions where expires_at < clock_timestamp() - ${keptMsMax} * interval '1 ms'`.execute(
    query,
  );
  await sql`update web_sessions set ended_at = clock_timestamp() where id in (select id from web_sessions
    where token_id = ${tokenId} and is_brief = ${isBrief} and ended_at is null and expires_at > clock_timestamp()
    order by last_seen_at desc, id offset ${sessionsMax - 1})`.execute(query);
  await query
    .insertInto('webSessions')
    .values({
      id,
      tokenId,
      hash: hashOf(secret),
      userAgent: given.userAgent.slice(0, userAgentCharsMax),
      isBrief,
      expiresAt: sql<Date>`clock_timestamp() + ${isBrief ? briefMsMax : sessionMsMax} * interval '1 ms'`,
    })
    .execute();
  return { id, secret };
}

/** Returns undefined if the cookie is unknown. */
export async function findWebSession(query: Query, secret: string): Promise<FoundSession | undefined> {
  const { rows } = await sql<FoundSession>`
    select session.id, token.id as token_id, token.name as token_name, token.person, token.role, token.issuer, token.groups,
      session.ended_at is not null or session.expires_at <= clock_timestamp() or token.revoked_at is not null
        or token.issuer is not null and session.created_at <= clock_timestamp() - ${atProviderMsMax} * interval '1 ms'
        as is_over
    from web_sessions session join api_tokens token on token.id = session.token_id
    where session.hash = ${hashOf(secret)}`.execute(query);
  return rows[0];
}

/** Renews the session, even if it was last used in the future because the clock was set back. */
export async function markSessionSeen(query: Query, id: string): Promise<void> {
  await sql`update web_sessions set last_seen_at = clock_timestamp(),
      expires_at = clock_timestamp() + case when is_brief then ${briefMsMax}::bigint else ${sessionMsMax}::bigint end * interval '1 ms'
    where id = ${id} and ended_at is null
      and last_seen_at not between clock_timestamp() - ${seenEveryMs} * interval '1 ms'
        and clock_timestamp() + ${seenEveryMs} * interval '1 ms'`.execute(query);
}

export async function endWebSession(query: Query, id: string): Promise<void> {
  await query
    .updateTable('webSessions')
    .set({ endedAt: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .execute();
}
