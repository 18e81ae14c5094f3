// Asks npm for the newest version of a package. npm knows the registry, proxy and certificates of this machine, so
// Moose has no settings of its own for them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { ExternalServiceError } from '../../domain/failure.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { cliFailures } from '../failure-catalogue.ts';
import { isVersion } from './compare-versions.ts';

const fetchMsMax = 5_000;
/** npm itself takes a second to start, and twenty on a very busy machine. */
const answerMsMax = 60_000;

const at = { operation: 'upgrade' } as const;

/**
 * @param folder - where npm runs, so that it does not read the settings of the caller's current project
 * @throws ExternalServiceError `REGISTRY_UNREACHABLE`, `PACKAGE_NOT_PUBLISHED`
 * @throws ConfigurationError `NPM_MISSING`
 */
export async function newestVersion(name: string, folder: string, signal: AbortSignal): Promise<string> {
  const printed = await askNpm(name, folder, signal);
  // npm 12 and newer print a list, even of a single value.
  const answer: unknown = Array.isArray(printed) && printed.length === 1 ? printed[0] : printed;
  if (typeof answer === 'string' && isVersion(answer)) return answer;
  const code = codeOf(answer);
  if (code === 'E404') {
    throw cliFailures.PACKAGE_NOT_PUBLISHED(at, { name });
  }
  throw unreachable(code);
}

function unreachable(code: string, cause?: unknown): ExternalServiceError {
  return cliFailures.REGISTRY_UNREACHABLE({ ...at, cause }, { code });
}

/** @returns the JSON that npm printed: a version, or what went wrong */
async function askNpm(name: string, folder: string, signal: AbortSignal): Promise<unknown> {
  const words = [
    '--json',
    '--no-update-notifier',
    '--fetch-retries=0',
    `--fetch-timeout=${fetchMsMax}`,
    '--prefer-online',
  ];
  const child = spawn('npm', ['view', name, 'dist-tags.latest', ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(answerMsMax)]),
    killSignal: 'SIGKILL',
  });
  try {
    const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return JSON.parse(printed);
  } catch (cause) {
    signal.throwIfAborted();
    if (!hasErrorCode(cause, 'ENOENT')) throw unreachable('no answer', cause);
    throw cliFailures.NPM_MISSING({ ...at, cause });
  }
}

/** npm's code for what went wrong, such as `ECONNREFUSED`. */
function codeOf(answer: unknown): string {
  const { error } = (answer ?? {}) as { error?: { code?: unknown } };
  return typeof error?.code === 'string' && /^[A-Z0-9_]{1,40}$/.test(error.code) ? error.code : 'no answer';
}
