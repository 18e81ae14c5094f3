// A unified diff as files and lines. What it does not understand it shows as it is, and it never fails.

export interface PatchLine {
  kind: 'added' | 'removed' | 'same' | 'hunk' | 'note';
  text: string;
  /** Where it stands in the old and in the new file. */
  before: number | null;
  after: number | null;
}

export interface PatchFile {
  path: string;
  /** Its earlier name, where it was moved. */
  from: string | null;
  kind: 'changed' | 'added' | 'removed' | 'moved';
  isBinary: boolean;
  added: number;
  removed: number;
  lines: PatchLine[];
}

interface Reading {
  file: PatchFile;
  before: number;
  after: number;
  /** Lines of the hunk that are still to come: what looks like a heading among them is none. */
  beforeLeft: number;
  afterLeft: number;
}

export function parsePatch(patch: string): PatchFile[] {
  const files: PatchFile[] = [];
  let reading: Reading | undefined;
  for (const line of patch.replace(/\n$/, '').split('\n')) {
    const isInHunk = reading !== undefined && (reading.beforeLeft > 0 || reading.afterLeft > 0);
    // A line without a mark ends a hunk, whatever its heading has promised.
    if (reading && isInHunk && /^([ +\\-]|$)/.test(line)) readChange(reading, line);
    else if (line.startsWith('diff --git ')) {
      reading = { file: newFile(line), before: 0, after: 0, beforeLeft: 0, afterLeft: 0 };
      files.push(reading.file);
    } else if (reading) readHeading(reading, line);
  }
  return files;
}

function newFile(line: string): PatchFile {
  const names = line.slice('diff --git '.length);
  // Both are the same, where nothing was moved: `a/NAME b/NAME`.
  const half = names.slice((names.length + 1) / 2);
  return {
    path: unquoted(half, 'b/'),
    from: null,
    kind: 'changed',
    isBinary: false,
    added: 0,
    removed: 0,
    lines: [],
  };
}

function readHeading(reading: Reading, line: string): void {
  const { file } = reading;
  const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
  if (hunk) {
    reading.before = Number(hunk[1]);
    reading.beforeLeft = Number(hunk[2] ?? 1);
    reading.after = Number(hunk[3]);
    reading.afterLeft = Number(hunk[4] ?? 1);
    file.lines.push({ kind: 'hunk', text: line, before: null, after: null });
  } else if (line.startsWith('new file mode')) file.kind = 'added';
  else if (line.startsWith('deleted file mode')) file.kind = 'removed';
  else if (line.startsWith('rename from ')) {
    file.kind = 'moved';
    file.from = unquoted(line.slice('rename from '.length), '');
  } else if (line.startsWith('rename to ')) file.path = unquoted(line.slice('rename to '.length), '');
  else if (line.startsWith('+++ ') && line !== '+++ /dev/null') file.path = unquoted(line.slice(4), 'b/');
  else if (line.startsWith('--- ') && file.kind === 'removed') file.path = unquoted(line.slice(4), 'a/');
  else if (line.startsWith('Binary files ') || line === 'GIT binary patch') file.isBinary = true;
  else if (line.startsWith('\\ ')) file.lines.push({ kind: 'note', text: line, before: null, after: null });
}

function readChange(reading: Reading, line: string): void {
  const { file } = reading;
  const text = line.slice(1);
  if (line.startsWith('+')) {
    file.added++;
    reading.afterLeft--;
    file.lines.push({ kind: 'added', text, before: null, after: reading.after++ });
  } else if (line.startsWith('-')) {
    file.removed++;
    reading.beforeLeft--;
    file.lines.push({ kind: 'removed', text, before: reading.before++, after: null });
  } else if (line.startsWith('\\')) {
    file.lines.push({ kind: 'note', text: line, before: null, after: null });
  } else {
    reading.beforeLeft--;
    reading.afterLeft--;
    file.lines.push({ kind: 'same', text, before: reading.before++, after: reading.after++ });
  }
}

/** Git quotes names that hold something else than letters; what is quoted stays so, safe to be read. */
function unquoted(name: string, prefix: string): string {
  const bare = /^"(.*)"$/.exec(name)?.[1] ?? name.replace(/\t$/, '');
  return bare.startsWith(prefix) ? bare.slice(prefix.length) : bare;
}

/** Files that run on other machines, or by themselves: a person looks at them twice. */
const ofCi: readonly RegExp[] = [
  /^\.github\/(workflows|actions)\//i,
  /^\.(circleci|buildkite|woodpecker|semaphore|teamcity)\//i,
  /^\.gitlab-ci\.ya?ml$/i,
  /^\.gitlab\/ci\//i,
  /^\.?(travis|drone|woodpecker|appveyor|cirrus|azure-pipelines|bitbucket-pipelines)\.ya?ml$/i,
  /^jenkinsfile$/i,
  /(^|\/)\.(husky|githooks|git-hooks)\//i,
  /(^|\/)\.?lefthook(-local)?\.(ya?ml|toml|json)$/i,
  /^\.pre-commit-config\.yaml$/i,
];
export const isOfCi = (path: string) => ofCi.some((pattern) => pattern.test(path));
