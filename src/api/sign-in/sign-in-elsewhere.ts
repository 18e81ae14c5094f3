// Signing in at an OpenID Connect provider. The browser goes there with a proof of this browser, and comes back to the
// callback, once. Whatever goes wrong, it ends on the sign-in page, which says why.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { beginOidcSignIn, endOidcSignIn, listWaysToSignIn } from '../../contract/operations/sign-in.ts';
import type { PermanentError } from '../../domain/failure.ts';
import type { AllowRule } from '../../domain/people/sign-in-allow.ts';
import { admitLogin } from '../../engine/access/admit-login.ts';
import type { ErrorLog } from '../../engine/errors/error-log.ts';
import { beginSignIn, takeSignIn } from '../../store/access/logins.ts';
import type { Database } from '../../store/database.ts';
import { apiFailures } from '../failure-catalogue.ts';
import type { Api } from '../request/api.ts';
import type { Gate } from '../request/authenticate.ts';
import { isSecure } from '../request/check-origin.ts';
import { createRateLimit, networkOf } from '../request/rate-limit.ts';
import { toApiError, warnOfStrangersSparingly } from '../request/request-errors.ts';
import type { ProxySettings } from '../request/trusted-proxy.ts';
import { createOidcProvider, type OidcSettings, type SignInProof } from './oidc-provider.ts';
import { sessionCookie, signInCookie, signInSecretIn } from './session-cookie.ts';

export interface SignInElsewhere {
  oidc: OidcSettings | null;
  proxy: ProxySettings | null;
  allow: readonly AllowRule[];
}

interface Deps {
  database: Database;
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
  baseUrl: string | null;
  signIn?: SignInElsewhere;
}

const secretBytes = 32;
const pathCharsMax = 2_000;
/**
 * For one address: in the ten minutes that a sign-in may take, even three servers admit fewer than are kept, so it pushes
 * out nobody else's.
 */
const beginRate = { perSecond: 5, burst: 200 };

export function addSignInElsewhere(api: Api, deps: Deps, gate: Gate): void {
  const { database, signIn } = deps;
  const provider = signIn?.oidc ? createOidcProvider(signIn.oidc) : null;
  const isTold = warnOfStrangersSparingly();
  const begun = createRateLimit(beginRate);
  const callbackOf = (headers: Headers) => `${ownOrigin(headers, deps)}${endOidcSignIn.path}`;
  api.openapi(listWaysToSignIn, (c) => c.json({ token: true, oidc: provider !== null }, 200));
  api.openapi(beginOidcSignIn, async (c) => {
    if (provider === null) throw notConfigured();
    begun.take(networkOf(c.get('from').client));
    const { headers } = c.req.raw;
    const signal = c.get('signal');
    const secret = randomBytes(secretBytes).toString('base64url');
    const address = await provider.addressFor(callbackOf(headers), proofOf(secret), signal);
    const returnTo = ownPath(c.req.valid('query').to);
    await database.run((query) => beginSignIn(query, hashOf(secret), returnTo), signal);
    c.header('set-cookie', signInCookie(secret, isSecure(headers, deps)));
    return c.redirect(address, 303);
  });
  api.openapi(endOidcSignIn, async (c) => {
    if (provider === null || signIn === undefined) throw notConfigured();
    const { headers } = c.req.raw;
    const signal = c.get('signal');
    c.header('set-cookie', signInCookie('', isSecure(headers, deps)), { append: true });
    try {
      const secret = signInSecretIn(headers, isSecure(headers, deps));
      const taken = secret === null ? null : await database.run((q) => takeSignIn(q, hashOf(secret)), signal);
      if (!taken || secret === null) throw notBegunHere();
      const answer = new URL(callbackOf(headers));
      answer.search = new URL(c.req.url).search;
      const person = await provider.personAt(answer, proofOf(secret), signal);
      const login = await admitLogin(database, { ...person, way: 'oidc' }, signIn.allow, signal);
      const session = await gate.openSession(login, login.person, { headers }, signal);
      c.header('set-cookie', sessionCookie(session.secret, isSecure(headers, deps)), { append: true });
      return c.redirect(taken.returnTo, 303);
    } catch (thrown) {
      const error = toApiError(thrown);
      if (isTold(`${error.code} ${networkOf(c.get('from').client)}`, false)) {
        deps.logger.warn({ err: error }, 'sign-in failed');
        deps.errors.record(error).resolved(false);
      }
      return c.redirect(`/#refused=${encodeURIComponent(error.code)}`, 303);
    }
  });
}

/** All of it follows from the secret in the browser's cookie, so nothing about it needs to be stored. */
function proofOf(secret: string): SignInProof {
  const part = (name: string) => createHmac('sha256', secret).update(name).digest('base64url');
  return { state: part('state'), nonce: part('nonce'), verifier: part('verifier') };
}

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** The host was checked before. */
function ownOrigin(headers: Headers, { baseUrl }: Pick<Deps, 'baseUrl'>): string {
  const host = headers.get('host') ?? '';
  return baseUrl !== null && new URL(baseUrl).host === host ? baseUrl : `http://${host}`;
}

/** A path of this server; anything else would send a person who has just signed in to another site. */
function ownPath(given: string | undefined): string {
  const base = 'http://own.invalid';
  if (given === undefined || given.length > pathCharsMax || !URL.canParse(given, base)) return '/';
  const url = new URL(given, base);
  const path = `${url.pathname}${url.search}`;
  return url.origin === base && given.startsWith('/') && !path.startsWith('//') ? path : '/';
}

const fields = { operation: 'sign in' };

function notConfigured(): PermanentError {
  return apiFailures.OIDC_NOT_CONFIGURED(fields);
}

function notBegunHere(): PermanentError {
  return apiFailures.LOGIN_NOT_BEGUN_HERE(fields);
}
