// The keys of effects. The same work order, host and session always give the same key, so that a repeated step finds
// what it did before.
import type { SessionId } from '../../domain/ids.ts';

export function worktreeKey(workOrderId: string, host: string): string {
  return `worktree:${workOrderId}@${host}`;
}

export function branchKey(workOrderId: string): string {
  return `branch:${workOrderId}`;
}

export function pushKey(workOrderId: string): string {
  return `push:${workOrderId}`;
}

export function sessionKey(id: SessionId): string {
  return `session:${id}`;
}
