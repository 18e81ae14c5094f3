// Which conversation a session continues: OpenCode names its own, and keeps all of them in a database in its home.
// Sessions can write there, and a database can be made so that a query never ends. So a process of its own reads it.

import { execFile } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { isJsonObject, parseJsonLine } from '../json-lines.ts';
import { failureOfOpenCode } from './failures.ts';

/** Far more than the query needs, also on a busy machine. */
const readMsMax = 5_000;
const memoryBytesMax = 256 * 1024 * 1024;
const messageBytesMax = 16 * 1024 * 1024;

/**
 * The newest conversation of this worktree, unless the provider rejected its last request itself: it would reject the
 * same conversation again (too long, or against its rules). Null to start a new one.
 */
export async function findConversation({
  homePath,
  worktreePath,
}: Pick<AgentTask, 'homePath' | 'worktreePath'>): Promise<string | null> {
  const path = join(homePath, '.local', 'share', 'opencode', 'opencode.db');
  if (!(await isFile(path))) return null;
  const last = await readLast(path, await realpath(worktreePath));
  return last === null || endsInRefusedRequest(last.message) ? null : last.id;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return false;
    throw error;
  }
}

interface LastMessage {
  id: string;
  /** The column contains JSON. */
  message: string;
}

/** IDs increase with time. A subagent's conversation belongs to its parent's. */
const newest = `
  select session.id as id, message.data as message
  from session join message on message.session_id = session.id
  where session.directory = ? and session.parent_id is null
  order by session.time_created desc, message.id desc
  limit 1`;

/** Read-only: OpenCode itself repairs what a kill left half written. */
const reader = `
  const { DatabaseSync } = require('node:sqlite');
  const [path, query, directory] = process.argv.slice(1);
  const database = new DatabaseSync(path, { readOnly: true });
  database.exec('pragma hard_heap_limit = ${memoryBytesMax}; pragma trusted_schema = off');
  process.stdout.write(JSON.stringify(database.prepare(query).get(directory) ?? null));`;

async function readLast(path: string, worktreePath: string): Promise<LastMessage | null> {
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['-e', reader, path, newest, worktreePath],
      { env: {}, cwd: '/', timeout: readMsMax, killSignal: 'SIGKILL', maxBuffer: messageBytesMax },
    );
    const row = parseJsonLine(stdout);
    return typeof row?.id === 'string' ? { id: row.id, message: String(row.message) } : null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // A database that cannot be read has no conversation to continue, so a new one is started.
    return null;
  }
}

function endsInRefusedRequest(message: string): boolean {
  const error = parseJsonLine(message)?.error;
  if (!isJsonObject(error)) return false;
  const { kind } = failureOfOpenCode(error);
  return kind === 'bad_request' || kind === 'context_too_long';
}
