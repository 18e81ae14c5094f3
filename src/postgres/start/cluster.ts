// Creates the database cluster. A data directory gets its final name only after initdb has finished. Leftovers of a
// killed initdb are removed, but never a directory that contains a cluster.

import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { moveDurably } from '../../stdx/files/durable-files.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import type { Binaries, BinaryPackage } from '../binaries/binaries.ts';
import { type ProgramEnd, runProgram } from '../binaries/run-program.ts';
import { diskFull, isDiskFull, saysDiskFull } from '../embedded-failure.ts';
import { postgresFailures } from '../failure-catalogue.ts';
import type { Account } from './account.ts';
import { wordsForName } from './nameless-user.ts';

/** initdb takes 0.5 s on an idle laptop, and tens of seconds on a loaded CI machine with slow disks. */
const initdbLimitMs = 120_000;
const draftPrefix = 'unfinished-';

/** The major version of the cluster in `data`; `null` if there is none and one may be created. */
export async function readClusterMajor(data: string): Promise<number | null> {
  const names = await readdir(data).catch((cause: unknown): string[] => {
    if (hasErrorCode(cause, 'ENOENT')) return [];
    throw cause;
  });
  if (names.length === 0) return null;
  const version = names.includes('PG_VERSION') ? await readFile(join(data, 'PG_VERSION'), 'utf8') : '';
  const major = Number.parseInt(version, 10);
  if (Number.isInteger(major) && names.includes('global')) return major;
  throw postgresFailures.EMBEDDED_DATA_FOREIGN('start', { data });
}

export function refuseOtherMajor(data: string, found: number | null, carried: BinaryPackage): void {
  if (found === null || found === carried.major) return;
  throw postgresFailures.EMBEDDED_VERSION_MISMATCH(
    { operation: 'start', metadata: { found, carried: carried.packageVersion } },
    { data, found, major: carried.major, folder: dirname(data) },
  );
}

export async function createCluster(options: {
  data: string;
  binaries: Binaries;
  account: Account;
  password: string;
  isSynced: boolean;
  signal: AbortSignal | undefined;
}): Promise<void> {
  const home = dirname(options.data);
  await removeDrafts(home);
  const draft = await mkdtemp(join(home, draftPrefix));
  try {
    await initialise(draft, options);
    await moveDurably(join(draft, 'data'), options.data);
  } catch (cause) {
    // After an abort, a child process of the killed initdb may still write for a moment: the next start removes the
    // draft.
    if (!options.signal?.aborted) await rm(draft, { recursive: true, force: true, maxRetries: 3 });
    throw cause;
  }
  await rm(draft, { recursive: true, force: true });
}

async function initialise(draft: string, options: Parameters<typeof createCluster>[0]): Promise<void> {
  const data = join(draft, 'data');
  const passwordFile = join(draft, 'password');
  await mkdir(data, { mode: 0o700 });
  await writePassing(passwordFile, options.password, { mode: 0o600, flag: 'wx' });
  await giveTo(options.account, [passwordFile, data]);
  // The draft itself belongs to Moose; the account only needs to pass through it.
  if (options.account !== null) await chmod(draft, 0o711);

  const [program, ...words] = [
    ...(options.account === null ? await wordsForName() : []),
    join(options.binaries.native, 'bin', 'initdb'),
  ];
  const end = await runProgram(
    program ?? '',
    [
      ...words,
      `--pgdata=${data}`,
      '--username=moose',
      `--pwfile=${passwordFile}`,
      '--auth-host=scram-sha-256',
      '--auth-local=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      // The log has at least two segments. With the usual 16 MB it would be larger than the data.
      '--wal-segsize=4',
      '--no-instructions',
      // initdb's own cleanup would hide a full disk; the draft is removed here.
      '--no-clean',
      ...(options.isSynced ? [] : ['--no-sync']),
    ],
    { account: options.account, limitMs: initdbLimitMs, signal: options.signal },
  );
  if (end.exitCode !== 0) throw await initdbFailure(draft, end);
}

async function giveTo(account: Account, paths: string[]): Promise<void> {
  if (account === null) return;
  for (const path of paths) await chown(path, account.uid, account.gid);
}

/** Call this under the start lock: any draft then belongs to an initdb whose starter is dead. */
async function removeDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(draftPrefix)) continue;
    await rm(join(home, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

async function initdbFailure(draft: string, end: ProgramEnd) {
  const metadata = {
    outputTail: end.outputTail,
    exitCode: end.exitCode,
    signal: end.signal,
    isTimedOut: end.isTimedOut,
    durationMs: end.durationMs,
  };
  const home = dirname(draft);
  if (saysDiskFull(end.outputTail) || (await isDiskFull(home))) return diskFull(home, { metadata });
  return end.isTimedOut
    ? postgresFailures.EMBEDDED_INITDB_FAILED(
        { operation: 'start', metadata, cause: end.spawnError ?? undefined },
        { seconds: initdbLimitMs / 1000, home },
      )
    : postgresFailures.EMBEDDED_INITDB_FAILED_SAID(
        { operation: 'start', metadata, cause: end.spawnError ?? undefined },
        { home, reason: reasonIn(end) },
      );
}

/** What initdb, or the server that it started, says last about its end. */
function reasonIn({ outputTail, spawnError }: ProgramEnd): string {
  const said = outputTail
    .split('\n')
    .findLast((line) => /\b(?:error|fatal|panic|could not|cannot)\b/i.test(line));
  const reason = said ?? spawnError?.message ?? outputTail.split('\n').at(-1) ?? '';
  return reason.trim() === '' ? '' : `: ${reason.trim().replace(/\.$/, '')}`;
}
