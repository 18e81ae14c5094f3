// Parts of the product that alter how their process ends, over several lines (R-GREEN-5): a run of tests is one too.
import { addedLines, type ChangedFile } from '../changed-file.ts';
import { withoutComments } from '../test-source.ts';
import type { Place } from './line-rules.ts';

interface Ending {
  path: RegExp;
  /** Each stands in the added lines. */
  parts: readonly [RegExp, RegExp];
}

const endings: readonly Ending[] = [
  {
    path: /\.[cm]?[jt]sx?$/,
    parts: [
      /\bprocess\.(?:once|on)\(\s*['"](?:exit|beforeExit)['"]/,
      /\bprocess\.exitCode\s*=\s*(?:0|undefined|null)/,
    ],
  },
  { path: /\.py$/, parts: [/\batexit\.register\(|@atexit\.register\b/, /\bos\._exit\(/] },
  { path: /\.go$/, parts: [/^func init\(\) \{/, /\bos\.(?:Exit\(|Args\s*=[^=])/] },
];

/** The lines that end the process. */
export function endingsIn(file: ChangedFile, place: Place): Array<{ line: number; text: string }> {
  if (place !== 'product') return [];
  const added = addedLines(file).map(({ line, text }) => ({ line, text: withoutComments(text) }));
  return endings.flatMap(({ path, parts: [begins, ends] }) =>
    path.test(file.path) && added.some(({ text }) => begins.test(text))
      ? added.filter(({ text }) => ends.test(text))
      : [],
  );
}
