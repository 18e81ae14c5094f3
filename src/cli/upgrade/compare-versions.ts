// Which of two versions is newer, by the precedence of Semantic Versioning 2.0. Pure.

const shape = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]{1,100})?$/;

export function isVersion(text: string): boolean {
  return shape.test(text);
}

/** Whether `one` is newer than `other`; both must be valid versions. */
export function isNewer(one: string, other: string): boolean {
  return compare(read(one), read(other)) > 0;
}

interface Version {
  numbers: number[];
  /** The parts of the pre-release; empty for a release. */
  draft: string[];
}

function read(text: string): Version {
  const [, major, minor, patch, draft] = shape.exec(text) ?? [];
  return { numbers: [major, minor, patch].map(Number), draft: draft?.split('.') ?? [] };
}

function compare(one: Version, other: Version): number {
  for (const [index, number] of one.numbers.entries()) {
    const difference = number - (other.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (one.draft.length === 0 || other.draft.length === 0) return other.draft.length - one.draft.length;
  for (const [index, word] of one.draft.entries()) {
    const difference = compareWords(word, other.draft[index]);
    if (difference !== 0) return difference;
  }
  return one.draft.length - other.draft.length;
}

/** A number precedes a word, and a version with fewer parts precedes one with more. */
function compareWords(one: string, other: string | undefined): number {
  if (other === undefined) return 1;
  const isNumber = [one, other].map((word) => /^\d+$/.test(word));
  if (isNumber[0] && isNumber[1]) return Number(one) - Number(other);
  if (isNumber[0] !== isNumber[1]) return isNumber[0] ? -1 : 1;
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
