// Hides the keys that Moose is given from other processes. A process's initial environment stays readable in /proc to
// every process of the same user, so Moose restarts itself without its keys (R-SEC-4). A server or worker also gets
// settings that keep it small, and that only the start of a process can have.

import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ConfigurationError } from '../../domain/failure.ts';
import { readProcess } from '../../sessions/process-table.ts';
import { allocatorOfNode } from '../../stdx/allocator-variables.ts';
import { writePassingNow } from '../../stdx/files/passing-files.ts';
import { appFailures } from '../failure-catalogue.ts';
import { forgeSecretPrefix, isSecretName, secretNames } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const parcelName = 'MOOSE_HANDED_OVER';
const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const ownerOnly = 0o600;
const othersMode = 0o077;
const keysFileBytesMax = 64 * 1_024;

/** Commands that stay. If another command only has such a word, it starts twice, which takes 30 ms. */
const staying = ['up', 'worker'];
/** V8 has four threads by default, and each keeps some of what it was once asked to compile. */
const sizeOption = '--v8-pool-size';

/** Says which variables only this start was given, so that no program that Moose starts has them. */
const addedName = 'MOOSE_STARTED_WITH';

/**
 * Replaces this process by itself, without the keys in its environment, and small if it stays. Returns if nothing would
 * change, or if the keys cannot be passed. They are passed in an encrypted file that is deleted a moment later; the key to that
 * file is in the new environment, and useless after that.
 */
export function startAgain(): void {
  clearLeftParcels(parcelDirectory());
  const env = process.env;
  keepLoopbackDirect(env);
  const added = env[addedName];
  delete env[addedName];
  for (const name of added?.split(',') ?? []) if (name in allocatorOfNode) delete env[name];
  const small = added === undefined && canBecomeSmall() ? smallStart(env) : null;
  const keys = Object.fromEntries(Object.entries(env).filter(([name, value]) => value && isSecretName(name)));
  const hasKeys = Object.keys(keys).length > 0;
  // A forked process talks to its parent over a descriptor that is closed when the process is replaced.
  if (!(hasKeys || small) || process.execve === undefined || process.channel) return;
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !(name in keys)));
  const parcel = hasKeys ? sealed(keys) : undefined;
  if (parcel === null) return;
  const options = [...process.execArgv, ...(small?.options ?? [])];
  process.execve(process.execPath, [process.execPath, ...options, ...process.argv.slice(1)], {
    ...rest,
    ...small?.variables,
    ...(parcel === undefined ? {} : { [parcelName]: parcel }),
  });
}

/** Not under a debugger, which would stop twice, nor where another program has loaded Node, which gets options of its own. */
function canBecomeSmall(): boolean {
  return (
    process.platform === 'linux' &&
    staying.some((name) => process.argv.includes(name, 2)) &&
    basename(process.execPath).startsWith('node') &&
    !process.execArgv.some((option) => option.startsWith('--inspect'))
  );
}

/** What a person has set stays. */
function smallStart(env: Environment): { options: string[]; variables: Record<string, string> } {
  const isSized = [...process.execArgv, env.NODE_OPTIONS ?? ''].some((option) => option.includes(sizeOption));
  const added = Object.entries(allocatorOfNode).filter(([name]) => env[name] === undefined);
  const names = added.map(([name]) => name).join(',');
  return {
    options: isSized ? [] : [`${sizeOption}=2`],
    variables: { ...Object.fromEntries(added), [addedName]: names },
  };
}

/** Thrown once errors can be printed. */
let notHidden: ConfigurationError | undefined;

/** Null if the file cannot be written, as on a read-only disk. */
function sealed(keys: Record<string, string | undefined>): string | null {
  try {
    return seal(keys);
  } catch (cause) {
    notHidden = appFailures.KEYS_NOT_HIDDEN(
      { operation: 'hide keys', cause },
      { directory: parcelDirectory() },
    );
    return null;
  }
}

const loopback = ['localhost', '127.0.0.1', '::1'];

/** With this option, Node sends every request through the proxy, even to a server on this machine. */
export function keepLoopbackDirect(env: Record<string, string | undefined>): void {
  if (!env.NODE_USE_ENV_PROXY) return;
  const given = env.no_proxy || env.NO_PROXY || '';
  if (given.trim() === '*') return;
  const direct = [...new Set([...given.split(/[\s,]+/).filter(Boolean), ...loopback])].join(',');
  env.no_proxy = direct;
  env.NO_PROXY = direct;
}

const parcelPattern = /^moose-keys-(\d+)-(\d+)-[0-9a-f-]{36}$/;
/** A process in another container looks dead from here, but handing over takes only a fraction of a second. */
const leftAfterMs = 60_000;

function parcelDirectory(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

/** Deletes this user's parcels whose process died before it opened them: nobody else can open or needs them. */
export function clearLeftParcels(directory: string): void {
  for (const name of namesIn(directory)) {
    const [, pid = '', start = ''] = parcelPattern.exec(name) ?? [];
    if (pid === '' || startOf(Number(pid)) === start) continue;
    const path = join(directory, name);
    const left = lstatSync(path, { throwIfNoEntry: false });
    if (left?.isFile() && left.uid === process.geteuid?.() && Date.now() - left.mtimeMs > leftAfterMs)
      rmSync(path, { force: true });
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // The directory may be writable but not listable.
    return [];
  }
}

/** When the process started, which stays the same when it replaces itself; 0 if there is no such process. */
function startOf(pid: number): string {
  return String(readProcess(pid)?.startTicks ?? 0);
}

let handedOver: Record<string, string> | undefined;

/**
 * The environment, including the keys that were handed over.
 * @throws ConfigurationError `KEYS_UNREADABLE`, `KEYS_NOT_HIDDEN`
 */
export function ownEnvironment(): Environment {
  if (notHidden) throw notHidden;
  const parcel = process.env[parcelName];
  // Child processes must not inherit this variable.
  delete process.env[parcelName];
  if (parcel) handedOver = open(parcel);
  return { ...process.env, ...handedOver };
}

function seal(keys: Record<string, string | undefined>): string {
  const path = join(parcelDirectory(), `moose-keys-${process.pid}-${startOf(process.pid)}-${randomUUID()}`);
  const [key, nonce] = [randomBytes(keyBytes), randomBytes(nonceBytes)];
  const sealing = createCipheriv(cipher, key, nonce);
  const sealed = [sealing.update(JSON.stringify(keys), 'utf8'), sealing.final()];
  writePassingNow(path, Buffer.concat([nonce, ...sealed, sealing.getAuthTag()]), {
    mode: ownerOnly,
    flag: 'wx',
  });
  return `${key.toString('hex')}:${path}`;
}

function open(parcel: string): Record<string, string> {
  const [, key = '', path = ''] = /^([0-9a-f]{64}):(.+)$/.exec(parcel) ?? [];
  try {
    const bytes = readFileSync(path);
    rmSync(path);
    const opening = createDecipheriv(cipher, Buffer.from(key, 'hex'), bytes.subarray(0, nonceBytes));
    opening.setAuthTag(bytes.subarray(-tagBytes));
    const text =
      opening.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + opening.final('utf8');
    // Decryption has proved that Moose wrote this text.
    return JSON.parse(text) as Record<string, string>;
  } catch (cause) {
    throw unreadable(
      'Moose could not read back the keys that it was started with.',
      'Start it again; do not set MOOSE_HANDED_OVER yourself.',
      cause,
    );
  }
}

/** Lines of NAME=VALUE, with comments after a #. @throws ConfigurationError `KEYS_UNREADABLE` */
export function readKeysFile(path: string | undefined): Record<string, string> {
  if (!path) return {};
  const keys: Record<string, string> = {};
  for (const [index, line] of linesOf(path).entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const [, name = '', value = ''] = /^(?:export\s+)?(\w+)\s*=\s*(.*)$/.exec(text) ?? [];
    if (!isSecretName(name)) {
      throw unreadable(
        `Line ${index + 1} of the keys file ${path} does not set a known key.`,
        `Write lines of NAME=VALUE, with these names: ${secretNames.join(', ')}, or names that begin with ${forgeSecretPrefix}.`,
      );
    }
    keys[name] = value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return keys;
}

function linesOf(path: string): string[] {
  try {
    const { mode, size } = statSync(path);
    if ((mode & othersMode) === 0 && size <= keysFileBytesMax) return readFileSync(path, 'utf8').split('\n');
  } catch (cause) {
    throw unreadable(`The keys file ${path} cannot be read.`, 'Check MOOSE_KEYS_FILE.', cause);
  }
  throw unreadable(
    `The keys file ${path} can be read by others, or is larger than ${keysFileBytesMax} bytes.`,
    `Restrict it to its owner: chmod 600 ${path}.`,
  );
}

function unreadable(message: string, advice: string, cause?: unknown): ConfigurationError {
  return appFailures.KEYS_UNREADABLE({ operation: 'read keys', cause }, { message, advice });
}
