// The credentials for Bedrock: from the settings, or from a profile, as Amazon's own library reads it: keys, an assumed
// role, `credential_process`, a web identity or a single sign-on.
import type { AwsCredentials } from '../../domain/agents/cloud.ts';
import { rememberSecrets } from '../../domain/secrets/known-secrets.ts';
import type { Clock } from '../../stdx/clock.ts';
import { CallRefused } from '../calls/call-refused.ts';

export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export type UsableCredentials = { kind: 'bearer'; token: string } | { kind: 'keys'; keys: AwsKeys };

/** Temporary keys are renewed this long before their end: a call that starts now must still be accepted. */
const renewedBeforeMs = 5 * 60_000;
const resolveMsMax = 15_000;

interface Kept {
  keys: AwsKeys;
  untilMs: number;
}

/** Temporary keys that the library has asked for are kept until shortly before their end; keys in a file are not. */
export class AwsKeySource {
  readonly #given: AwsCredentials;
  readonly #region: string;
  readonly #clock: Clock;
  #kept: Kept | null = null;
  #asking: Promise<Kept> | null = null;

  constructor(given: AwsCredentials, { region, clock }: { region: string; clock: Clock }) {
    this.#given = given;
    this.#region = region;
    this.#clock = clock;
  }

  /** @throws CallRefused if there are none */
  async value(): Promise<UsableCredentials> {
    const usable = await this.#read(this.#given);
    const values =
      usable.kind === 'bearer'
        ? [usable.token]
        : [usable.keys.accessKeyId, usable.keys.secretAccessKey, usable.keys.sessionToken ?? ''];
    rememberSecrets(
      values.map((value) => ({ name: 'AWS', value })),
      { isGiven: true },
    );
    return usable;
  }

  /** Amazon has refused these keys: the next call asks for new ones. */
  refused(): void {
    this.#kept = null;
  }

  async #read(given: AwsCredentials): Promise<UsableCredentials> {
    switch (given.kind) {
      case 'bearer':
        return given;
      case 'keys':
        return { kind: 'keys', keys: keysOf(given) };
      case 'profile': {
        if (this.#kept === null || this.#clock.now().getTime() >= this.#kept.untilMs) {
          // Calls at the same time ask once.
          this.#asking ??= this.#ofProfile(given).finally(() => {
            this.#asking = null;
          });
          this.#kept = await this.#asking;
        }
        return { kind: 'keys', keys: this.#kept.keys };
      }
    }
  }

  async #ofProfile({ file, configFile, profile }: Extract<AwsCredentials, { kind: 'profile' }>) {
    // Most machines have no profile for Bedrock, and need no library for it.
    const { fromIni } = await import('@aws-sdk/credential-provider-ini');
    const provide = fromIni({
      profile,
      filepath: file,
      configFilepath: configFile,
      ignoreCache: true,
      clientConfig: { region: this.#region },
    });
    const late = AbortSignal.timeout(resolveMsMax);
    const tooLate = new Promise<never>((_, reject) =>
      late.addEventListener('abort', () => reject(late.reason), { once: true }),
    );
    try {
      const { expiration, ...keys } = await Promise.race([provide(), tooLate]);
      return {
        keys: keysOf(keys),
        untilMs: expiration === undefined ? 0 : expiration.getTime() - renewedBeforeMs,
      };
    } catch (cause) {
      if (cause instanceof CallRefused) throw cause;
      const why = late.aborted ? `no answer within ${resolveMsMax / 1_000} s` : messageOf(cause);
      throw noCredentials(
        `The profile [${profile}] in ${file} and ${configFile} gives no keys (${why})`,
        cause,
      );
    }
  }
}

const printable = /^[\x21-\x7e]+$/;

function keysOf(given: {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | null | undefined;
}) {
  const { accessKeyId, secretAccessKey, sessionToken } = given;
  const parts = [accessKeyId, secretAccessKey, ...(sessionToken ? [sessionToken] : [])];
  // Reported without the value: an HTTP client would quote it.
  if (!parts.every((part) => printable.test(part)))
    throw noCredentials('The AWS credentials contain characters that are not valid in a key');
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/** The library's own words name files, profiles and roles; the output of a command is not shown, as it may have keys. */
function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown error';
  if (/credential_process|Command failed|JSON/i.test(cause.message)) return 'credential_process failed';
  return cause.message.split('\n')[0]?.slice(0, 300).replace(/\.$/, '') ?? cause.name;
}

function noCredentials(what: string, cause?: unknown): CallRefused {
  return new CallRefused(
    { status: 401, failure: 'authentication' },
    `${what}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_BEARER_TOKEN_BEDROCK, or AWS_PROFILE to a profile with keys, a role or a single sign-on (\`aws sso login\` renews that).`,
    cause,
  );
}
