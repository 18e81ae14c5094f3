// The text of a failure without what differs between two runs of the same thing: two changes that fail with the same words
// and numbers made the same progress (R-REC-9). Pure, and strict: in doubt, a failure counts as new.
import type { FailureContext } from '../../classifier/failure-case.ts';
import { plainText } from '../../classifier/plain-text.ts';

export interface SaidFailure {
  summary?: string;
  output?: string;
  failureClass?: string;
  context?: FailureContext;
}

/** Stacks, quoted lines of source and the marks below them: they show the change, and not what is wrong with it. */
const ofTheSource = /^(?:at\s|File "|>?\s*\d+\s*\||[\s|^~-]+$)/;
const durations =
  /\(?\b(?:duration_ms:? ?|in |took )?\d+(?:[.,]\d+)?\s?(?:ms|µs|s|secs?|seconds?|m|min)\b\)?/g;
const durationAside = /\(\d+(?:[.,]\d+)?\s?(?:ms|µs|s|m|min)\)/g;
const durationField = /\bduration_ms:? ?[\d.]+/g;
const instants = /\b(?:\d{4}-\d\d-\d\d[T ]?)?\d\d:\d\d:\d\d(?:[.,]\d+)?Z?/g;
const folders = /(?:\/[\w.@~+-]+)+\//g;
/** `:12:5` and `(12,5)` behind the name of a file: an edit above it moves every line below. */
const positions = /(?<=\.\w{1,8}):\d+(?::\d+)?|(?<=\.\w{1,8})\(\d+,\d+\)/g;
/** `12:5  error …`, as linters begin a line below the name of the file. */
const positionAhead = /^\d+:\d+(?=\s)/;
const ids = /\b(?=[0-9a-f]*\d)[0-9a-f]{8,}(?:-[0-9a-f]+)*\b/gi;
/** Ports and process ids; in a comparison they are the very values, as durations are. */
const longNumbers = /\b\d{5,}\b/g;
const compares = /expect|actual|receiv|assert|got|want|should|equal|left|right|^[+-]/i;

export function failureWords({
  summary = '',
  output = '',
  failureClass = '',
  context = {},
}: SaidFailure): string {
  const lines = plainText(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !ofTheSource.test(line))
    .map(withoutNoise);
  const { file, errorCode, testNames = [], package: name } = context;
  const what = [failureClass, file, errorCode, name, ...testNames.toSorted()].filter(Boolean);
  // In any order: tests that run side by side end as they please.
  return [withoutNoise(summary), ...what, ...[...new Set(lines)].sort()].join('\n');
}

function withoutNoise(line: string): string {
  const told = line
    .replace(durationField, '')
    .replace(durationAside, '')
    .replace(folders, '/…/')
    .replace(positions, '')
    .replace(positionAhead, '');
  if (compares.test(told)) return told;
  return told.replace(durations, '').replace(instants, '#').replace(ids, '#').replace(longNumbers, '#');
}
