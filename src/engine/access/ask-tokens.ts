// Lists, creates and revokes API tokens of programs and people.

import type * as wire from '../../contract/contract.ts';
import type { PermanentError } from '../../domain/failure.ts';
import { isHuman } from '../../domain/people/person.ts';
import {
  type ApiToken,
  addToken,
  listTokens,
  lockTokens,
  newToken,
  revokeToken,
  tokensMax,
  tokensOfId,
} from '../../store/access/api-tokens.ts';
import type { Database } from '../../store/database.ts';
import { accessFailures } from './failure-catalogue.ts';

/** The name appears in the audit log, in events and on screens, so it is short. */
export const personPattern = /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,99}$/u;

export function askTokens({ database, actor }: { database: Database; actor: string }) {
  return {
    list: async (): Promise<wire.Token[]> => (await database.run(listTokens)).map(viewOf),
    /** By its ID or the end of its ID. @throws `TOKEN_NOT_FOUND`, `TOKEN_AMBIGUOUS` */
    one: async (given: string): Promise<wire.Token> =>
      viewOf(await database.run((query) => oneToken(query, given))),
    /**
     * The token is shown only this once.
     * @throws `TOKEN_NOT_YOURS`, `TOKEN_NAME_INVALID`, `TOKEN_NAME_TAKEN`, `TOKENS_TOO_MANY`
     */
    create: async (given: wire.NewToken): Promise<wire.Token & { token: string }> => {
      const { name, role, person = null } = given;
      for (const word of [name, person])
        if (word !== null && !personPattern.test(word)) throw nameInvalid(word);
      if (!isHuman(actor) && (person !== null || role === 'admin')) throw notYours();
      const token = newToken();
      const added = await database.transaction(async (query) => {
        await lockTokens(query);
        const valid = (await listTokens(query)).filter(({ revokedAt }) => revokedAt === null);
        if (valid.some((each) => each.name === name)) throw nameTaken(name);
        if (valid.length >= tokensMax) throw tokensTooMany();
        return addToken(query, token, { name, role, person, createdBy: actor });
      });
      if (!added) throw new TypeError('A new token already exists');
      return { ...viewOf(added), token };
    },
    /** Finds a token by its ID or the end of its ID; idempotent. @throws `TOKEN_NOT_FOUND`, `TOKEN_AMBIGUOUS` */
    revoke: async (given: string): Promise<wire.Token> => {
      const found = await database.run((query) => oneToken(query, given));
      if (found.revokedAt !== null) return viewOf(found);
      await database.transaction((query) => revokeToken(query, found.id));
      return viewOf(await database.run((query) => oneToken(query, found.id)));
    },
  };
}

async function oneToken(query: Parameters<typeof tokensOfId>[0], given: string): Promise<ApiToken> {
  const [found, other] = await tokensOfId(query, given);
  const shown = given.slice(0, 40);
  if (!found) throw accessFailures.TOKEN_NOT_FOUND('change tokens', { shown });
  if (other) throw accessFailures.TOKEN_AMBIGUOUS('change tokens', { shown });
  return found;
}

function viewOf({ id, name, role, person, ...token }: ApiToken): wire.Token {
  return {
    id,
    name,
    role,
    person,
    created_by: token.createdBy,
    created_at: token.createdAt.toISOString(),
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    revoked_at: token.revokedAt?.toISOString() ?? null,
  };
}

function nameInvalid(word: string): PermanentError {
  return accessFailures.TOKEN_NAME_INVALID('change tokens', { word: word.slice(0, 40) });
}

function nameTaken(name: string): PermanentError {
  return accessFailures.TOKEN_NAME_TAKEN('change tokens', { name });
}

/** A program must not gain rights by creating another token. */
function notYours(): PermanentError {
  return accessFailures.TOKEN_NOT_YOURS('change tokens');
}

export function tokensTooMany(): PermanentError {
  return accessFailures.TOKENS_TOO_MANY('change tokens', { tokensMax });
}
