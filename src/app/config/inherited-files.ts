// Files, folders and sockets that were open in whoever started Moose. Every program that Moose starts would inherit them
// too, and a session could read and write them, wherever they are (R-SEC-5).
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { hasErrorCode } from '../../stdx/system-error.ts';

const folder = '/proc/self/fd';
/** O_CLOEXEC: no other program inherits it. Node opens all its own files in this way. */
const closedOnStart = 0o2_000_000;
const standard = 3;

/**
 * Closes all of them but the standard streams. A file that an argument names by its descriptor, as `<(command)` of a shell
 * does, stays open for this process alone, under the number that is now in `args`.
 */
export function closeInherited(args: string[]): void {
  if (!existsSync(folder)) return;
  for (const descriptor of inherited()) {
    keepNamed(args, descriptor);
    closeSync(descriptor);
  }
}

function inherited(): number[] {
  return readdirSync(folder)
    .map(Number)
    .filter((descriptor) => descriptor >= standard && descriptor !== channel() && isInherited(descriptor));
}

/** The way to the process that forked this one. */
const channel = () => (process.channel as { fd?: number } | undefined)?.fd;

function isInherited(descriptor: number): boolean {
  try {
    const [, flags = ''] =
      /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? [];
    return (Number.parseInt(flags, 8) & closedOnStart) === 0;
  } catch (error) {
    // The list itself was open while it was read.
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function keepNamed(args: string[], descriptor: number): void {
  const named = new RegExp(String.raw`/(?:dev|proc/self)/fd/${descriptor}(?!\d)`, 'g');
  if (!args.some((each) => each.search(named) >= 0)) return;
  const own = openSync(`${folder}/${descriptor}`, 'r');
  for (const [index, each] of args.entries()) args[index] = each.replaceAll(named, `${folder}/${own}`);
}
