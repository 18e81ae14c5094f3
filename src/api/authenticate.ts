// Lets in who has a token of the role that it takes; a wrong one is answered late, and not many are at a time.
import { PermanentError, TransientError } from '../domain/failure.ts';
import { sleep } from '../stdx/sleep.ts';
import { type ApiRole, type ApiToken, apiRoles, findToken, markTokenUsed } from '../store/api-tokens.ts';
import type { Database } from '../store/database.ts';
import type { Caller } from './caller.ts';

/** A wrong token is answered after this. */
const failureDelayMsUsual = 500;
/** Wrong ones that wait for their answer; more of them are sent away, and nobody with a valid token waits for them. */
const failuresMax = 32;
const tokenCharsMax = 200;

export interface Gate {
  /** @throws `TOKEN_INVALID`, `TOO_MANY_FAILED_LOGINS`, `ROLE_TOO_LOW` */
  enter(headers: Headers, role: ApiRole, signal: AbortSignal): Promise<Caller>;
}

export function createGate(database: Database, failureDelayMs = failureDelayMsUsual): Gate {
  let failing = 0;
  return {
    async enter(headers, role, signal) {
      const given = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
      const isPossible = given !== '' && given.length <= tokenCharsMax;
      const token = isPossible ? await database.run((query) => findToken(query, given), signal) : undefined;
      if (!token) {
        if (failing >= failuresMax) throw tooMany(failureDelayMs);
        failing += 1;
        try {
          await sleep(failureDelayMs, signal);
        } finally {
          failing -= 1;
        }
        throw invalid();
      }
      if (apiRoles.indexOf(token.role) < apiRoles.indexOf(role)) throw tooLow(token, role);
      await database.run((query) => markTokenUsed(query, token.id), signal);
      return { ...callerOf(token), sessionId: null };
    },
  };
}

/** By its token, a caller is a program, whoever has it. */
function callerOf({ id, name, role }: ApiToken): Omit<Caller, 'sessionId'> {
  return { actor: `api:${name}`, name, role, isPerson: false, tokenId: id };
}

const fields = { component: 'api', operation: 'authenticate' };

function invalid(): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'TOKEN_INVALID',
    message: 'The request has no token, or one that is not valid.',
    advice:
      'Send the header `Authorization: Bearer TOKEN`; the first token is in the file `api-token` of the data directory.',
  });
}

function tooMany(retryAfterMs: number): TransientError {
  return new TransientError({
    ...fields,
    code: 'TOO_MANY_FAILED_LOGINS',
    message: 'Too many requests with wrong tokens are under way.',
    advice: 'Come back in a second, with a valid token.',
    retryAfterMs,
  });
}

function tooLow(token: ApiToken, role: ApiRole): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'ROLE_TOO_LOW',
    message: `This needs the role ${role}, and the token "${token.name}" has the role ${token.role}.`,
    advice: `Use a token of the role ${role}.`,
  });
}
