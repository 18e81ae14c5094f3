// Which conversation a session continues: OpenCode names its own, and keeps all of them in a database in its home.

import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { isJsonObject, parseJsonLine } from '../json-lines.ts';
import { failureOfOpenCode } from './failures.ts';

/**
 * The newest conversation of this worktree, unless the provider rejected its last request itself: it would reject the
 * same conversation again (too long, or against its rules). Null to start a new one.
 */
export async function findConversation({
  homePath,
  worktreePath,
}: Pick<AgentTask, 'homePath' | 'worktreePath'>): Promise<string | null> {
  const path = join(homePath, '.local', 'share', 'opencode', 'opencode.db');
  if (!existsSync(path)) return null;
  const last = readLast(path, await realpath(worktreePath));
  return last === null || endsInRefusedRequest(last.message) ? null : last.id;
}

interface LastMessage {
  id: string;
  /** The column contains JSON. */
  message: string;
}

/** Read-only: OpenCode itself repairs what a kill left half written. */
function readLast(path: string, worktreePath: string): LastMessage | null {
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      const row = database.prepare(newest).get(worktreePath);
      return typeof row?.id === 'string' ? { id: row.id, message: String(row.message) } : null;
    } finally {
      database.close();
    }
  } catch (error) {
    // A database that cannot be read has no conversation to continue, so a new one is started.
    if (hasErrorCode(error, 'ERR_SQLITE_ERROR')) return null;
    throw error;
  }
}

/** IDs increase with time. A subagent's conversation belongs to its parent's. */
const newest = `
  select session.id as id, message.data as message
  from session join message on message.session_id = session.id
  where session.directory = ? and session.parent_id is null
  order by session.time_created desc, message.id desc
  limit 1`;

function endsInRefusedRequest(message: string): boolean {
  const error = parseJsonLine(message)?.error;
  if (!isJsonObject(error)) return false;
  const { kind } = failureOfOpenCode(error);
  return kind === 'bad_request' || kind === 'context_too_long';
}
