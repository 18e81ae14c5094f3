// The text of a failure without the parts that differ between two runs of the same thing: two changes that fail with the same
// words and numbers made the same progress (R-REC-9). Pure, and strict: in doubt, a failure counts as new.

import { plainText } from '../../classifier/output/plain-text.ts';
import type { FailureContext } from '../../domain/failure-context.ts';
import { messageShape } from '../errors/fingerprint.ts';

export interface SaidFailure {
  summary?: string;
  output?: string;
  failureClass?: string;
  context?: FailureContext;
}

/** Stack frames, quoted source lines and the marks below them: they show the change rather than what is wrong with it. */
const ofTheSource = /^(?:at\s|File "|>?\s*\d+\s*\||[\s|^~-]+$)/;
const durations =
  /\(?\b(?:duration_ms:? ?|in |took )?\d+(?:[.,]\d+)?\s?(?:ms|µs|s|secs?|seconds?|m|min)\b\)?/g;
const durationAside = /\(\d+(?:[.,]\d+)?\s?(?:ms|µs|s|m|min)\)/g;
const durationField = /\bduration_ms:? ?[\d.]+/g;
const instants = /\b(?:\d{4}-\d\d-\d\d[T ]?)?\d\d:\d\d:\d\d(?:[.,]\d+)?Z?/g;
const folders = /(?:\/[\w.@~+-]+)+\//g;
/** `:12:5` and `(12,5)` after a file name: an edit above moves every line below. */
const positions = /(?<=\.\w{1,8}):\d+(?::\d+)?|(?<=\.\w{1,8})\(\d+,\d+\)/g;
/** `12:5  error …`, as linters begin a line below the file name. */
const positionAhead = /^\d+:\d+(?=\s)/;
const ids = /\b(?=[0-9a-f]*\d)[0-9a-f]{8,}(?:-[0-9a-f]+)*\b/gi;
/**
 * Ports and process IDs vary between runs and are removed. In a comparison, such numbers and durations are the compared
 * values, and are kept.
 */
const longNumbers = /\b\d{5,}\b/g;
const compares = /expect|actual|receiv|assert|got|want|should|equal|left|right|^[+-]/i;

/** Equal for failures that differ only in numbers and order: parallel tests end in any order. */
export function failureShape({ summary = '', output = '' }: SaidFailure): string {
  const lines = messageShape(plainText(output))
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return `${messageShape(summary)}\n${[...new Set(lines)].sort().join('\n')}`;
}

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
  // Sorted, because parallel tests end in any order.
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
