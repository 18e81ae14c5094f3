// Invites: each is a secret in a link, stored as a hash, that is exchanged once for a token.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import { newId } from '../../domain/ids.ts';
import type { ApiRole } from '../../domain/people/api-role.ts';
import type { InviteState } from '../../domain/people/invite.ts';
import type { Query } from '../database.ts';
import { storableText } from '../storable.ts';

export interface Invite {
  id: string;
  person: string;
  role: ApiRole;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
  acceptedAt: Date | null;
  state: InviteState;
}

const secretBytes = 32;
/** How many may be open at once. */
export const openInvitesMax = 100;
/** How many others the list shows, newest first. */
const overShownMax = 100;

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const columns = sql`i.id, i.hash, i.person, i.role, i.created_by, i.created_at, i.expires_at, i.accepted_at,
  case when i.accepted_at is not null then 'accepted' when i.revoked_at is not null then 'revoked'
    when i.expires_at <= clock_timestamp() then 'expired'
    -- An invite counts only as long as the inviter could still make it.
    when i.inviter_id is not null and (inviter.revoked_at is not null or inviter.role <> 'admin') then 'withdrawn'
    else 'open' end as state`;
const source = sql`invites i left join api_tokens inviter on inviter.id = i.inviter_id`;

export interface NewInvite {
  person: string;
  role: ApiRole;
  createdBy: string;
  inviterId: string | null;
  expiresInMs: number;
}

/** Resolves with the secret, which is stored nowhere. */
export async function addInvite(
  query: Query,
  { person, role, createdBy, inviterId, expiresInMs }: NewInvite,
): Promise<{ invite: Invite; secret: string }> {
  const secret = randomBytes(secretBytes).toString('base64url');
  await sql`insert into invites (id, hash, person, role, created_by, inviter_id, expires_at)
    values (${newId(new Date())}, ${hashOf(secret)}, ${storableText(person)}, ${role}, ${createdBy}, ${inviterId},
      clock_timestamp() + ${expiresInMs} * interval '1 ms')`.execute(query);
  const invite = await findInvite(query, secret);
  if (!invite) throw new TypeError('A new invite is not there');
  return { invite, secret };
}

/** In whatever state it is. The hash is looked up and compared: nobody can choose how it starts. */
export async function findInvite(query: Query, secret: string): Promise<Invite | undefined> {
  const given = hashOf(secret);
  const { rows } = await sql<Invite & { hash: Buffer }>`
    select ${columns} from ${source} where i.hash = ${given}`.execute(query);
  const [found] = rows;
  if (!found || !timingSafeEqual(found.hash, given)) return undefined;
  const { hash: _hash, ...invite } = found;
  return invite;
}

/** Open ones first, oldest first; then the others, newest first. */
export async function listInvites(query: Query): Promise<Invite[]> {
  const { rows } = await sql<Invite & { hash: Buffer; place: bigint }>`
    with listed as (select ${columns} from ${source}),
      placed as (select listed.*, row_number() over (partition by state = 'open'
        order by case when state = 'open' then created_at end, created_at desc, id desc) as place from listed)
    select * from placed where state = 'open' or place <= ${overShownMax}
    order by state = 'open' desc, place`.execute(query);
  return rows.map(({ hash: _hash, place: _place, ...invite }) => invite);
}

/** Finds invites by the ID, or by the last characters of the ID, at least four. Returns two if several match. */
export async function invitesOfId(query: Query, given: string): Promise<Invite[]> {
  const end = given.toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f-]{4,36}$/i.test(given) || end === '') return [];
  const { rows } = await sql<Invite & { hash: Buffer }>`select ${columns} from ${source}
    where replace(i.id::text, '-', '') like ${`%${end}`} limit 2`.execute(query);
  return rows.map(({ hash: _hash, ...invite }) => invite);
}

/** False if it was accepted or revoked before. */
export async function revokeInvite(query: Query, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`update invites set revoked_at = clock_timestamp()
    where id = ${id} and accepted_at is null and revoked_at is null`.execute(query);
  return numAffectedRows === 1n;
}

/** False if it was accepted or revoked before. */
export async function markAccepted(query: Query, id: string, tokenId: string): Promise<boolean> {
  const { numAffectedRows } =
    await sql`update invites set accepted_at = clock_timestamp(), token_id = ${tokenId}
    where id = ${id} and accepted_at is null and revoked_at is null`.execute(query);
  return numAffectedRows === 1n;
}

/** Every name that a token, a person or a login has or had. */
export async function namesInUse(query: Query): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from api_tokens
    union select person from api_tokens where person is not null`.execute(query);
  return rows.map(({ name }) => name);
}

/** Whether somebody has already acted under the name. */
export async function hasActed(query: Query, person: string): Promise<boolean> {
  const { rows } = await sql<{ acted: boolean }>`select exists (select from audit_log
    where lower(actor) = lower(${`human:${person}`})) as acted`.execute(query);
  return rows[0]?.acted === true;
}
