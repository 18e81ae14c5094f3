// Access tokens for Google: from the key of a service account, or from a command. A token is used until shortly before
// it expires; many calls that need a new one at once get the same.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { importPKCS8, SignJWT } from 'jose';
import type { GoogleCredentials } from '../../domain/agents/cloud.ts';
import { rememberSecrets } from '../../domain/secrets/known-secrets.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { ForwardProxy } from '../../stdx/http/forward-proxy.ts';
import { sendOnce } from '../../stdx/send-once.ts';
import { errorCode } from '../../stdx/system-error.ts';
import { CallRefused } from '../calls/call-refused.ts';
import { countIn, parseOrNull, textIn } from '../wire/json-value.ts';

/** A token is renewed this long before its end: a call that starts now must still be accepted. */
const renewedBeforeMs = 5 * 60_000;
/** How long the token of a command is used; what prints it does not say when it ends. */
const commandTokenMs = 4 * 60_000;
const tokenMsMax = 10_000;
const tokenBytesMax = 64 * 1_024;
/** Google's maximum for the life of an assertion. */
const assertionSeconds = 3_600;
const secondMs = 1_000;
const scope = 'https://www.googleapis.com/auth/cloud-platform';

interface Token {
  value: string;
  untilMs: number;
}

export class GoogleToken {
  readonly #credentials: GoogleCredentials;
  readonly #clock: Clock;
  readonly #proxy: ForwardProxy;
  #token: Token | null = null;
  #asking: Promise<Token> | null = null;

  constructor(credentials: GoogleCredentials, clock: Clock, proxy: ForwardProxy) {
    this.#credentials = credentials;
    this.#clock = clock;
    this.#proxy = proxy;
  }

  /** @throws CallRefused */
  async value(): Promise<string> {
    if (this.#token !== null && this.#clock.now().getTime() < this.#token.untilMs) return this.#token.value;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    this.#token = await this.#asking;
    return this.#token.value;
  }

  /** Google has refused this token: the next call gets a new one. */
  refused(value: string): void {
    if (this.#token?.value === value) this.#token = null;
  }

  async #ask(): Promise<Token> {
    const now = this.#clock.now();
    const token =
      this.#credentials.kind === 'command'
        ? await tokenOfCommand(this.#credentials.command, now)
        : await tokenOfAccount(this.#credentials.file, now, this.#proxy);
    rememberSecrets([{ name: 'GOOGLE', value: token.value }], { isGiven: true });
    return token;
  }
}

async function tokenOfCommand(command: string, now: Date): Promise<Token> {
  const value = await outputOf(command);
  if (!/^[\x21-\x7e]+$/.test(value))
    throw noCredentials('The command in MOOSE_VERTEX_TOKEN_COMMAND printed no access token');
  return { value, untilMs: now.getTime() + commandTokenMs };
}

async function outputOf(command: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], {
      timeout: tokenMsMax,
      maxBuffer: tokenBytesMax,
    });
    return stdout.trim();
  } catch (cause) {
    // Neither the command nor its output is quoted: both may contain a secret.
    throw noCredentials('The command in MOOSE_VERTEX_TOKEN_COMMAND failed', errorCode(cause));
  }
}

interface Account {
  email: string;
  key: string;
  keyId: string | null;
  tokenUrl: URL;
}

async function tokenOfAccount(file: string, now: Date, proxy: ForwardProxy): Promise<Token> {
  const account = await accountIn(file);
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: await assertionOf(account, file, now),
  });
  const { status, said } = await postForm(account.tokenUrl, body, proxy);
  const value = textIn(said, 'access_token');
  const seconds = countIn(said, 'expires_in');
  if (status !== 200 || value === null || !/^[\x21-\x7e]+$/.test(value) || seconds === null) {
    const reason = /^[a-z_]{1,40}$/.exec(textIn(said, 'error') ?? '')?.[0] ?? 'no token';
    const clock = reason === 'invalid_grant' ? ', or this machine has a wrong clock' : '';
    throw noCredentials(
      `Google gives no token for the service account in ${file} (HTTP ${status}, ${reason}): the key may be deleted or disabled${clock}`,
    );
  }
  const lifeMs = Math.max(seconds * secondMs - renewedBeforeMs, (seconds * secondMs) / 2);
  return { value, untilMs: now.getTime() + lifeMs };
}

async function accountIn(file: string): Promise<Account> {
  const json = parseOrNull(await textOf(file));
  const [email, key] = [textIn(json, 'client_email'), textIn(json, 'private_key')];
  const tokenUri = textIn(json, 'token_uri') ?? 'https://oauth2.googleapis.com/token';
  if (textIn(json, 'type') !== 'service_account' || email === null || key === null) {
    throw noCredentials(`${file} is not the JSON key of a service account`);
  }
  const tokenUrl = URL.canParse(tokenUri) ? new URL(tokenUri) : null;
  const isPrivate = tokenUrl?.protocol === 'https:' || tokenUrl?.hostname === '127.0.0.1';
  if (tokenUrl === null || !isPrivate)
    throw noCredentials(`The token_uri in ${file} is not an https address`);
  rememberSecrets([{ name: 'GOOGLE', value: key }], { isGiven: true });
  return { email, key, keyId: textIn(json, 'private_key_id'), tokenUrl };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw noCredentials(`${file} cannot be read (${errorCode(cause) ?? 'unknown error'})`, cause);
  }
}

async function assertionOf({ email, key, keyId, tokenUrl }: Account, file: string, now: Date) {
  try {
    const issuedAt = Math.floor(now.getTime() / secondMs);
    return await new SignJWT({ scope })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId === null ? {} : { kid: keyId }) })
      .setIssuer(email)
      .setAudience(tokenUrl.href)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + assertionSeconds)
      .sign(await importPKCS8(key, 'RS256'));
  } catch {
    // The library's message may quote the key.
    throw noCredentials(`The private key in ${file} cannot be used`);
  }
}

async function postForm(
  url: URL,
  body: URLSearchParams,
  proxy: ForwardProxy,
): Promise<{ status: number; said: unknown }> {
  try {
    const { status, body: said } = await sendOnce({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
      body: body.toString(),
      timeoutMs: tokenMsMax,
      keep: 'head',
      bytesMax: tokenBytesMax,
      proxy,
      signal: undefined,
    });
    return { status, said: parseOrNull(said.toString()) };
  } catch (cause) {
    throw new CallRefused(
      { status: 502, failure: 'unreachable' },
      `Google's token address ${url.host} does not answer.`,
      cause,
    );
  }
}

function noCredentials(what: string, cause?: unknown): CallRefused {
  return new CallRefused(
    { status: 401, failure: 'authentication' },
    `${what}. Set GOOGLE_APPLICATION_CREDENTIALS to the JSON key of a service account, or MOOSE_VERTEX_TOKEN_COMMAND to a command that prints an access token.`,
    cause,
  );
}
