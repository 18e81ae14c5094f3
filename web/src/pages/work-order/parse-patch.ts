// Parses a unified diff into files and lines. Never fails: lines that it does not understand are shown unchanged.

export interface PatchLine {
  kind: 'added' | 'removed' | 'same' | 'hunk' | 'note';
  text: string;
  /** Line numbers in the old and the new file. */
  before: number | null;
  after: number | null;
}

export interface PatchFile {
  path: string;
  /** The old name of a renamed file. */
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
  /** Lines left in the hunk; nothing among them is a header. */
  beforeLeft: number;
  afterLeft: number;
}

export function parsePatch(patch: string): PatchFile[] {
  const files: PatchFile[] = [];
  let reading: Reading | undefined;
  for (const line of patch.replace(/\n$/, '').split('\n')) {
    const isInHunk = reading !== undefined && (reading.beforeLeft > 0 || reading.afterLeft > 0);
    // A line without a marker ends the hunk, whatever its header says.
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
  // Both names are equal unless the file was renamed: `a/NAME b/NAME`.
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

/** Git quotes names with special characters; quoted names stay quoted, which is safe to show. */
function unquoted(name: string, prefix: string): string {
  const bare = /^"(.*)"$/.exec(name)?.[1] ?? name.replace(/\t$/, '');
  return bare.startsWith(prefix) ? bare.slice(prefix.length) : bare;
}
