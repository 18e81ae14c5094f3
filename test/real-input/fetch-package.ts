import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ExternalServiceError, PermanentError } from '../../src/domain/failure.ts';
import { hasErrorCode } from '../../src/stdx/system-error.ts';
import type { PinnedVersion } from './real-package.ts';

// Fetches a published tarball through npm, with the settings of the user who runs the test, and compares it with its
// sha512 pin.

const component = 'real-input';

/** A registry without an answer within this time counts as unreachable. */
const fetchTimeoutMs = 60_000;
const unpackTimeoutMs = 20_000;
const stderrTailChars = 2_000;
/** By default, npm would retry for more than a minute. */
const quickRetries = ['--fetch-retries=1', '--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=2000'];

export interface FetchOptions {
  /** The folder where tarballs are kept between runs; created if it is missing. */
  cachePath: string;
  signal?: AbortSignal | undefined;
}

/** The path of the tarball in the cache; it is only downloaded if it is missing or incomplete. */
export async function fetchPackage(
  name: string,
  pinned: PinnedVersion,
  { cachePath, signal }: FetchOptions,
): Promise<string> {
  const tarballPath = join(cachePath, `${name.replaceAll('/', '+')}-${pinned.version}.tgz`);
  if ((await integrityOf(tarballPath)) === pinned.integrity) return tarballPath;

  await mkdir(cachePath, { recursive: true });
  const downloadPath = await mkdtemp(join(cachePath, 'download-'));
  try {
    const downloaded = await download(`${name}@${pinned.version}`, downloadPath, signal);
    const integrity = await integrityOf(downloaded);
    if (integrity !== pinned.integrity) throw integrityMismatch(name, pinned, integrity);
    await rename(downloaded, tarballPath);
    return tarballPath;
  } finally {
    await rm(downloadPath, { recursive: true, force: true });
  }
}

/** Unpacks the package into `directory`, without the folder that npm puts around its files. */
export async function unpackPackage(
  tarballPath: string,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const flags = ['--no-same-owner', '--no-same-permissions', '--strip-components=1'];
  const result = await execa('tar', ['-xzf', tarballPath, '-C', directory, ...flags], {
    reject: false,
    timeout: unpackTimeoutMs,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (!result.failed) return;
  throw new PermanentError({
    code: 'REAL_INPUT_UNPACK_FAILED',
    message: `${tarballPath} could not be unpacked: ${result.stderr || result.shortMessage}`,
    advice: 'See that tar is installed and that the disk is not full, then run the test again.',
    component,
    operation: 'unpack',
  });
}

async function download(spec: string, directory: string, signal: AbortSignal | undefined): Promise<string> {
  const argv = [
    'pack',
    spec,
    '--loglevel=error',
    '--no-color',
    '--pack-destination',
    directory,
    ...quickRetries,
  ];
  const result = await execa('npm', argv, {
    reject: false,
    timeout: fetchTimeoutMs,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  const [file, ...others] = result.failed ? [] : await readdir(directory);
  if (file !== undefined && others.length === 0) return join(directory, file);
  throw new ExternalServiceError({
    code: 'REAL_INPUT_UNREACHABLE',
    message: `npm could not fetch ${spec}: ${reasonIn(result.stderr) ?? result.shortMessage ?? 'it left no tarball'}.`,
    advice:
      'This test works on published packages: see that `npm ping` succeeds with your registry settings, then run it again.',
    component,
    operation: 'fetch',
    metadata: {
      exitCode: result.exitCode ?? null,
      timedOut: result.timedOut,
      stderrTail: result.stderr.slice(-stderrTailChars),
    },
  });
}

/** npm's own code for the failure, such as `ECONNREFUSED` or `E404`. */
function reasonIn(stderr: string): string | undefined {
  return /^npm (?:error|ERR!) code (\S+)$/m.exec(stderr)?.[1];
}

function integrityMismatch(name: string, pinned: PinnedVersion, found: string | null): PermanentError {
  return new PermanentError({
    code: 'REAL_INPUT_INTEGRITY_MISMATCH',
    message: `${name}@${pinned.version} is not the tarball that the test was written for: it has ${found}, the pin says ${pinned.integrity}.`,
    advice:
      'Find out why your registry serves other bytes; change the pin in packages.ts only when the new bytes are known to be right.',
    component,
    operation: 'verify',
  });
}

/** Null if the file does not exist. */
async function integrityOf(path: string): Promise<string | null> {
  try {
    return `sha512-${createHash('sha512')
      .update(await readFile(path))
      .digest('base64')}`;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
