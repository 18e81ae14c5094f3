// The address of this Moose, stored in the data directory for `moose open`: a file with the address, and a page that
// redirects a browser there, both readable only by their owner.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigurationError } from '../../domain/failure.ts';
import { replaceFile } from '../../stdx/files/durable-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { apiFailures } from '../failure-catalogue.ts';
import { firstTokenPath } from '../sign-in/first-token.ts';

export interface OwnAddress {
  openUrl: string;
  /** The token is after the `#`, which a browser never sends. */
  signInUrl: string;
  signInPath: string;
  tokenPath: string;
}

const addressName = 'api-address';
const pageName = 'api-open.html';
const answerMsMax = 3_000;

export async function keepAddress(given: {
  dataDirectory: string;
  /** Where the server listens. */
  url: string;
  baseUrl: string | null;
  token: string;
}): Promise<OwnAddress> {
  const { dataDirectory, url, baseUrl, token } = given;
  const reachable = fromHere(url);
  await replaceFile(join(dataDirectory, addressName), `${reachable}\n`);
  const own = addressOf(dataDirectory, baseUrl ?? reachable, token);
  await replaceFile(own.signInPath, pageTo(own.signInUrl));
  return own;
}

/** @throws ConfigurationError `MOOSE_NOT_UP` */
export async function findAddress(given: {
  dataDirectory: string;
  baseUrl: string | null;
  signal: AbortSignal;
}): Promise<OwnAddress> {
  const { dataDirectory, baseUrl, signal } = given;
  const url = await read(join(dataDirectory, addressName));
  const token = await read(firstTokenPath(dataDirectory));
  if (url === null || token === null || !(await isMoose(url, signal))) throw notUp(dataDirectory);
  return addressOf(dataDirectory, baseUrl ?? url, token);
}

function addressOf(dataDirectory: string, openUrl: string, token: string): OwnAddress {
  return {
    openUrl,
    signInUrl: `${openUrl}/#token=${token}`,
    signInPath: join(dataDirectory, pageName),
    tokenPath: firstTokenPath(dataDirectory),
  };
}

/** A server that listens on every address is reached over loopback. */
function fromHere(url: string): string {
  const { port, hostname } = new URL(url);
  return hostname === '0.0.0.0' || hostname === '[::]' ? `http://127.0.0.1:${port}` : url;
}

function pageTo(address: string): string {
  return `<!doctype html><meta charset="utf-8"><title>Moose</title><meta http-equiv="refresh" content="0; url=${address}"><a href="${address}">Open Moose</a>\n`;
}

async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return null;
    throw cause;
  }
}

/** Also true for a Moose whose database is unavailable, because it still answers. */
async function isMoose(url: string, signal: AbortSignal): Promise<boolean> {
  if (!URL.canParse(url)) return false;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerMsMax)]);
  return fetch(`${url}/healthz`, { signal: limit }).then(
    ({ status }) => status === 200 || status === 503,
    (cause: unknown) => {
      if (signal.aborted) throw cause;
      return false;
    },
  );
}

function notUp(dataDirectory: string): ConfigurationError {
  return apiFailures.MOOSE_NOT_UP('find', { dataDirectory });
}
