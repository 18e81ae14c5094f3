// The files of a proposal while its edits are applied in memory: the worktree's content, overlaid by the edits so far.
// Nothing is written.

import { createHash } from 'node:crypto';
import { type EditPathRules, refuseEditPath } from './edit-path.ts';

/** A larger file is not edited as text. */
export const fileBytesMax = 32 * 1024 * 1024;

/** What exists at a path. All paths are relative to the worktree; links in parent directories are resolved. */
export interface FileAt {
  /** The path itself; a link at its end is not resolved. */
  entryPath: string;
  /** The link's target as written if the last segment is a symbolic link; otherwise null. */
  link: string | null;
  /** The file or directory at the path, after following a link at its end. */
  state:
    | { kind: 'file'; path: string; bytes: Uint8Array }
    | { kind: 'missing'; path: string }
    /** The file `by` is where the path needs a directory. */
    | { kind: 'blocked'; path: string; by: string }
    | { kind: 'directory' | 'special' | 'too_large' | 'outside' | 'dangling' };
}
export type ReadFileAt = (path: string) => FileAt;

/** What exists or should exist at a path, in short: `missing`, `link:TARGET` or `sha256:HEX`. */
export type Fingerprint = string;

export interface Draft {
  path: string;
  /** The bytes in the worktree, or a text once an edit has changed the file; null if there is no file. */
  content: Uint8Array | string | null;
  before: Fingerprint;
}

export interface Drafts {
  byPath: Map<string, Draft>;
  /** Links that an edit deleted, under the names that the edit used: paths below them can no longer be resolved. */
  deletedLinks: Set<string>;
}

/** Why an edit is refused, and a hint for the next attempt. */
export interface Refused {
  reason: string;
  hint: string | null;
}

export function refused(reason: string, hint: string | null = null): Refused {
  return { reason, hint };
}

export function isRefused(value: object): value is Refused {
  return 'reason' in value;
}

export function fingerprint(content: string | Uint8Array | null): Fingerprint {
  return content === null ? 'missing' : `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

export function linkFingerprint(target: string): Fingerprint {
  return `link:${target}`;
}

/** The file that an edit of this path's content applies to: a link at the end of the path is followed. */
export function openDraft(at: FileAt, drafts: Drafts, rules: EditPathRules): Draft | Refused {
  const entry = drafts.byPath.get(at.entryPath);
  if (entry) return entry;
  const { state } = at;
  switch (state.kind) {
    case 'file':
    case 'missing':
    case 'blocked': {
      const badPath = refuseEditPath(state.path, rules);
      if (badPath !== null) return refused(`through a symbolic link, ${badPath}`);
      if (state.kind === 'blocked' && drafts.byPath.get(state.by)?.content !== null)
        return refused(`\`${state.by}\` is a file, not a directory`);
      const content = state.kind === 'file' ? state.bytes : null;
      return drafts.byPath.get(state.path) ?? { path: state.path, content, before: fingerprint(content) };
    }
    case 'directory':
      return refused('this is a directory');
    case 'special':
      return refused('this is not a regular file');
    case 'too_large':
      return refused(`the file is larger than ${fileBytesMax} bytes`);
    case 'outside':
      return refused('the path leaves the worktree through a symbolic link');
    case 'dangling':
      return refused(
        'this is a broken symbolic link',
        'Delete the link first, or write the file that it points to.',
      );
  }
}

/** The target of a deletion: a link at the end of the path is deleted itself, wherever it leads. */
export function openEntry(at: FileAt, drafts: Drafts, rules: EditPathRules): Draft | Refused {
  if (at.link === null) return openDraft(at, drafts, rules);
  const entry = drafts.byPath.get(at.entryPath);
  return entry ?? { path: at.entryPath, content: at.link, before: linkFingerprint(at.link) };
}

/** Why the drafts so far leave no room for a file at this path; null if there is room. */
export function findObstacle(path: string, drafts: Drafts): Refused | null {
  for (const draft of drafts.byPath.values()) {
    if (draft.content === null) continue;
    if (path.startsWith(`${draft.path}/`)) return refused(`\`${draft.path}\` is a file, not a directory`);
    if (draft.path.startsWith(`${path}/`)) return refused('this is a directory');
  }
  return null;
}
