// What of a change its task asks for, by the names that the change removes, declares otherwise, or tests (R-GREEN-8). Pure.
import { addedLines, type ChangedFile, removedLines } from './changed-file.ts';
import { isCodeFile, isDocument, judgingKind } from './judging-files.ts';
import type { Task } from './task.ts';
import type { ReportedTest } from './test-report.ts';
import { marksOf, testBlock, titleOf } from './test-source.ts';

export const isManifest = (path: string) =>
  /(?:^|\/)(?:package\.json|pyproject\.toml|Cargo\.toml|pom\.xml)$/.test(path);

export function isConfigurationAsked(
  paths: readonly string[],
  { files, task }: { files: readonly ChangedFile[]; task: Task },
): boolean {
  const configuration = paths.filter(
    (path) => judgingKind(path) === 'configuration' || isManifest(path) || judgingKind(path) === 'setup',
  );
  return (
    configuration.length > 0 &&
    configuration.every(
      (path) =>
        (task.asksForConfiguration(path) && !(looksAway(path, files) && !task.asksToLookAway)) ||
        serves(path, files, task),
    )
  );
}

const excusing =
  /["']?(?:enabled|recommended|all)["']?\s*[:=]\s*false|[:,[(]\s*["']?off["']|\b(?:\w*ignore(?:Patterns?|_errors|Files|s)?|exclude\w*|per-file-ignores|skip\w*|omit|disable\w*)\b["']?\s*[:=]|!\*\*|["']!/i;

export const looksAwayIn = (paths: readonly string[], files: readonly ChangedFile[]) =>
  paths.some((path) => judgingKind(path) === 'configuration' && looksAway(path, files));

/** New lines let the tool see less than before. */
function looksAway(path: string, files: readonly ChangedFile[]): boolean {
  const file = files.find((each) => each.path === path);
  return file !== undefined && addedLines(file).some(({ text }) => excusing.test(text));
}

const tools =
  /\b(?:vitest|jest|mocha|chai|ava|karma|jasmine|playwright|cypress|pytest|unittest|nose|tox|junit|testng|eslint|biome|ruff|mypy|pyright|clippy|golangci|testify)\b/i;
const excuses = /exclude|ignore|skip|\boff\b|false|none|pass|allow|disable|!|-k\b|not /i;

/** Only lines for a tool that the task names are new in it, and none lets the tool see less. */
function serves(path: string, files: readonly ChangedFile[], task: Task): boolean {
  const file = files.find((each) => each.path === path);
  if (!file) return false;
  const added = addedLines(file).map(({ text }) => text);
  const named = (text: string) => tools.exec(text)?.[0] ?? '';
  return (
    added.length > 0 &&
    added.every((text) => named(text) !== '' && task.speaksOf([named(text)]) && !excuses.test(text)) &&
    removedLines(file).length <= added.length
  );
}

/** Names of the product that the change removes, moves or declares otherwise, and that the task names. */
export function isReplacementAsked(files: readonly ChangedFile[], task: Task): boolean {
  const moved = files.flatMap(({ path, oldPath, status }) =>
    judgingKind(oldPath ?? path) === null && (oldPath !== null || status === 'deleted')
      ? stemOf(oldPath ?? path)
      : [],
  );
  const gone = [...removedNames(files), ...changedSignatures(files), ...movedNames(files), ...moved];
  return gone.length > 0 && task.speaksOf(gone);
}

/** Names of the product that are declared otherwise than before: with other parameters, or another result. */
export function changedSignatures(files: readonly ChangedFile[]): string[] {
  const product = files.filter(({ path }) => judgingKind(path) === null);
  const of = (texts: Array<string | null>) => {
    const lines = new Map<string, Set<string>>();
    for (const text of texts)
      for (const line of (text ?? '').split('\n'))
        for (const match of line.slice(0, 500).matchAll(callable)) {
          const name = match.slice(1).find(Boolean) ?? '';
          lines.set(name, (lines.get(name) ?? new Set()).add(line.trim()));
        }
    return lines;
  };
  const now = of(product.map(({ after }) => after));
  return [...of(product.map(({ before }) => before))].flatMap(([name, lines]) => {
    const after = now.get(name);
    return after !== undefined && [...lines].some((line) => !after.has(line)) ? [name] : [];
  });
}

export function isRemovalAsked(test: ReportedTest, files: readonly ChangedFile[], task: Task): boolean {
  const names = [test.name, stemOf(test.file ?? '')];
  if (isOfGoneSubject(test, files) && task.speaksOf([stemOf(test.file ?? '')])) return true;
  if (task.asksToRemoveTests && task.asksToRemove(names)) return true;
  const gone = removedNames(files);
  const block = blockOf(test, files);
  const isOfRemoved = block !== null && task.speaksOf([block]) && changesProduct(files);
  if (task.asksToRemoveTests && isOfRemoved) return true;
  if (!task.asksToRemove([...names, ...gone])) return false;
  const marks = block === null ? new Set<string>() : marksOf(block);
  const usesGone =
    gone.some((name) => marks.has(name) || block?.includes(name)) ||
    (task.asksToRemove([test.name]) && losesAsked(files, task));
  return usesGone || isOfGoneSubject(test, files);
}

/** Lines of the product are gone that name what the task removes. */
const losesAsked = (files: readonly ChangedFile[], task: Task) =>
  files.some(
    (file) =>
      judgingKind(file.path) === null &&
      !isDocument(file.path) &&
      removedLines(file).some((line) => task.asksToRemove([line])),
  );

/** The file that its own is named after was deleted, and so was its own. */
function isOfGoneSubject({ file }: ReportedTest, files: readonly ChangedFile[]): boolean {
  const stem = stemOf(file ?? '');
  const isGone = (path: string) => files.some((each) => each.path === path && each.status === 'deleted');
  return (
    stem !== '' &&
    isGone(file ?? '') &&
    files.some(({ path }) => isGone(path) && judgingKind(path) === null && stemOf(path) === stem)
  );
}

const declares =
  /\b(?:function|class|const|let|var|def|fn|func(?:\s*\([^)]*\))?|struct|enum|trait|interface|type|package|module|namespace|void|public|static)\s+\*?([A-Za-z_]\w+)|^\s*(?:async\s+)?([A-Za-z_]\w+)(?:<[^>\n]*>)?\s*\([^)]*\)\s*(?::[^{]+)?\{|["'](--?[\w-]{2,})["']|^\s*["']?([A-Za-z_][\w-]{2,})["']?\s*:/gm;

const callable =
  /\b(?:function|def|fn|fun|func(?:\s*\([^)]*\))?)\s+\*?([A-Za-z_]\w*)|^\s*(?:(?:public|private|protected|static|final|async|override|export)\s+)*(?:[\w<>[\],.]+\s+)?([A-Za-z_]\w*)\s*\([^)]*\)[^;]*\{\s*$|\bconst\s+([A-Za-z_]\w*)\s*=\s*(?:async\s*)?\([^)]*\)\s*=>/g;

/** Names that the product declared before, and nowhere after. */
export function removedNames(files: readonly ChangedFile[]): string[] {
  const now = declaredIn(files, ({ after }) => after);
  return [...declaredIn(files, ({ before }) => before)].filter((name) => !now.has(name));
}

/** Names that one file of the product declared before, and another one declares now. */
export function movedNames(files: readonly ChangedFile[]): string[] {
  const product = files.filter(({ path }) => judgingKind(path) === null);
  const declared = product.map((file) => ({
    earlier: declaredIn([file], ({ before }) => before),
    now: declaredIn([file], ({ after }) => after),
  }));
  return declared.flatMap(({ earlier, now }, index) =>
    [...earlier].filter(
      (name) =>
        !now.has(name) &&
        declared.some((other, at) => at !== index && other.now.has(name) && !other.earlier.has(name)),
    ),
  );
}

/** Names that only the changed product declares. */
export function freshNames(files: readonly ChangedFile[]): string[] {
  const before = declaredIn(files, (file) => file.before);
  return [...declaredIn(files, ({ after }) => after)].filter((name) => !before.has(name));
}

/** By a name that is gone: the one that lines of the product have in its place, if the task says that one. */
export function renamedNames(files: readonly ChangedFile[], task: Task): Map<string, string> {
  const fresh = freshNames(files).filter((name) => task.hasValue(name));
  const product = files.filter(({ path }) => judgingKind(path) === null);
  const lines = new Set(product.flatMap((file) => addedLines(file).map(({ text }) => text.trim())));
  const gone = product.flatMap(removedLines).map((line) => line.trim());
  return new Map(
    removedNames(files).flatMap((name) => {
      const word = new RegExp(`\\b${name}\\b`, 'g');
      const next = fresh.find((each) =>
        gone.some((line) => line.search(word) !== -1 && lines.has(line.replace(word, each))),
      );
      return next === undefined ? [] : [[name, next] as const];
    }),
  );
}

/** Names that changed files of the product declare, before or after. */
export function declaredNames(files: readonly ChangedFile[]): ReadonlySet<string> {
  return declaredIn(files, ({ before, after }) => `${before ?? ''}\n${after ?? ''}`);
}

function declaredIn(
  files: readonly ChangedFile[],
  textOf: (file: ChangedFile) => string | null,
): Set<string> {
  const product = files.filter(({ path }) => judgingKind(path) === null);
  return new Set(
    product.flatMap((file) =>
      [...(textOf(file) ?? '').matchAll(declares)].flatMap((match) => match.slice(1).find(Boolean) ?? []),
    ),
  );
}

/** More than comments and texts about the product. */
export function changesProduct(files: readonly ChangedFile[]): boolean {
  return files.some(
    (file) =>
      judgingKind(file.path) === null &&
      !isDocument(file.path) &&
      (file.oldPath !== null || altersCode(file)),
  );
}

const comment = /^(?:\/\/|#(?!\[|!\[|include|define|if|endif)|\/?\*|--|;|<!--|""".*"""$|'''.*'''$)/;
const endOfLine = /\s+(?:\/\/|#)\s[^'"`]*$/;

const docstring = /^[ \t]*("{3}|'{3})[\s\S]*?\1[ \t]*$/gm;

/** Lines that are more than comments are new or gone. Of what is no code or unknown, every line counts. */
function altersCode(file: ChangedFile): boolean {
  if (file.before === null || file.after === null || !isCodeFile(file.path)) return true;
  const [before, after] = [file.before, file.after].map((text) =>
    file.path.endsWith('.py') ? text.replace(docstring, '') : text,
  ) as [string, string];
  const code = (lines: readonly string[]) =>
    lines
      .map((line) => line.trim().replace(endOfLine, ''))
      .filter((line) => line !== '' && !comment.test(line))
      .sort()
      .join('\n');
  const added = addedLines({ before, after }).map(({ text }) => text);
  return code(added) !== code(removedLines({ before, after }));
}

export function blockOf(test: ReportedTest, files: readonly ChangedFile[]): string | null {
  for (const { before } of files) {
    const block = before === null ? null : testBlock(before, test.name);
    if (block !== null) return block;
  }
  return null;
}

/** Whether the change altered the source of this test. */
export function isChanged(test: ReportedTest, files: readonly ChangedFile[]): boolean {
  const block = blockOf(test, files);
  return block !== null && !files.some(({ after }) => after?.includes(block));
}

export function speaksOf(test: ReportedTest, files: readonly ChangedFile[], task: Task): boolean {
  const block = blockOf(test, files);
  const called = block === null ? [] : [...marksOf(block)].filter((mark) => !mark.startsWith('"'));
  return task.speaksOf([titleOf(test.name), stemOf(test.file ?? ''), ...called]);
}

export function stemOf(path: string): string {
  return (path.split('/').at(-1) ?? '')
    .replace(/\.[^.]+$/, '')
    .replace(/[._-]?(?:test|spec|tests)$|^test_/i, '');
}
