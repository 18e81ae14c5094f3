// Reads the values of a diagnostic: first from the named groups of the rule, then from the lines around the match.
import type { FailureContext } from '../../domain/failure-context.ts';
import { isCodeFrame } from '../output/masked-text.ts';
import type { Match } from './match-rules.ts';

type Groups = Match['groups'];

const linesMax = 4_000;
const lineCharsMax = 600;
const testNamesMax = 50;

/** A folder that was made for one run: the rest of the path is the path in the repository. */
const scratchFolder =
  /^(?:file:\/\/)?(?:\/(?:[\w.@+-]+\/){0,8}?(?:p[0-9a-f]{6,10}|tmp\.\w{6,12}|[0-9a-f]{8}-[0-9a-f-]{20,36}|worktrees\/[\w.-]+|\w+_work\/[\w.-]+\/[\w.-]+)\/|\/github\/workspace\/|\/home\/runner\/work\/[\w.-]+\/[\w.-]+\/|\/builds\/[\w.-]+\/[\w.-]+\/|\/workspaces?\/[\w.-]+\/)/;

/** Arrows and similar marks that reporters print before a path. */
const pointer = /^(?:→|➜|❯|▶|»|-{1,2}>|=>) {1,4}/;

export function relativePath(path: string): string {
  return path
    .replace(pointer, '')
    .replace(scratchFolder, '')
    .replace(/^file:\/\//, '')
    .replace(/^\.\//, '');
}

/** Adds only missing values: the first value that was found stays. */
export function addGroups(context: FailureContext, found: Groups): void {
  const { code, package: name, test, path, retry, status, exit, ...place } = withoutNumbers(found);
  if (!isHost(place.file)) addPlaceOf(context, place);
  if (code && context.errorCode === undefined) context.errorCode = code;
  if (name && context.package === undefined) context.package = name.replace(/%2f/i, '/');
  if (test) addTest(context, test);
  if (path) addTestPath(context, path);
  if (retry && context.retryAfterS === undefined) context.retryAfterS = Number(retry);
  if (status && context.httpStatus === undefined) context.httpStatus = Number(status);
  if (exit && context.exitCode === undefined) context.exitCode = Number(exit);
}

function addPlaceOf(context: FailureContext, { file, line, column }: Groups): void {
  if (file && context.file === undefined) {
    context.file = relativePath(file.trim());
    // A line number is used only with the file of the same match.
    if (line) context.line = Number(line);
    if (line && column) context.column = Number(column);
  }
  if (line && context.line === undefined && (!file || relativePath(file.trim()) === context.file)) {
    context.line = Number(line);
    if (column) context.column = Number(column);
  }
  if (column && line && context.column === undefined && Number(line) === context.line)
    context.column = Number(column);
}

/** The name of a host in front of a port: `db.example.com:5432`. */
const host =
  /(?:^|\s|@|\/\/)(?:[\w-]{1,63}\.){1,8}(?:com|org|net|io|dev|ai|edu|gov|internal|lan|corp|svc|cloud|example|invalid|localdomain)$/;

function isHost(file: string | undefined): boolean {
  return file !== undefined && host.test(file);
}

/** Alternatives of one pattern cannot have groups with the same name, so `code2` stands for `code`. */
function withoutNumbers(found: Groups): Groups {
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(found)) {
    if (value !== undefined) named[name.replace(/\d+$/, '')] ??= value;
  }
  return named;
}

function addTest(context: FailureContext, title: string): void {
  const leaf = title.trim();
  context.testNames ??= [];
  if (leaf && !context.testNames.includes(leaf) && context.testNames.length < testNamesMax) {
    context.testNames.push(leaf);
  }
}

/** If `TestSum/rounds_up` fails, `TestSum` fails too, which adds no information. */
function addTestPath(context: FailureContext, path: string): void {
  const steps = path.split('/');
  const group = steps.at(-2);
  if (group !== undefined && context.testNames?.includes(group)) {
    context.testNames = context.testNames.filter((title) => title !== group);
  }
  addTest(context, steps.at(-1) ?? path);
}

/** Reads the values of the `near` patterns: first from the lines after the match, then from the whole text. */
export function addNear(context: FailureContext, text: string, { rule, at }: Match): void {
  const near = rule.near ?? [];
  if (near.length === 0) return;
  const after = linesFrom(text, at);
  const all = at === 0 ? [] : linesFrom(text, 0);
  for (const pattern of near) {
    const isList = /\?<(?:test|path)>/.test(pattern.source);
    const before = rule.nearest === 'before' ? linesFrom(text.slice(0, at), 0).toReversed() : undefined;
    const isFromStart = isList || rule.nearest === 'first';
    const places = isFromStart ? [linesFrom(text, 0)] : before ? [before, after] : [after, all];
    for (const lines of places) {
      const isLast = rule.nearest === 'last' && !isList;
      const found = matchesIn(isLast ? lines.toReversed() : lines, pattern, isList ? testNamesMax : 1);
      for (const groups of found) addGroups(context, groups);
      if (found.length > 0) break;
    }
  }
}

function linesFrom(text: string, from: number): string[] {
  return text.slice(from).split('\n', linesMax);
}

function matchesIn(lines: readonly string[], pattern: RegExp, countMax: number): Groups[] {
  const found: Groups[] = [];
  for (const line of lines) {
    if (found.length >= countMax) break;
    const match = pattern.exec(line.length > lineCharsMax ? line.slice(0, lineCharsMax) : line);
    if (match?.groups && !isCodeFrame(line)) found.push(match.groups);
  }
  return found;
}
