// The credentials for Bedrock, from the settings or from a profile in Amazon's credentials file.
import { readFile } from 'node:fs/promises';
import type { AwsCredentials } from '../../domain/cloud.ts';
import { rememberSecrets } from '../../domain/secrets/known-secrets.ts';
import { errorCode } from '../../stdx/system-error.ts';
import { CallRefused } from '../call-refused.ts';

export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export type UsableCredentials = { kind: 'bearer'; token: string } | { kind: 'keys'; keys: AwsKeys };

const fileBytesMax = 256 * 1_024;

/** @throws CallRefused if there are none */
export async function awsCredentials(given: AwsCredentials): Promise<UsableCredentials> {
  const usable = await read(given);
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

async function read(given: AwsCredentials): Promise<UsableCredentials> {
  switch (given.kind) {
    case 'bearer':
      return given;
    case 'keys': {
      const { accessKeyId, secretAccessKey, sessionToken } = given;
      return { kind: 'keys', keys: keysOf(accessKeyId, secretAccessKey, sessionToken) };
    }
    case 'profile':
      return { kind: 'keys', keys: await keysOfProfile(given) };
  }
}

async function keysOfProfile({
  file,
  profile,
}: Extract<AwsCredentials, { kind: 'profile' }>): Promise<AwsKeys> {
  const text = await textOf(file);
  const section = sectionOf(text, profile);
  if (section === null) throw noCredentials(`${file} has no profile [${profile}]`);
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = section;
  if (!id || !secret) throw noCredentials(`The profile [${profile}] in ${file} has no access key`);
  return keysOf(id, secret, token ?? null);
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readFile(file)).subarray(0, fileBytesMax).toString('utf8');
  } catch (cause) {
    throw noCredentials(`${file} cannot be read (${errorCode(cause) ?? 'unknown error'})`, cause);
  }
}

/** The settings of one profile; null if the file does not have it. */
export function sectionOf(text: string, profile: string): Record<string, string> | null {
  let found: Record<string, string> | null = null;
  let isInside = false;
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line) ?? [];
    if (name !== undefined) {
      isInside = name === profile;
      if (isInside) found ??= {};
      continue;
    }
    const [, key, value] = /^([a-z_]+)\s*=\s*(.*?)\s*$/i.exec(line) ?? [];
    if (isInside && found && key !== undefined && value !== undefined) found[key.toLowerCase()] = value;
  }
  return found;
}

const printable = /^[\x21-\x7e]+$/;

function keysOf(accessKeyId: string, secretAccessKey: string, sessionToken: string | null): AwsKeys {
  const parts = [accessKeyId, secretAccessKey, ...(sessionToken ? [sessionToken] : [])];
  // Reported without the value: an HTTP client would quote it.
  if (!parts.every((part) => printable.test(part)))
    throw noCredentials('The AWS credentials contain characters that no key has');
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function noCredentials(what: string, cause?: unknown): CallRefused {
  return new CallRefused(
    { status: 401, failure: 'authentication' },
    `${what}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_BEARER_TOKEN_BEDROCK, or AWS_PROFILE to a profile with keys (\`aws configure export-credentials\` writes those of a single sign-on).`,
    cause,
  );
}
