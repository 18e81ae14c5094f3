// Reads and writes files in an agent's home. Earlier sessions could write anything there: incomplete or endless files,
// or links to places outside the home where Moose can write and the session could not (R-SEC-5).

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { agentFailures } from '../domain/agents/agent-failure-catalogue.ts';
import type { ConfigurationError } from '../domain/failure.ts';
import { renamePassing, writePassing } from '../stdx/files/passing-files.ts';
import { hasErrorCode } from '../stdx/system-error.ts';

/** Far more than any expected file; a larger one is not the agent's. */
const fileBytesMax = 16 * 1_024 * 1_024;

/**
 * Null if the file does not exist.
 * @throws ConfigurationError `AGENT_HOME_STRANGE` if it is not a regular file of the agent
 */
export async function readIfThere(path: string): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) =>
    orNull(error),
  );
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (found.isFile() && found.size <= fileBytesMax) return await file.readFile('utf8');
    throw strange(path);
  } finally {
    await file.close();
  }
}

/** The names in a folder; empty if it does not exist. */
export async function listIfThere(path: string): Promise<string[]> {
  return (await readdir(path).catch((error: unknown) => orNull(error))) ?? [];
}

function orNull(error: unknown): null {
  if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
  throw error;
}

function strange(path: string): ConfigurationError {
  return agentFailures.AGENT_HOME_STRANGE({ operation: 'read', metadata: { path } }, { path });
}

/** Writes one of our files into the agent's home, again for each session; `name` is its path in the home. */
export async function writeOwnFile(home: string, name: string, content: string): Promise<string> {
  const folder = await makeOwnFolder(home, dirname(name));
  const path = join(home, name);
  const draft = join(folder, `.moose-${randomUUID()}`);
  await writePassing(draft, content, { mode: 0o600, flag: 'wx' });
  if ((await lstatIfThere(path))?.isDirectory()) await rm(path, { recursive: true, force: true });
  // Renaming replaces a link instead of following it.
  await renamePassing(draft, path);
  return path;
}

/** A folder below the home; anything else in its place is removed. */
export async function makeOwnFolder(home: string, name: string): Promise<string> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  let path = home;
  for (const part of name.split(sep).filter((each) => each !== '.')) {
    path = join(path, part);
    const found = await lstatIfThere(path);
    if (found && !found.isDirectory()) await rm(path);
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
  return path;
}

async function lstatIfThere(path: string) {
  return await lstat(path).catch((error: unknown) => orNull(error));
}
