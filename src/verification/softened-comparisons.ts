// Functions of the tests that compare for them, and that a change lets pass more (R-GREEN-1). Pure, and by text.
import type { Finding } from '../domain/work-order/finding.ts';
import type { ChangedFile } from './changed-file.ts';
import { isTestData, judgingKind } from './judging-files.ts';
import type { Task } from './task.ts';
import { testBlock, withoutComments } from './test-source.ts';

const declared =
  /\b(?:function|def|func(?:\s*\([^)]*\))?|fn)\s+([A-Za-z_]\w*)|\bconst\s+([A-Za-z_]\w*)\s*=\s*(?:async\s*)?\([^)]*\)\s*=>|^([A-Za-z_]\w*)\s*\(\)\s*\{/gm;
const isOfRunner = /^(?:test|Test|Benchmark|Fuzz|Example|setUp|tearDown|before|after)/;
/** It fails a test, or ends it. */
const fails =
  /\bassert\w*|\bexpect\(|\bt\.(?:Error|Fatal|Fail)\w*\(|\bexit 1\b|\braise\b|\bthrow\b|\bpanic\(/;
/** Ends or skips before it, or looks at a part. */
const softens = /\breturn\b|\bcontinue\b|\bcatch\b|\bexcept\b|\[:|\.slice\(|\.replace\(|\.trim\(|\bsubstr/g;

/** People are told, if the task asks to change the tests. */
export function softenedComparisons({
  files,
  task,
}: {
  files: readonly ChangedFile[];
  task: Pick<Task, 'asksToChangeTests'>;
}): Finding[] {
  const found = files.filter(
    ({ path }) => ['test', 'setup'].includes(judgingKind(path) ?? '') && !isTestData(path),
  );
  const softened = found.flatMap((file) => softenedIn(file).map((name) => ({ path: file.path, name })));
  if (softened.length === 0) return [];
  const named = softened.map(({ path, name }) => `${path} > ${name}`).join('; ');
  return [
    {
      weight: task.asksToChangeTests ? 'tells' : 'refuses',
      kind: 'green_only_by_its_tests',
      text: `What compares for the tests lets more pass now: ${named}. Change the product, and restore it.`,
      files: [...new Set(softened.map(({ path }) => path))],
      tests: [],
    },
  ];
}

function softenedIn({ before, after }: ChangedFile): string[] {
  if (before === null || after === null) return [];
  const names = [...before.matchAll(declared)].flatMap((match) => match.slice(1).find(Boolean) ?? []);
  const count = (text: string) => [...withoutComments(text).matchAll(softens)].length;
  return [...new Set(names)].filter((name) => {
    if (isOfRunner.test(name)) return false;
    const [then, now] = [testBlock(before, name), testBlock(after, name)];
    return then !== null && now !== null && fails.test(then) && count(now) > count(then);
  });
}
