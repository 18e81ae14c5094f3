// An OpenID Connect provider: where a browser is sent, and who came back (authorization code with PKCE). The library
// checks state, nonce, issuer, audience, time and signature.

import type { MooseError, PermanentError } from '../../domain/failure.ts';
import type { SignedIn } from '../../domain/people/sign-in-allow.ts';
import { SendFailure, sendOnce } from '../../stdx/send-once.ts';
import type { LoginKey } from '../../store/access/logins.ts';
import { apiFailures } from '../failure-catalogue.ts';

export interface OidcSettings {
  issuer: string;
  clientId: string;
  /** Null for a public client. */
  clientSecret: string | null;
  /** Separated by spaces: `openid email`. */
  scope: string;
}

/** What only the browser that began the sign-in can prove. */
export interface SignInProof {
  state: string;
  nonce: string;
  verifier: string;
}

export interface OidcProvider {
  /** @throws TransientError `OIDC_NOT_REACHED`, ConfigurationError `OIDC_INVALID` */
  addressFor(redirectUri: string, proof: SignInProof, signal: AbortSignal): Promise<string>;
  /**
   * `answer`: the address to which the provider has sent the browser.
   * @throws PermanentError `LOGIN_FAILED`, `LOGIN_EMAIL_NOT_VERIFIED`, and the errors of `addressFor`
   */
  personAt(answer: URL, proof: SignInProof, signal: AbortSignal): Promise<LoginKey & SignedIn>;
}

type Client = typeof import('openid-client');
type Configuration = import('openid-client').Configuration;

/** Keys and addresses of the provider are read again after this time. */
const keptMsMax = 60 * 60_000;
const requestSMax = 10;
const groupsMax = 1_000;

export function createOidcProvider(settings: OidcSettings, now: () => number = Date.now): OidcProvider {
  let kept: { found: Promise<Configuration>; untilMs: number } | null = null;
  const configured = async (client: Client): Promise<Configuration> => {
    if (kept !== null && kept.untilMs > now()) return kept.found;
    const own = { found: discover(client, settings), untilMs: now() + keptMsMax };
    kept = own;
    try {
      return await own.found;
    } catch (cause) {
      if (kept === own) kept = null;
      throw providerFailed(settings, cause);
    }
  };
  return {
    async addressFor(redirectUri, { state, nonce, verifier }, signal) {
      const client = await import('openid-client');
      const found = await unlessAborted(configured(client), signal);
      return client.buildAuthorizationUrl(found, {
        redirect_uri: redirectUri,
        scope: settings.scope,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).href;
    },
    async personAt(answer, { state, nonce, verifier }, signal) {
      const client = await import('openid-client');
      const found = await unlessAborted(configured(client), signal);
      const claims = await unlessAborted(
        claimsOf(client, found, answer, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        }),
        signal,
      ).catch((cause: unknown) => {
        signal.throwIfAborted();
        throw isConnectionLost(cause) ? providerFailed(settings, cause) : loginFailed(cause);
      });
      const { iss, sub, email, groups } = claims;
      if (typeof email !== 'string' || claims.email_verified !== true) throw notVerified();
      return {
        issuer: String(iss),
        subject: String(sub),
        email,
        groups: Array.isArray(groups) ? groups.slice(0, groupsMax).map(String) : [],
      };
    },
  };
}

async function discover(client: Client, settings: OidcSettings): Promise<Configuration> {
  const { issuer, clientId, clientSecret } = settings;
  const url = new URL(issuer);
  const found = await client.discovery(
    url,
    clientId,
    undefined,
    clientSecret === null ? client.None() : client.ClientSecretPost(clientSecret),
    {
      timeout: requestSMax,
      [client.customFetch]: fetchThrough,
      // The settings allow plain HTTP on this machine only.
      execute: url.protocol === 'http:' ? [client.allowInsecureRequests] : [],
    },
  );
  client.enableNonRepudiationChecks(found);
  return found;
}

type Checks = import('openid-client').AuthorizationCodeGrantChecks;

/** The library's own way to fetch knows no proxy. */
async function fetchThrough(
  url: string,
  { method, headers, body, signal }: import('openid-client').CustomFetchOptions,
): Promise<Response> {
  const sent = await sendOnce({
    method,
    url: new URL(url),
    headers: Object.fromEntries(new Headers(headers)),
    body: body instanceof Uint8Array ? body : body ? String(body) : null,
    timeoutMs: requestSMax * 1_000,
    keep: 'all',
    bytesMax: answerBytesMax,
    signal,
  });
  const { status } = sent;
  return new Response(bodiless.has(status) ? null : Uint8Array.from(sent.body), {
    status,
    headers: Object.entries(sent.headers).map(([name, value]): [string, string] => [name, String(value)]),
  });
}

const bodiless = new Set([204, 205, 304]);
const answerBytesMax = 4 * 1_024 * 1_024;

/** Some providers name the address and the groups only at their user-info endpoint. */
async function claimsOf(
  client: Client,
  found: Configuration,
  answer: URL,
  checks: Checks,
): Promise<Record<string, unknown>> {
  const granted = await client.authorizationCodeGrant(found, answer, checks);
  const claims = granted.claims();
  if (claims === undefined) throw new TypeError('A checked answer has no ID token');
  if (claims.email !== undefined || found.serverMetadata().userinfo_endpoint === undefined) return claims;
  const told = await client.fetchUserInfo(found, granted.access_token, claims.sub);
  // Who names the address also says whether it is verified.
  return { ...told, ...claims, email: told.email, email_verified: told.email_verified };
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** The library's own timeout throws another error than a connection that is lost. */
function isConnectionLost(cause: unknown): boolean {
  if (cause instanceof SendFailure || (cause as { cause?: unknown } | null)?.cause instanceof SendFailure)
    return true;
  const texts = [cause, (cause as { cause?: unknown } | null)?.cause].map((one) =>
    one instanceof Error ? `${one.name} ${one.message}` : '',
  );
  return texts.some((text) => /TimeoutError|OAUTH_TIMEOUT|request timed out/.test(text));
}

const fields = { operation: 'sign in' };

function providerFailed(settings: OidcSettings, cause: unknown): MooseError {
  if (isConnectionLost(cause))
    return apiFailures.OIDC_NOT_REACHED({ ...fields, cause }, { issuer: settings.issuer });
  return apiFailures.OIDC_INVALID({ ...fields, cause }, { issuer: settings.issuer });
}

/** Only the log says what was wrong: whoever made this answer up must not learn it. */
function loginFailed(cause: unknown): PermanentError {
  return apiFailures.LOGIN_FAILED({ ...fields, cause });
}

function notVerified(): PermanentError {
  return apiFailures.LOGIN_EMAIL_NOT_VERIFIED(fields);
}
