// Finds the network that a session holds for others: the first of its processes whose network is not Moose's.
import { readlinkSync } from 'node:fs';
import { hasErrorCode } from '../../stdx/system-error.ts';
import type { ProcessHandle } from '../process-handle.ts';
import { surveyProcesses } from '../survey.ts';

/**
 * Null: the session has no network of its own, or not yet. Its descendants cannot pretend to be that process, because
 * their process IDs differ.
 */
export async function findNetwork(handle: ProcessHandle): Promise<number | null> {
  const { members } = await surveyProcesses(handle);
  const ours = networkOf('self');
  let parents = [handle.pid];
  // From the wrapper downwards: the process that created the namespaces comes before everything that runs in them.
  for (let depth = 0; depth < members.length && parents.length > 0; depth++) {
    const children = members.filter(({ parentPid }) => parents.includes(parentPid)).map(({ pid }) => pid);
    const inside = children.find((pid) => {
      const its = networkOf(pid);
      return its !== null && its !== ours;
    });
    if (inside !== undefined) return inside;
    parents = children;
  }
  return null;
}

/** Identifies the network of a process; null if it is gone, or not ours to look at. */
export function networkOf(pid: number | 'self'): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return null;
    throw error;
  }
}
