// Previews of services. The link and the cookie are stored as hashes only; the link opens a preview once.
import { createHash, randomBytes } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { newId } from '../../domain/ids.ts';
import type { PreviewTarget } from '../../domain/machine/preview.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import type { SessionRow } from '../work/sessions/session-rows.ts';
import type { ApiToken } from './api-tokens.ts';
import { atProviderMsMax } from './web-sessions.ts';

export type PreviewRow = Selectable<Tables['previews']>;

/** The token of whoever asked for the preview, as it is now; null: the command line on this machine. */
export type PreviewAsker = Pick<ApiToken, 'role' | 'issuer' | 'person' | 'groups'> | null;

/** Whether somebody may still look at previews. */
export type MayLook = (asker: PreviewAsker) => boolean;

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
  and not exists (select from web_sessions w join api_tokens t on t.id = w.token_id where w.id = p.web_session_id
    and (not w.is_brief and (w.ended_at is not null or w.expires_at <= clock_timestamp())
      or t.issuer is not null and w.created_at <= clock_timestamp() - ${atProviderMsMax} * interval '1 ms'))`;
const asker = sql<PreviewAsker>`(select jsonb_build_object('role', t.role, 'issuer', t.issuer, 'person', t.person,
  'groups', t.groups) from api_tokens t where t.id = p.token_id)`;

/**
 * Opens the link, the first time. Resolves with the value of the cookie, which is stored nowhere; undefined if the link
 * does not work, or no longer.
 */
export async function openPreview(
  query: Query,
  { label, secret }: { label: string; secret: string },
  mayLook: MayLook,
): Promise<{ cookie: string; path: string; maxAgeS: number } | undefined> {
  const isLink = sql<boolean>`p.label = ${label} and p.link_hash = ${hashOf(secret)} and p.opened_at is null and ${holds}`;
  const asked = await sql<{
    asker: PreviewAsker;
  }>`select ${asker} as asker from previews p where ${isLink}`.execute(query);
  const [found] = asked.rows;
  if (found === undefined || !mayLook(found.asker)) return undefined;
  const cookie = newSecret();
  const { rows } = await sql<{ path: string }>`update previews p set opened_at = clock_timestamp(),
      cookie_hash = ${hashOf(cookie)}, expires_at = clock_timestamp() + ${previewMsMax} * interval '1 ms'
    where ${isLink} returning p.path`.execute(query);
  const [opened] = rows;
  return opened && { cookie, path: opened.path, maxAgeS: previewMsMax / 1_000 };
}

/** What a browser shows of a preview. */
export interface PreviewProof {
  label: string;
  cookie: string;
}

type FoundPreview = Pick<PreviewRow, 'label' | 'sessionId' | 'port'>;

/** Those whose cookie opens the preview, still, by their labels. */
export async function findPreviews(
  query: Query,
  proofs: readonly PreviewProof[],
  mayLook: MayLook,
): Promise<ReadonlyMap<string, FoundPreview>> {
  const labels = proofs.map(({ label }) => label);
  const hashes = proofs.map(({ cookie }) => hashOf(cookie).toString('hex'));
  const { rows } = await sql<FoundPreview & { asker: PreviewAsker }>`
    select p.label, p.session_id, p.port, ${asker} as asker
    from unnest(${labels}::text[], ${hashes}::text[]) as given (label, hash)
    join previews p on p.label = given.label and p.cookie_hash = decode(given.hash, 'hex')
    where ${holds}`.execute(query);
  return new Map(rows.filter((row) => mayLook(row.asker)).map((row) => [row.label, row]));
}
