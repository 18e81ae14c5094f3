// Ends a session that an earlier process of Moose left, with proof that nothing of it runs any more (R-SES-3).
import { findSession, type KnownSession } from './find-session.ts';
import { closeGroups } from './limits/session-group.ts';
import { readExit } from './session-files.ts';
import { clearSessionRights } from './session-rights.ts';
import { stopProcess } from './stop-process.ts';

/** What is recorded of the session. */
export interface LeftEnd {
  state: 'stopped' | 'exited' | 'lost';
  /** Why Moose ended it, or `lost`; absent if it had ended by itself. */
  endReason?: string;
  exitCode?: number | null;
  signal?: string | null;
  /** Null if nobody knows when it ended. */
  endedAt: Date | null;
}

/**
 * `endReason` is recorded if the session still ran. An exit file without the wrapper's seal says nothing about the end.
 * @throws SESSION_STOP_UNPROVEN, SESSION_HANDLE_UNREADABLE if something of it still runs
 */
export async function endSession(
  session: KnownSession,
  { endReason, graceMs, signal }: { endReason: string; graceMs: number; signal?: AbortSignal },
): Promise<LeftEnd> {
  const found = await findSession(session, { graceMs });
  const handle = found === 'lost' ? null : found;
  const proof = handle && (await stopProcess(handle, { graceMs, ...(signal ? { signal } : {}) }));
  await clearSessionRights(session.directory);
  await closeGroups(session.directory);
  const record = handle && readExit(handle);
  const exit = record === 'forged' ? null : record;
  const endedAt = exit?.endedAt ?? null;
  if (proof?.wasAlive) return { state: 'stopped', endReason, endedAt };
  if (exit) return { state: 'exited', exitCode: exit.exitCode, signal: exit.signal, endedAt };
  return { state: 'lost', endReason: 'lost', endedAt };
}
