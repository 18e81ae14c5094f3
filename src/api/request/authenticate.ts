// Admits callers with a token of the required role, or with a session; a wrong token is answered late, and only a
// limited number at a time.

import type { PermanentError, TransientError } from '../../domain/failure.ts';
import type { ApiRole } from '../../domain/people/api-role.ts';
import type { AllowRule } from '../../domain/people/sign-in-allow.ts';
import { admitLogin } from '../../engine/access/admit-login.ts';
import { roleNow } from '../../engine/access/role-now.ts';
import { writeAudit } from '../../engine/access/write-audit.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { type ApiToken, findToken, markTokenUsed } from '../../store/access/api-tokens.ts';
import {
  addWebSession,
  type FoundSession,
  findWebSession,
  markSessionSeen,
} from '../../store/access/web-sessions.ts';
import { isRefusedForNow } from '../../store/connection/database-failure.ts';
import type { Database, Query } from '../../store/database.ts';
import { apiFailures } from '../failure-catalogue.ts';
import { sessionSecretIn } from '../sign-in/session-cookie.ts';
import { assertRole, type Caller } from './caller.ts';
import type { CameFrom } from './came-from.ts';
import { isSecure } from './check-origin.ts';
import { createLookups, type Lookups } from './lookups.ts';
import { createRateLimit, networkOf, type Rate } from './rate-limit.ts';
import { createPersonOfProxy, type ProxySettings } from './trusted-proxy.ts';

/** The delay before a wrong token is answered. */
const defaultFailureDelayMs = 500;
/**
 * How many wrong tokens may wait for their answer; more are rejected immediately, and nobody with a valid
 * token has to wait for them.
 */
const failuresMax = 32;
/** The rate for one address. */
const failureRate = { perSecond: 10, burst: 50 };
const tokenCharsMax = 200;
/** For one token: each sign-in writes a session and a row of the audit log. */
const defaultSignInRate = { perSecond: 5, burst: 100 };

export interface Gate {
  /**
   * Checks the header `Authorization`; without it, the person that a trusted proxy names; otherwise the
   * cookie. @throws `TOKEN_INVALID`, `SESSION_OVER`, `RATE_LIMITED`, `TOO_MANY_FAILED_LOGINS`, `ROLE_TOO_LOW`,
   * and the errors of `admitLogin`
   */
  enter(headers: Headers, role: ApiRole, signal: AbortSignal, from?: CameFrom): Promise<Caller>;
  /** The same for somebody who has entered before: the refusal neither waits nor gives way to those of others. */
  enterAgain(headers: Headers, role: ApiRole, signal: AbortSignal, from?: CameFrom): Promise<Caller>;
  /** Who is signed in with the cookie. */
  personIn(headers: Headers, signal: AbortSignal): Promise<string | null>;
  /**
   * `isKept`: another person who is signed in stays so. @throws `TOKEN_NOT_A_PERSONS`, `SIGNED_IN_AS_ANOTHER`,
   * `RATE_LIMITED`, and the errors of `enter`
   */
  signIn(
    token: string,
    from: { headers: Headers; from: CameFrom; isBrief?: boolean; isKept?: boolean },
    signal: AbortSignal,
  ): Promise<{ caller: Caller; secret: string }>;
  /** For secrets that are checked elsewhere. */
  lookups: Lookups;
  /** Always rejects with the error: late, or, if too many are refused already, with another one at once. */
  refuse(error: PermanentError, signal: AbortSignal, from: CameFrom): Promise<never>;
  /** Starts a session of a person whose identity was checked. */
  openSession(
    token: Pick<ApiToken, 'id' | 'name' | 'role'>,
    person: string,
    from: { headers: Headers; isBrief?: boolean },
    signal: AbortSignal,
  ): Promise<{ caller: Caller; secret: string }>;
}

interface GateOptions {
  /** The public address: over TLS, the cookie has another name. */
  baseUrl?: string | null;
  failureDelayMs?: number | undefined;
  signInRate?: Rate | undefined;
  /** The proxy that names people, and which people it may name. */
  proxied?: { proxy: ProxySettings | null; allow: readonly AllowRule[] } | undefined;
}

export function createGate(
  database: Database,
  {
    failureDelayMs = defaultFailureDelayMs,
    signInRate = defaultSignInRate,
    proxied,
    baseUrl = null,
  }: GateOptions = {},
): Gate {
  const personOfProxy = proxied?.proxy ? createPersonOfProxy(proxied.proxy) : () => null;
  const rules = proxied?.allow ?? [];
  const refuse = refuseLate(failureDelayMs);
  const lookups = createLookups();
  const tokenOf = findTokensIn(database, lookups);
  const noteUse = noteUsesIn(database);
  const byCookie = async (secret: string, { signal, from, refused }: Entering): Promise<Caller> => {
    const look = () => database.run((query) => findWebSession(query, secret), signal);
    const session = await lookups.find(secret, from, look, signal);
    if (!session) return refused(sessionOver());
    const role = roleNow(session, rules);
    if (session.isOver || session.person === null || role === null) throw sessionOver();
    await noteUse((query) => markSessionSeen(query, session.id), signal);
    return personOf({ ...session, role }, session.person);
  };
  const byToken = async (given: string, { signal, from, refused }: Entering): Promise<Caller> => {
    const token = await tokenOf(given, from, signal);
    if (!token) return refused(invalid());
    await noteUse((query) => markTokenUsed(query, token.id), signal);
    return programOf(token);
  };
  const secretIn = (headers: Headers) => sessionSecretIn(headers, isSecure(headers, { baseUrl }));
  const personIn = findPeopleIn(database, secretIn);
  const openSession = openSessionsIn(database);
  const signIns = createRateLimit(signInRate);
  const byProxy = findPeopleOfProxyIn(database, rules, noteUse);
  const enter =
    (refusing: (signal: AbortSignal, from?: CameFrom) => Refused): Gate['enter'] =>
    async (headers, role, signal, from) => {
      const authorization = headers.get('authorization');
      const person = authorization === null ? personOfProxy(headers, from?.connection) : null;
      const secret = authorization === null ? secretIn(headers) : null;
      const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
      const entering = { signal, from, refused: refusing(signal, from) };
      const caller = await (person !== null
        ? byProxy(person, signal)
        : secret !== null
          ? byCookie(secret, entering)
          : byToken(given, entering));
      assertRole(caller, role);
      return caller;
    };
  return {
    enter: enter((signal, from) => (error) => refuse(error, signal, from)),
    enterAgain: enter(() => (error) => Promise.reject(error)),
    personIn,
    async signIn(given, { headers, from, isBrief = false, isKept = false }, signal) {
      const token = await tokenOf(given, from, signal);
      if (!token) return refuse(apiFailures.TOKEN_INVALID_SIGN_IN(fields), signal, from);
      if (token.person === null) throw notAPersons(token);
      signIns.take(token.id);
      const now = isKept ? await personIn(headers, signal) : null;
      if (now !== null && now !== token.person) throw signedInAsAnother(now, token.person);
      return openSession(token, token.person, { headers, isBrief }, signal);
    },
    lookups,
    refuse,
    openSession,
  };
}

type Refused = (error: PermanentError) => Promise<never>;

interface Entering {
  signal: AbortSignal;
  from: CameFrom | undefined;
  refused: Refused;
}

function findTokensIn(database: Database, lookups: Lookups) {
  return async (
    given: string,
    from: CameFrom | undefined,
    signal: AbortSignal,
  ): Promise<ApiToken | undefined> => {
    if (given === '' || given.length > tokenCharsMax) return undefined;
    const look = () => database.run((query) => findToken(query, given), signal);
    return lookups.find(given, from, look, signal);
  };
}

/** Only people read when something was used: a database that refuses writes must not lock anybody out. */
function noteUsesIn(database: Database) {
  return (note: (query: Query) => Promise<void>, signal: AbortSignal): Promise<void> =>
    database.run(async (query) => {
      try {
        await note(query);
      } catch (cause) {
        if (!isRefusedForNow(cause)) throw cause;
      }
    }, signal);
}

function findPeopleOfProxyIn(
  database: Database,
  rules: readonly AllowRule[],
  noteUse: ReturnType<typeof noteUsesIn>,
) {
  return async (email: string, signal: AbortSignal): Promise<Caller> => {
    const key = { issuer: 'proxy', subject: email.toLowerCase() };
    const given = { ...key, email, groups: [], way: 'proxy' };
    const login = await admitLogin(database, given, rules, signal);
    await noteUse((query) => markTokenUsed(query, login.id), signal);
    return personOf({ id: null, tokenId: login.id, role: login.role }, login.person);
  };
}

function findPeopleIn(database: Database, secretIn: (headers: Headers) => string | null): Gate['personIn'] {
  return async (headers, signal) => {
    const secret = secretIn(headers);
    if (secret === null) return null;
    const session = await database.run((query) => findWebSession(query, secret), signal);
    return session && !session.isOver ? session.person : null;
  };
}

function openSessionsIn(database: Database): Gate['openSession'] {
  return async (token, person, { headers, isBrief = false }, signal) => {
    const { id: tokenId, name: tokenName, role } = token;
    const userAgent = headers.get('user-agent') ?? '';
    const { id, secret } = await database.transaction(async (query) => {
      await writeAudit(query, { actor: `human:${person}`, act: 'session.open', subject: tokenName });
      await markTokenUsed(query, tokenId);
      return addWebSession(query, { tokenId, userAgent, isBrief });
    }, signal);
    return { caller: personOf({ id, tokenId, role }, person), secret };
  };
}

/** Always rejects: with `error` after a while, or immediately if too many already wait. */
function refuseLate(failureDelayMs: number) {
  const strangers = createRateLimit(failureRate);
  let failing = 0;
  return async (error: PermanentError, signal: AbortSignal, from?: CameFrom): Promise<never> => {
    strangers.take(networkOf(from?.client));
    if (failing >= failuresMax) throw tooMany(failureDelayMs);
    failing += 1;
    try {
      await sleep(failureDelayMs, signal);
    } finally {
      failing -= 1;
    }
    throw error;
  };
}

/** A caller with a token counts as a program, even if a person uses it. */
function programOf({ id, name, role, person }: ApiToken): Caller {
  const caller = { actor: `api:${name}`, name, role, isPerson: false };
  const requester = person === null ? caller.actor : `human:${person}`;
  return { ...caller, requester, tokenId: id, sessionId: null, isAmbient: false };
}

/** `id`: the ID of the session; null if a proxy vouches for each request. */
function personOf(
  { id, tokenId, role }: Pick<FoundSession, 'tokenId' | 'role'> & { id: string | null },
  name: string,
): Caller {
  const caller = { actor: `human:${name}`, name, role, isPerson: true };
  return { ...caller, requester: caller.actor, tokenId, sessionId: id, isAmbient: true };
}

const fields = { operation: 'authenticate' };

function invalid(): PermanentError {
  return apiFailures.TOKEN_INVALID(fields);
}

function sessionOver(): PermanentError {
  return apiFailures.SESSION_OVER(fields);
}

function notAPersons({ name }: ApiToken): PermanentError {
  return apiFailures.TOKEN_NOT_A_PERSONS(fields, { name });
}

/** Whoever follows a stranger's link would otherwise act under the stranger's name. */
function signedInAsAnother(now: string, wanted: string): PermanentError {
  return apiFailures.SIGNED_IN_AS_ANOTHER(fields, { now, wanted });
}

function tooMany(retryAfterMs: number): TransientError {
  return apiFailures.TOO_MANY_FAILED_LOGINS({ ...fields, retryAfterMs });
}
