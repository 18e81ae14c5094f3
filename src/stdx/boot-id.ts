// What of a machine's memory is gone: after another boot, or after an error of the disk, files that nobody has flushed
// may be empty, cut or old, although the programs that wrote them have seen them whole.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { hasErrorCode } from './system-error.ts';

let bootId: string | undefined;

/** Changes with every boot of the machine, and never otherwise. */
export function readBootId(): string {
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return bootId;
}

/**
 * Changes with every boot, and with every error that the file system of `path` has recorded (ext4 counts them). As long as
 * it is the same, what was written there is there, flushed or not.
 */
export function memoryOf(path: string): string {
  return `${readBootId()} ${diskErrors(path)}`;
}

/** Where the kernel tells the number of errors; null for other file systems and for disks that it does not name. */
const errorFiles = new Map<number, string | null>();

function diskErrors(path: string): number {
  const { dev } = statSync(path);
  const known = errorFiles.get(dev);
  const file = known === undefined ? errorFileOf(dev) : known;
  errorFiles.set(dev, file);
  return file === null ? 0 : Number(readFileSync(file, 'utf8'));
}

/** The numbers of a device, as Linux splits them (makedev(3)). */
function errorFileOf(dev: number): string | null {
  const major = Math.floor(dev / 2 ** 8) % 2 ** 12;
  const minor = (dev % 2 ** 8) + Math.floor(dev / 2 ** 20) * 2 ** 8;
  try {
    const name = basename(realpathSync(`/sys/dev/block/${major}:${minor}`));
    const file = `/sys/fs/ext4/${name}/errors_count`;
    readFileSync(file);
    return file;
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT', 'ENOTDIR', 'EACCES')) return null;
    throw cause;
  }
}
