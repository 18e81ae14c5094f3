/** One file of a change. Texts are null where the file does not exist, is no text or is too long. */
export interface ChangedFile {
  path: string;
  /** The path before a rename; null if it has the same path. */
  oldPath: string | null;
  status: 'added' | 'deleted' | 'changed';
  before: string | null;
  after: string | null;
}

/** A longer line comes in parts that overlap: patterns must not search a megabyte at once. */
const partCharsMax = 2_000;
const overlapChars = 200;

function* partsOf(line: string): Generator<string> {
  for (let at = 0; at === 0 || at + overlapChars < line.length; at += partCharsMax - overlapChars)
    yield line.slice(at, at + partCharsMax);
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
    else if (key !== '') for (const part of partsOf(text)) added.push({ line: index + 1, text: part });
  }
  return added;
}

/** Lines that were there before and are gone. */
export function removedLines({ before, after }: Pick<ChangedFile, 'before' | 'after'>): string[] {
  return addedLines({ before: after, after: before }).map(({ text }) => text);
}
