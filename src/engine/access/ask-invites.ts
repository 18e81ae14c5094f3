// Invites people, lists and revokes invites (R-SEC-1). Only a person with the role admin invites, and an invite counts only
// as long as its inviter is one.
import type * as wire from '../../contract/contract.ts';
import { PermanentError } from '../../domain/failure.ts';
import { inviteMsMax, inviteMsMin } from '../../domain/invite.ts';
import { nanoOfUsd } from '../../domain/money.ts';
import { isHuman } from '../../domain/person.ts';
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
import { audited } from './audited.ts';

/** What only the one who passes on the request knows. */
export interface InvitedFrom {
  /** The address of Mission Control, which the link begins with. */
  url: string;
  /** The token of the inviter; null on the machine of the database. */
  inviterId: string | null;
}

export function askInvites({ database, actor }: { database: Database; actor: string }) {
  const never = new AbortController().signal;
  const change = <T>(act: string, subject: string, detail: Record<string, unknown>, work: () => Promise<T>) =>
    audited(database, { by: actor, act, subject, detail }, never, work);
  return {
    list: async (): Promise<Invite[]> => database.run(listInvites),
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
      const detail = { role, expires_in_ms: expiresInMs, daily_usd: dailyUsd ?? null };
      return change('invite.create', person, detail, async () => {
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
      });
    },
    /** Finds an invite by its ID or the end of its ID; idempotent. @throws `INVITE_NOT_FOUND`, `INVITE_AMBIGUOUS`, `INVITE_ACCEPTED` */
    revoke: async (given: string): Promise<Invite> => {
      const found = await database.run((query) => oneInvite(query, given));
      if (found.state === 'revoked') return found;
      await change('invite.revoke', found.person, { id: found.id }, async () => {
        const isRevoked = await database.transaction((query) => revokeInvite(query, found.id));
        if (!isRevoked && (await stateNow(database, found.id)) === 'accepted') throw accepted(found.person);
      });
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
  if (!found)
    throw refused(
      'INVITE_NOT_FOUND',
      `There is no invite ${shown}.`,
      'List the existing invites with `moose invites`.',
    );
  if (other)
    throw refused(
      'INVITE_AMBIGUOUS',
      `Several invites have ids that end in ${shown}.`,
      'Give more characters of the id.',
    );
  return found;
}

function refused(code: string, message: string, advice: string): PermanentError {
  return new PermanentError({ code, component: 'api', operation: 'change invites', message, advice });
}

function nameInvalid(person: string): PermanentError {
  return refused(
    'INVITE_NAME_INVALID',
    `Nobody can be invited as "${person.slice(0, 40)}".`,
    'Use up to 100 letters, digits and . _ + -, starting with a letter or a digit. Names with @ belong to people who sign in at a provider: let them in with MOOSE_SIGN_IN_ALLOW.',
  );
}

function timeInvalid(): PermanentError {
  return refused(
    'INVITE_TIME_INVALID',
    'A link works for at least one minute and at most 30 days.',
    'Give it with --expires, as in 12h or 7d.',
  );
}

function nameTaken(person: string): PermanentError {
  return refused(
    'INVITE_NAME_TAKEN',
    `The name "${person}" is or was the name of somebody else, or differs from such a name only in upper and lower case.`,
    'Choose another name. If it is the same person, create another token: `moose tokens create NAME --role ROLE --person PERSON`.',
  );
}

function alreadyInvited(person: string): PermanentError {
  return refused(
    'INVITE_NAME_INVITED',
    `Somebody is already invited as "${person}".`,
    'Revoke that invite first: `moose invites` lists them. Or choose another name.',
  );
}

function notYours(): PermanentError {
  return refused(
    'INVITE_NOT_YOURS',
    'Only a person can invite people.',
    'Do it yourself: sign in to Mission Control, or `moose invites create PERSON --role ROLE`.',
  );
}

function accepted(person: string): PermanentError {
  return refused(
    'INVITE_ACCEPTED',
    `${person} has already accepted this invite.`,
    'Revoke the token of the person instead: `moose tokens` lists it.',
  );
}

function tooMany(): PermanentError {
  return refused(
    'INVITES_TOO_MANY',
    `There are ${openInvitesMax} open invites.`,
    'Revoke invites that are not needed.',
  );
}
