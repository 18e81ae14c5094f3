// Inserts a call at each error path of a source (R-CHA-2), which reports that the path was run. Lines stay where they
// are, so that stack traces name the right ones.
import type { SourceFile } from '../source-files.ts';
import { countsForErrorPaths, type ErrorPath, findErrorPaths } from './find-error-paths.ts';

const reportRunsPath = `${import.meta.dirname}/report-runs.ts`;
const reportRun = 'reportRunOfErrorPath';

/** Names a path in the record of what was run. A `catch` that begins with its `throw` shares the name with it. */
export function nameOfPath({ path, mark }: ErrorPath): string {
  return `${path}:${mark.start}`;
}

/** The source with its marks; null if it has no error path that counts. */
export function insertMarks(file: SourceFile): string | null {
  if (!countsForErrorPaths(file.path)) return null;
  const marks = new Map(findErrorPaths(file).map((path) => [path.mark.start, path]));
  if (marks.size === 0) return null;
  const inserted = [...marks.values()].flatMap(insertions).toSorted((a, b) => a.at - b.at);
  let at = 0;
  const parts = inserted.map((one) => {
    const part = file.text.slice(at, one.at) + one.text;
    at = one.at;
    return part;
  });
  return `import { ${reportRun} } from ${JSON.stringify(reportRunsPath)}; ${parts.join('')}${file.text.slice(at)}`;
}

interface Insertion {
  at: number;
  text: string;
}

function insertions(path: ErrorPath): Insertion[] {
  const call = `${reportRun}(${JSON.stringify(nameOfPath(path))})`;
  const { form, start, end } = path.mark;
  if (form === 'statement') return [{ at: start, text: `${call};` }];
  if (form === 'throw') return [{ at: start + 'throw'.length, text: ` ${call},` }];
  return [
    { at: start, text: `(${call}, ` },
    { at: end, text: ')' },
  ];
}
