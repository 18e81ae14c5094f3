// Limits of coverage, warnings and time that a change lowers (R-GREEN-5).
import type { Finding } from '../../domain/work-order/finding.ts';
import { addedLines, type ChangedFile, removedLines } from '../changed-file.ts';
import { judgingKind } from '../judging-files.ts';
import type { DiffReading } from './read-diff.ts';

/** A higher number is stricter. */
const minimum =
  /["']?\b(branches|functions|lines|statements|fail_under|fail-under|--cov-fail-under|--fail-under-\w+|minimum(?:Coverage|Instruction\w*)?|min(?:imum)?[-_]?coverage|coverageThreshold|threshold|check-coverage|--(?:lines|branches|functions|statements)|COVEREDRATIO|target|--break-at|break|low|high)["']?\s*[:=>\s]\s*(?:\[\s*["']?\w+["']?\s*,\s*)?(?:\{\s*["']?max["']?\s*:\s*)?["']?(\d+(?:\.\d+)?)/gi;
/** A lower number is stricter. */
const maximum =
  /["']?(--max-warnings|max-warnings|maxWarnings|--retries?|retries|retry|--reruns?|reruns|--retry-times|rerunFailingTestsCount|max-complexity|complexity|max-lines\w*|flaky_test_attempts|maxDiffPixel\w*|threshold_ms|tolerance|max-line-length|line-length|--test-timeout|testTimeout|bail)["']?\s*[:=>\s]\s*(?:\[\s*["']?\w+["']?\s*,\s*)?(?:\{\s*["']?max["']?\s*:\s*)?["']?(\d+(?:\.\d+)?)/gi;

/** Lets a test run again until it passes, by a number or by an expression. */
const repeating =
  /["']?((?:--)?(?:retr(?:y|ies)(?:-?times)?|reruns?|rerunFailingTestsCount|flaky_test_attempts))["']?\s*[:=>(\s]\s*(?!\s*["'(]*(?:0|false|none|undefined)\b)["'(]*[\w.]/i;

export function loweredThresholds({ files, task, reached }: DiffReading): Finding[] {
  const found = files.flatMap((file) => {
    const isJudging =
      ['configuration', 'setup', 'ci', 'test'].includes(judgingKind(file.path) ?? '') ||
      reached.has(file.path);
    const isManifest = /(?:^|\/)(?:package\.json|pyproject\.toml|Cargo\.toml|pom\.xml)$/.test(file.path);
    return isJudging || isManifest ? loweredIn(file, judgingKind(file.path) !== 'test') : [];
  });
  if (found.length === 0) return [];
  const isAsked = found.some(
    ({ name, path }) =>
      task.asksForConfiguration(path) &&
      task.speaksOf([name, 'threshold', 'coverage', 'warnings', 'retries', 'rerun', 'warn']),
  );
  return [
    {
      weight: isAsked ? 'tells' : 'refuses',
      kind: 'threshold_lowered',
      text: `A limit of a check is less strict now: ${found.map(({ path, name, before, now }) => `${name} in ${path} from ${before} to ${now}`).join('; ')}.`,
      files: [...new Set(found.map(({ path }) => path))],
      tests: [],
    },
  ];
}

interface Lowered {
  path: string;
  name: string;
  before: string;
  now: string;
}

function loweredIn({ path, before, after }: ChangedFile, isOfRunner: boolean): Lowered[] {
  if (before === null || after === null) return [];
  const compare = (pattern: RegExp, isLess: (then: number, now: number) => boolean) => {
    const [then, now] = [valuesIn(before, pattern), valuesIn(after, pattern)];
    return [...then].flatMap(([name, values]) => {
      const later = now.get(name) ?? [];
      return values.flatMap((value, index) => {
        const next = later[index];
        return next !== undefined && isLess(Number(value), Number(next))
          ? [{ path, name, before: value, now: next }]
          : [];
      });
    });
  };
  return [
    ...compare(minimum, (then, now) => now < then),
    ...compare(maximum, (then, now) => now > then),
    ...[...valuesIn(before, minimum)].flatMap(([name, [value = '']]) =>
      /fail.under|branches|functions|statements|lines/i.test(name) && !valuesIn(after, minimum).has(name)
        ? [{ path, name, before: value, now: 'none' }]
        : [],
    ),
    ...(isOfRunner ? softened({ path, before, after }) : []),
    ...(isOfRunner && !repeating.test(before) && repeating.test(after)
      ? [{ path, name: repeating.exec(after)?.[1] ?? 'retries', before: 'none', now: 'more' }]
      : []),
  ];
}

const severities = /\b(?:error|deny|forbid|fail)\b/g;

/** A rule that was an error only warns now, or is off. */
function softened({ path, before, after }: Pick<ChangedFile, 'path' | 'before' | 'after'>): Lowered[] {
  const words = (line: string) =>
    line
      .replace(severities, '#')
      .replace(/\b(?:warn(?:ing)?|info|off|allow|ignore)\b/g, '#')
      .replace(/\d+/g, '0')
      .trim();
  const gone = removedLines({ before, after }).filter((line) => line.search(severities) !== -1);
  const now = addedLines({ before, after })
    .map(({ text }) => text)
    .filter((text) => text.search(severities) === -1);
  const line = gone.find((each) =>
    now.some((text) => words(text) === words(each) && words(text) !== text.trim().replace(/\d+/g, '0')),
  );
  return line === undefined ? [] : [{ path, name: line.trim().slice(0, 60), before: 'error', now: 'less' }];
}

function valuesIn(text: string, pattern: RegExp): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [, name = '', value = ''] of text.matchAll(pattern)) {
    const key = name.toLowerCase();
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}
