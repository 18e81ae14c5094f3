// A network disk whose server is away blocks whoever reads from it for as long as that lasts: a whole process, or one of
// its few threads for files. Moose reads from each such disk one call at a time, and does not wait for one that does not
// answer, so that it blocks neither Moose nor the work on other disks.

import { readFileSync } from 'node:fs';
import type { ConfigurationError } from '../../domain/failure.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { gitFailures } from '../failure-catalogue.ts';

/** Kinds of file systems behind which another machine or another process is. */
const answeredElsewhere =
  /^(?:nfs4?|cifs|smb\w*|afs|ceph|glusterfs|lustre|beegfs|gpfs|9p|virtiofs|davfs|autofs|fuse(?:blk|\.\S+)?)$/;
const answerMsMax = 10_000;
const mountsKeptMs = 5_000;

interface Turn {
  sinceMs: number;
  ended: Promise<unknown>;
}

/** The call that each disk is working on, by its mount point. */
const turns = new Map<string, Turn>();

/** Runs what reads files below a path. @throws ConfigurationError `DISK_SILENT` */
export async function onDisk<T>(
  path: string,
  work: () => Promise<T>,
  { operation, msMax = answerMsMax }: { operation: string; msMax?: number },
): Promise<T> {
  const disk = diskElsewhere(path);
  if (disk === null) return work();
  for (let turn = turns.get(disk); turn !== undefined; turn = turns.get(disk))
    if (!(await endsWithin(turn.ended, turn.sinceMs + msMax - performance.now())))
      throw silent(disk, operation, turn.sinceMs);
  const working = work();
  const turn = { sinceMs: performance.now(), ended: Promise.allSettled([working]) };
  turns.set(disk, turn);
  void turn.ended.then(() => turns.delete(disk));
  if (!(await endsWithin(turn.ended, msMax))) throw silent(disk, operation, turn.sinceMs);
  return working;
}

async function endsWithin(ended: Promise<unknown>, ms: number): Promise<boolean> {
  if (ms <= 0) return false;
  const over = new AbortController();
  const late = sleep(ms, over.signal).then(
    () => false,
    () => false,
  );
  const isEnded = await Promise.race([ended.then(() => true), late]);
  over.abort();
  return isEnded;
}

function silent(disk: string, operation: string, sinceMs: number): ConfigurationError {
  const seconds = Math.round((performance.now() - sinceMs) / 1_000);
  return gitFailures.DISK_SILENT({ operation, metadata: { disk } }, { disk, seconds });
}

interface Mount {
  point: string;
  kind: string;
}

let known: { mounts: readonly Mount[]; atMs: number } | null = null;

/** The mount point of a path on such a disk, found without touching the disk; null for any other path. */
export function diskElsewhere(path: string): string | null {
  if (known === null || performance.now() - known.atMs > mountsKeptMs)
    known = { mounts: readMounts(), atMs: performance.now() };
  const isBelow = ({ point }: Mount) => path === point || path.startsWith(point === '/' ? '/' : `${point}/`);
  const all = known.mounts.filter(isBelow);
  // Of two at the same point, the later one hides the earlier one.
  const own = all.reduce<Mount | null>(
    (best, mount) => (best === null || mount.point.length >= best.point.length ? mount : best),
    null,
  );
  return own !== null && answeredElsewhere.test(own.kind) ? own.point : null;
}

/** Empty where the system has no such list. */
function readMounts(): Mount[] {
  let text: string;
  try {
    text = readFileSync('/proc/self/mountinfo', 'utf8');
  } catch (cause) {
    // Only Linux has it.
    if (!hasErrorCode(cause, 'ENOENT')) throw cause;
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const point = before.split(' ')[4];
    const kind = after.split(' ')[0];
    return point === undefined || kind === undefined ? [] : [{ point: unescaped(point), kind }];
  });
}

/** A space is written as `\040`. */
function unescaped(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
