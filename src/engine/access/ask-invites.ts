// Invites people, lists and revokes invites (R-SEC-1). Only a person with the role admin invites, and an invite counts only
// as long as its inviter is one.

import type * as wire from '../../contract/contract.ts';
import type { PermanentError } from '../../domain/failure.ts';
import { nanoOfUsd } from '../../domain/money.ts';
import { inviteMsMax, inviteMsMin } from '../../domain/people/invite.ts';
import { isHuman } from '../../domain/people/person.ts';
import { lockTokens } from '../../store/access/api-tokens.ts';
import {
  addInvite,
  hasActed,
  type Invite,
  invitesOfId,
  listInvites,
  namesInUse,
  openInvitesMax,
  revokeInvite,
} from '../../store/access/invites.ts';
import type { Database, Query } from '../../store/database.ts';
import { setSubjectLimit } from '../../store/money/limits.ts';
import { personPattern } from './ask-tokens.ts';
import { accessFailures } from './failure-catalogue.ts';

/** What only the one who passes on the request knows. */
export interface InvitedFrom {
  /** The address of Mission Control, which the link begins with. */
  url: string;
  /** The token of the inviter; null on the machine of the database. */
  inviterId: string | null;
}

export function askInvites({ database, actor }: { database: Database; actor: string }) {
  return {
    list: async (): Promise<Invite[]> => database.run(listInvites),
    /** By its ID or the end of its ID. @throws `INVITE_NOT_FOUND`, `INVITE_AMBIGUOUS` */
    one: (given: string): Promise<Invite> => database.run((query) => oneInvite(query, given)),
    /**
     * The link is shown only this once.
     * @throws `INVITE_NOT_YOURS`, `INVITE_NAME_INVALID`, `INVITE_TIME_INVALID`, `INVITE_NAME_TAKEN`, `INVITE_NAME_INVITED`,
     * `INVITES_TOO_MANY`
     */
    create: async (
      given: wire.NewInvite,
      { url, inviterId }: InvitedFrom,
    ): Promise<Invite & { link: string }> => {
      const { person, role, expires_in_ms: expiresInMs, daily_usd: dailyUsd } = given;
      if (!personPattern.test(person) || /[\s@]/.test(person)) throw nameInvalid(person);
      if (expiresInMs < inviteMsMin || expiresInMs > inviteMsMax) throw timeInvalid();
      if (!isHuman(actor)) throw notYours();
      const { invite, secret } = await database.transaction(async (query) => {
        await lockTokens(query);
        const open = (await listInvites(query)).filter(({ state }) => state === 'open');
        if (open.length >= openInvitesMax) throw tooMany();
        if (open.some((each) => folded(each.person) === folded(person))) throw alreadyInvited(person);
        if (await isNameTaken(query, person)) throw nameTaken(person);
        if (dailyUsd !== undefined) {
          const limit = { dailyNanoUsd: nanoOfUsd(dailyUsd) };
          await setSubjectLimit(query, { kind: 'person', subject: person }, limit, actor);
        }
        return addInvite(query, { person, role, createdBy: actor, inviterId, expiresInMs });
      });
      return { ...invite, link: `${url.replace(/\/+$/, '')}/invite#${secret}` };
    },
    /** Finds an invite by its ID or the end of its ID; idempotent. @throws `INVITE_NOT_FOUND`, `INVITE_AMBIGUOUS`, `INVITE_ACCEPTED` */
    revoke: async (given: string): Promise<Invite> => {
      const found = await database.run((query) => oneInvite(query, given));
      if (found.state === 'revoked') return found;
      const isRevoked = await database.transaction((query) => revokeInvite(query, found.id));
      if (!isRevoked && (await stateNow(database, found.id)) === 'accepted') throw accepted(found.person);
      return database.run((query) => oneInvite(query, found.id));
    },
  };
}

/**
 * Two people must never have one name, so a name stays taken after its token was revoked. Names with an `@` belong to the
 * people whom a provider, a proxy or a forge names.
 */
export async function isNameTaken(query: Query, person: string): Promise<boolean> {
  const names = await namesInUse(query);
  return names.some((each) => folded(each) === folded(person)) || (await hasActed(query, person));
}

/** What looks the same, or nearly, is the same name. */
const folded = (name: string): string => name.normalize('NFKC').toLowerCase();

async function stateNow(database: Database, id: string): Promise<Invite['state']> {
  return (await database.run((query) => oneInvite(query, id))).state;
}

async function oneInvite(query: Query, given: string): Promise<Invite> {
  const [found, other] = await invitesOfId(query, given);
  const shown = given.slice(0, 40);
  if (!found) throw accessFailures.INVITE_NOT_FOUND('change invites', { shown });
  if (other) throw accessFailures.INVITE_AMBIGUOUS('change invites', { shown });
  return found;
}

function nameInvalid(person: string): PermanentError {
  return accessFailures.INVITE_NAME_INVALID('change invites', { person: person.slice(0, 40) });
}

function timeInvalid(): PermanentError {
  return accessFailures.INVITE_TIME_INVALID('change invites');
}

function nameTaken(person: string): PermanentError {
  return accessFailures.INVITE_NAME_TAKEN('change invites', { person });
}

function alreadyInvited(person: string): PermanentError {
  return accessFailures.INVITE_NAME_INVITED('change invites', { person });
}

function notYours(): PermanentError {
  return accessFailures.INVITE_NOT_YOURS('change invites');
}

function accepted(person: string): PermanentError {
  return accessFailures.INVITE_ACCEPTED('change invites', { person });
}

function tooMany(): PermanentError {
  return accessFailures.INVITES_TOO_MANY('change invites', { openInvitesMax });
}
