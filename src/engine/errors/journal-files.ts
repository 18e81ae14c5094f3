// Recognises by a journal's name whether the process that writes it is alive: PIDs are reused, but their start times
// differ.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDead, readProcess } from '../../sessions/process-table.ts';
import { readBootId } from '../../stdx/boot-id.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';

const extension = '.jsonl';
const named = /^(?<pid>\d+)-(?<start>\d+)-(?<boot>[0-9a-f]+)-\d+\.jsonl$/;
const bootIdChars = 12;
let opened = 0;

/** A path that no other journal in this directory has or had. */
export function ownJournalPath(directory: string): string {
  opened += 1;
  const start = readProcess(process.pid)?.startTicks ?? 0;
  return join(directory, `${process.pid}-${start}-${bootId()}-${opened}${extension}`);
}

/** Journals that no process writes to any more; empty if the directory does not exist. */
export function abandonedJournals(directory: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return [];
    throw cause;
  }
  return names
    .filter((name) => isAbandoned(name))
    .sort()
    .map((name) => join(directory, name));
}

function isAbandoned(name: string): boolean {
  const { pid, start, boot } = named.exec(name)?.groups ?? {};
  if (pid === undefined) return false;
  if (boot !== bootId()) return true;
  const process = readProcess(Number(pid));
  return process === null || isDead(process) || process.startTicks !== Number(start);
}

function bootId(): string {
  return readBootId().replaceAll('-', '').slice(0, bootIdChars);
}
