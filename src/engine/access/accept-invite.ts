// Exchanges the secret of an invite for a token of the invited person: once, in time, and only as long as the
// inviter may still invite. Looking at an invite changes nothing, because link previews and mail scanners
// look at every link.

import type { PermanentError } from '../../domain/failure.ts';
import {
  type ApiToken,
  addToken,
  countTokens,
  lockTokens,
  newToken,
  tokensMax,
} from '../../store/access/api-tokens.ts';
import { findInvite, type Invite, markAccepted } from '../../store/access/invites.ts';
import type { Database } from '../../store/database.ts';
import { isNameTaken } from './ask-invites.ts';
import { tokensTooMany } from './ask-tokens.ts';
import { accessFailures } from './failure-catalogue.ts';
import { writeAudit } from './write-audit.ts';

/** @throws `INVITE_INVALID`, `INVITE_OVER` */
export async function lookAtInvite(database: Database, secret: string, signal: AbortSignal): Promise<Invite> {
  return openOnly(await database.run((query) => findInvite(query, secret), signal));
}

export interface Accepted {
  token: ApiToken & { person: string };
  /** The token's secret, which is stored nowhere. */
  secret: string;
}

/** @throws `INVITE_INVALID`, `INVITE_OVER`, `INVITE_NAME_GONE`, `TOKENS_TOO_MANY` */
export async function acceptInvite(
  database: Database,
  given: string,
  signal: AbortSignal,
): Promise<Accepted> {
  // Before the lock, so that nobody who guesses makes others wait.
  await lookAtInvite(database, given, signal);
  const secret = newToken();
  return database.transaction(async (query) => {
    // Two clients with the same link come one after the other; the second one finds it accepted.
    await lockTokens(query);
    const invite = openOnly(await findInvite(query, given));
    const { id, person, role, createdBy } = invite;
    if (await isNameTaken(query, person)) throw nameTaken(person);
    if ((await countTokens(query)) >= tokensMax) throw tokensTooMany();
    const detail = { id, role, invited_by: createdBy };
    await writeAudit(query, { actor: `human:${person}`, act: 'invite.accept', subject: person, detail });
    const token = await addToken(query, secret, { name: person, role, person, createdBy });
    if (!token) throw new TypeError('A new token already exists');
    if (!(await markAccepted(query, id, token.id))) throw over(invite, 'accepted');
    return { token: { ...token, person }, secret };
  }, signal);
}

function openOnly(invite: Invite | undefined): Invite {
  if (invite === undefined) throw invalid();
  if (invite.state !== 'open') throw over(invite, invite.state);
  return invite;
}

const fields = { operation: 'accept invite' };

function invalid(): PermanentError {
  return accessFailures.INVITE_INVALID(fields);
}

/** Between the invite and its acceptance. */
function nameTaken(person: string): PermanentError {
  return accessFailures.INVITE_NAME_GONE(fields, { person });
}

const ends: Readonly<Record<Exclude<Invite['state'], 'open'>, string>> = {
  accepted: 'This invite was already used. If that was not you, tell the person who invited you now.',
  expired: 'This invite has expired.',
  revoked: 'This invite was revoked.',
  withdrawn: 'The person who invited you can no longer invite anybody.',
};

/** Only somebody with the secret is told. */
function over({ id, person }: Invite, state: Exclude<Invite['state'], 'open'>): PermanentError {
  return accessFailures.INVITE_OVER({ ...fields, metadata: { id, person, state } }, { ends: ends[state] });
}
