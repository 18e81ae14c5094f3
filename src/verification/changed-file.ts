/** One file of a change. Texts are null where the file does not exist, is no text or is too long. */
export interface ChangedFile {
  path: string;
  /** The path before a rename; null if it has the same path. */
  oldPath: string | null;
  status: 'added' | 'deleted' | 'changed';
  before: string | null;
  after: string | null;
}

/** Lines of the file that were not there before, with their numbers from 1. Lines that only moved are not new. */
export function addedLines({
  before,
  after,
}: Pick<ChangedFile, 'before' | 'after'>): Array<{ line: number; text: string }> {
  const left = new Map<string, number>();
  for (const line of (before ?? '').split('\n')) {
    const key = line.trim();
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  const added: Array<{ line: number; text: string }> = [];
  for (const [index, text] of (after ?? '').split('\n').entries()) {
    const key = text.trim();
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    else if (key !== '') added.push({ line: index + 1, text });
  }
  return added;
}

/** Lines that were there before and are gone. */
export function removedLines({ before, after }: Pick<ChangedFile, 'before' | 'after'>): string[] {
  return addedLines({ before: after, after: before }).map(({ text }) => text);
}
