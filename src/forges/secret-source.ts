// Reads a secret from the place that a forge's row names. Reads it each time, so that a renewed secret takes effect at
// once, and registers it as a secret before anything can show it (R-SEC-4).

import { readFile, stat } from 'node:fs/promises';
import type { ConfigurationError } from '../domain/failure.ts';
import type { SecretSource } from '../domain/forge/forge.ts';
import { rememberSecrets } from '../domain/secrets/known-secrets.ts';
import { forgeFailures } from './failure-catalogue.ts';

/** Reads a variable of Moose's environment, which only the composition root sees. */
export type ReadVariable = (name: string) => string | undefined;

const bytesMax = 64 * 1024;
const othersMode = 0o077;

/** @throws ConfigurationError `FORGE_CREDENTIALS_MISSING` */
export async function readSecret(host: string, source: SecretSource, read: ReadVariable): Promise<string> {
  const value = source.source === 'env' ? read(source.name) : await readOwnFile(host, source.path);
  const secret = value?.trim() ?? '';
  if (secret === '') throw credentialsMissing(host, `${sourceText(source)} is empty or not set`);
  rememberSecrets([{ name: nameOf(source), value: secret }], { isGiven: true });
  return secret;
}

export function sourceText(source: SecretSource): string {
  return source.source === 'env' ? `the variable ${source.name}` : `the file ${source.path}`;
}

const nameOf = (source: SecretSource) => (source.source === 'env' ? source.name : 'forge-secret');

async function readOwnFile(host: string, path: string): Promise<string> {
  try {
    const { mode, size } = await stat(path);
    if ((mode & othersMode) === 0 && size <= bytesMax) return await readFile(path, 'utf8');
  } catch (cause) {
    throw credentialsMissing(host, `the file ${path} cannot be read`, cause);
  }
  throw credentialsMissing(
    host,
    `the file ${path} can be read by others, or is larger than ${bytesMax} bytes`,
  );
}

export function credentialsMissing(host: string, problem: string, cause?: unknown): ConfigurationError {
  return forgeFailures.FORGE_CREDENTIALS_MISSING(
    { operation: 'read credential', metadata: { host }, cause },
    { host, problem },
  );
}
