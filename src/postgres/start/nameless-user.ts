// initdb asks the system for the name of its user. A user id that a container was started with often has none.

import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { errorCode, hasErrorCode } from '../../stdx/system-error.ts';
import { runProgram } from '../binaries/run-program.ts';
import { postgresFailures } from '../failure-catalogue.ts';

const trialMsMax = 10_000;
const passwdPath = '/etc/passwd';

/**
 * The words before a command whose user needs a name: none, or those that start it in a user namespace in which this user
 * has the id of a user with a name. Its files belong to this user as before.
 * @throws ConfigurationError EMBEDDED_USER_NAMELESS
 */
export async function wordsForName(users = passwdPath): Promise<readonly string[]> {
  if (hasName()) return [];
  const named = await namedUser(users);
  const words = named && ['unshare', '--user', `--map-user=${named.uid}`, `--map-group=${named.gid}`, '--'];
  const [program, ...args] = [...(words ?? []), 'true'];
  const end = words && (await runProgram(program ?? '', args, { account: null, limitMs: trialMsMax }));
  if (words && end?.exitCode === 0) return words;
  const uid = process.geteuid?.();
  throw postgresFailures.EMBEDDED_USER_NAMELESS(
    { operation: 'start', metadata: { uid, outputTail: end?.outputTail ?? '' } },
    { uid: String(uid), gid: String(process.getegid?.()) },
  );
}

/** Whether a database can be created by this user: the reason, or null. */
export async function probeName(): Promise<MooseError | null> {
  if (process.geteuid?.() === 0) return null;
  try {
    await wordsForName();
    return null;
  } catch (cause) {
    if (isMooseError(cause)) return cause;
    throw cause;
  }
}

function hasName(): boolean {
  try {
    userInfo();
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

/** Not root, as whom initdb refuses to run. */
async function namedUser(users: string): Promise<{ uid: string; gid: string } | null> {
  try {
    const lines = (await readFile(users, 'utf8')).split('\n').map((line) => line.split(':'));
    const found = lines.find(
      ([name, , uid = '', gid = '']) => name && /^[1-9]\d*$/.test(uid) && /^\d+$/.test(gid),
    );
    return found ? { uid: found[2] ?? '', gid: found[3] ?? '' } : null;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'EACCES')) return null;
    throw error;
  }
}
