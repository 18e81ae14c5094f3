// Undelivered critical errors, one file each: complete or absent, whatever happens to the process.
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';
import type { ErrorEventRow } from '../../store/failures/error-events.ts';

export interface CriticalEntry {
  /** The ID of the error's row, its question and its alert: created once, so that the error is delivered once. */
  id: string;
  row: ErrorEventRow;
  workOrderId: string | null;
  advice: string | null;
}

export interface CriticalJournal {
  keep(entry: CriticalEntry): Promise<void>;
  /** Returns the IDs of the entries, oldest first. */
  waiting(): Promise<string[]>;
  /** Undefined if another process has delivered the entry meanwhile. @throws SyntaxError if the file is not an entry */
  read(id: string): Promise<CriticalEntry | undefined>;
  remove(id: string): Promise<void>;
  /** Keeps an entry that cannot be delivered, for a person to inspect. */
  setAside(id: string): Promise<void>;
}

const suffix = '.json';

export function openCriticalJournal(dataDirectory: string): CriticalJournal {
  const directory = join(dataDirectory, 'critical');
  const aside = join(directory, 'refused');
  const pathOf = (id: string) => join(directory, id + suffix);
  return {
    async keep(entry) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const temporary = join(directory, `${entry.id}.part`);
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(entry));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, pathOf(entry.id));
    },
    async waiting() {
      const names = await unlessMissing(readdir(directory), []);
      // Version 7 UUIDs sort by the time of their creation.
      return names
        .filter((name) => name.endsWith(suffix))
        .map((name) => name.slice(0, -suffix.length))
        .sort();
    },
    async read(id) {
      const text = await unlessMissing(readFile(pathOf(id), 'utf8'), undefined);
      return text === undefined ? undefined : entryIn(text, id);
    },
    remove: (id) => rm(pathOf(id), { force: true }),
    async setAside(id) {
      await mkdir(aside, { recursive: true, mode: 0o700 });
      await unlessMissing(rename(pathOf(id), join(aside, id + suffix)), undefined);
    },
  };
}

/** The file's name counts as the ID, because that file is removed once the entry is delivered. */
function entryIn(text: string, id: string): CriticalEntry {
  const entry: unknown = JSON.parse(text);
  const isEntry =
    typeof entry === 'object' &&
    entry !== null &&
    'row' in entry &&
    typeof entry.row === 'object' &&
    entry.row !== null;
  if (!isEntry) throw new SyntaxError('It is not an entry');
  return { ...(entry as CriticalEntry), id };
}

async function unlessMissing<T>(found: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await found;
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return otherwise;
    throw cause;
  }
}
