// Previews of services. The link and the cookie are stored as hashes only; the link opens a preview once.
import { createHash, randomBytes } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { newId } from '../../domain/ids.ts';
import type { PreviewTarget } from '../../domain/machine/preview.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import type { SessionRow } from '../work/sessions/session-rows.ts';

export type PreviewRow = Selectable<Tables['previews']>;

export interface NewPreview {
  sessionId: SessionRow['id'];
  target: PreviewTarget;
  actor: string;
  tokenId: string | null;
  webSessionId: string | null;
}

const linkMsMax = 60_000;
const previewMsMax = 60 * 60_000;
const secretBytes = 32;
const labelLength = 20;
const labelSigns = 'abcdefghijklmnopqrstuvwxyz234567';

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();
const newSecret = () => randomBytes(secretBytes).toString('base64url');
/** 100 random bits, five in each character. */
const newLabel = () =>
  Array.from(randomBytes(labelLength), (byte) => labelSigns[byte % labelSigns.length]).join('');

/** Resolves with the secret of the link, which is stored nowhere. Forgets previews that have expired. */
export async function addPreview(
  query: Query,
  { target, ...given }: NewPreview,
): Promise<{ label: string; secret: string; expiresAt: Date }> {
  await sql`delete from previews where expires_at <= clock_timestamp()`.execute(query);
  const secret = newSecret();
  const { label, expiresAt } = await query
    .insertInto('previews')
    .values({
      ...given,
      ...target,
      id: newId(new Date()),
      label: newLabel(),
      linkHash: hashOf(secret),
      expiresAt: sql<Date>`clock_timestamp() + ${linkMsMax} * interval '1 ms'`,
    })
    .returning(['label', 'expiresAt'])
    .executeTakeFirstOrThrow();
  return { label, secret, expiresAt };
}

/** Whether the service runs, and whoever asked for the preview is still signed in. */
const holds = sql<boolean>`p.expires_at > clock_timestamp()
  and exists (select from sessions s where s.id = p.session_id and s.state = 'running' and s.unreachable_since is null)
  and not exists (select from api_tokens t where t.id = p.token_id and t.revoked_at is not null)
  and not exists (select from web_sessions w where w.id = p.web_session_id and not w.is_brief
    and (w.ended_at is not null or w.expires_at <= clock_timestamp()))`;

/**
 * Opens the link, the first time. Resolves with the value of the cookie, which is stored nowhere; undefined if the link
 * does not work, or no longer.
 */
export async function openPreview(
  query: Query,
  { label, secret }: { label: string; secret: string },
): Promise<{ cookie: string; path: string; maxAgeS: number } | undefined> {
  const cookie = newSecret();
  const { rows } = await sql<{ path: string }>`update previews p set opened_at = clock_timestamp(),
      cookie_hash = ${hashOf(cookie)}, expires_at = clock_timestamp() + ${previewMsMax} * interval '1 ms'
    where p.label = ${label} and p.link_hash = ${hashOf(secret)} and p.opened_at is null and ${holds}
    returning p.path`.execute(query);
  const [opened] = rows;
  return opened && { cookie, path: opened.path, maxAgeS: previewMsMax / 1_000 };
}

/** Undefined if the cookie does not open this preview, or no longer. */
export async function findPreview(
  query: Query,
  { label, cookie }: { label: string; cookie: string },
): Promise<Pick<PreviewRow, 'id' | 'sessionId' | 'port'> | undefined> {
  const { rows } = await sql<Pick<PreviewRow, 'id' | 'sessionId' | 'port'>>`
    select p.id, p.session_id, p.port from previews p
    where p.label = ${label} and p.cookie_hash = ${hashOf(cookie)} and ${holds}`.execute(query);
  return rows[0];
}
