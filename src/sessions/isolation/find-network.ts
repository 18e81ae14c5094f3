// Finds the network that a session holds for others: the first process in it that has another one than Moose.
import { readlinkSync } from 'node:fs';
import { hasErrorCode } from '../../stdx/system-error.ts';
import type { ProcessHandle } from '../process-handle.ts';
import { surveyProcesses } from '../survey.ts';

/** Null: it has none of its own, or none yet. Its descendants cannot pose as it: they have process numbers of their own. */
export async function findNetwork(handle: ProcessHandle): Promise<number | null> {
  const { members } = await surveyProcesses(handle);
  const ours = networkOf('self');
  let parents = [handle.pid];
  // From the wrapper downwards: the one that has made the namespaces comes before all that runs in them.
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

function networkOf(pid: number | 'self'): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return null;
    throw error;
  }
}
