// Whether a kept output changed only by what the task says (R-GREEN-8). Pure, and by words.
import { blockOf, changesProduct, isChanged } from './asked-changes.ts';
import type { ChangedFile } from './changed-file.ts';
import { judgingKind } from './judging-files.ts';
import type { Task } from './task.ts';
import type { ReportedTest } from './test-report.ts';

const isSnapshot = (path: string) =>
  judgingKind(path) === 'test' &&
  /\.(?:snap|golden|approved\.\w+)$|(?:^|\/)(?:goldens?|__snapshots__)\//i.test(path);

/** The test is as it was, and each word that its outputs gained or lost stands in the task. */
export function followsTask(test: ReportedTest, files: readonly ChangedFile[], task: Task): boolean {
  const outputs = files.filter(({ path }) => isSnapshot(path));
  if (outputs.length === 0 || !changesProduct(files) || isChanged(test, files)) return false;
  const uses = blockOf(test, files);
  if (uses !== null && !/snapshot|golden|approv/i.test(uses)) return false;
  return outputs.every(({ before, after }) => {
    if (before === null || after === null) return false;
    const [then, now] = [wordsOf(before), wordsOf(after)];
    const differing = [...new Set([...then.keys(), ...now.keys()])].filter(
      (word) => then.get(word) !== now.get(word),
    );
    return differing.every((word) => task.hasValue(word));
  });
}

function wordsOf(text: string): Map<string, number> {
  const words = new Map<string, number>();
  for (const [word] of text.matchAll(/[\p{L}\p{N}_]+(?:[.,]\d+)*|[^\s\p{L}\p{N}_]/gu))
    words.set(word, (words.get(word) ?? 0) + 1);
  return words;
}
