// The pure core: edits and a file reader become the files to write, or refusals. All or nothing: one refusal means no
// plan. Edits apply in order, each to the result of the previous ones.

import type { Edit } from '../../domain/agents/proposal.ts';
import {
  type Draft,
  type Drafts,
  type FileAt,
  type Fingerprint,
  findObstacle,
  fingerprint,
  isRefused,
  openDraft,
  openEntry,
  type ReadFileAt,
  type Refused,
  refused,
} from './drafts.ts';
import { type EditPathRules, refuseEditPath } from './edit-path.ts';
import { findText } from './find-text.ts';
import { describeNearestLine } from './nearest-line.ts';
import { replaceSpan } from './replace-span.ts';

/** For all files of one proposal together, which are held in memory and in the journal. */
export const plannedBytesMax = 64 * 1024 * 1024;

export interface PlannedWrite {
  path: string;
  /** Null deletes the file. */
  content: string | null;
  before: Fingerprint;
  after: Fingerprint;
}

export interface Refusal extends Refused {
  /** The edit's index in the proposal, from 0. */
  edit: number;
  path: string;
}

export type ApplyPlan = { kind: 'plan'; writes: PlannedWrite[] } | { kind: 'refused'; refusals: Refusal[] };

export function planEdits(edits: readonly Edit[], readAt: ReadFileAt, rules: EditPathRules): ApplyPlan {
  const drafts: Drafts = { byPath: new Map(), deletedLinks: new Set() };
  const refusals: Refusal[] = [];
  let plannedBytes = 0;
  for (const [index, edit] of edits.entries()) {
    const at = readEditPath(edit.path, drafts, readAt, rules);
    const draft = isRefused(at) ? at : applyEdit(edit, at, drafts, rules);
    if (isRefused(draft)) {
      refusals.push({ edit: index, path: edit.path, ...draft });
      continue;
    }
    plannedBytes += plannedSize(draft) - plannedSize(drafts.byPath.get(draft.path));
    if (plannedBytes > plannedBytesMax) {
      const tooMuch = refused(`with this edit the files to write exceed ${plannedBytesMax} bytes`);
      return { kind: 'refused', refusals: [...refusals, { edit: index, path: edit.path, ...tooMuch }] };
    }
    drafts.byPath.set(draft.path, draft);
  }
  return refusals.length > 0 ? { kind: 'refused', refusals } : { kind: 'plan', writes: toWrites(drafts) };
}

function plannedSize(draft: Draft | undefined): number {
  return typeof draft?.content === 'string' ? Buffer.byteLength(draft.content) : 0;
}

function readEditPath(
  path: string,
  drafts: Drafts,
  readAt: ReadFileAt,
  rules: EditPathRules,
): FileAt | Refused {
  const badPath = refuseEditPath(path, rules);
  if (badPath !== null) return refused(badPath);
  if ([...drafts.deletedLinks].some((link) => path.startsWith(`${link}/`)))
    return refused('the path is below a symbolic link that an earlier edit deletes');
  const at = readAt(path);
  // A link may lead to something that its name does not show: `.git`, or the CI files.
  const badEntry = refuseEditPath(at.entryPath, rules);
  return badEntry === null ? at : refused(`through a symbolic link, ${badEntry}`);
}

function applyEdit(edit: Edit, at: FileAt, drafts: Drafts, rules: EditPathRules): Draft | Refused {
  if (edit.kind === 'delete') return deleteFile(edit.path, at, drafts, rules);
  const draft = openDraft(at, drafts, rules);
  if (isRefused(draft)) return draft;
  const obstacle = findObstacle(draft.path, drafts);
  if (obstacle !== null) return obstacle;
  const content = edit.kind === 'write' ? edit.content : replaceOnce(edit, draft.content);
  if (typeof content !== 'string') return content;
  return content.isWellFormed() ? { ...draft, content } : refused('the new text is not well-formed Unicode');
}

function deleteFile(path: string, at: FileAt, drafts: Drafts, rules: EditPathRules): Draft | Refused {
  const draft = openEntry(at, drafts, rules);
  if (isRefused(draft)) return draft;
  if (draft.content === null) return refused('the file does not exist, so it cannot be deleted');
  if (at.link !== null) drafts.deletedLinks.add(path);
  return { ...draft, content: null };
}

function replaceOnce(edit: Edit & { kind: 'replace' }, content: Draft['content']): string | Refused {
  if (content === null) return refused('the file does not exist', 'Use `write` to create a new file.');
  const text = typeof content === 'string' ? content : decodeText(content);
  if (text === null)
    return refused('the file is binary or not valid UTF-8, so no text in it can be replaced');
  if (edit.search === '') return refused('the search text is empty');
  const found = findText(text, edit.search);
  if (found.kind === 'one') return replaceSpan(text, found, edit.replace);
  if (found.kind === 'none')
    return refused('the search text does not occur in the file', describeNearestLine(text, edit.search));
  return refused(
    `the search text occurs more than once, at lines ${found.lines.join(', ')}${found.isMore ? ', …' : ''}`,
    'Include more of the lines around it, so that it occurs exactly once.',
  );
}

/** Null if the bytes are not text: invalid UTF-8, or a NUL. A byte order mark is kept. */
function decodeText(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Deletions first: one may make room for a directory. Unchanged files are not written. */
function toWrites(drafts: Drafts): PlannedWrite[] {
  const writes: PlannedWrite[] = [];
  for (const { path, content, before } of drafts.byPath.values()) {
    if (content instanceof Uint8Array) continue;
    const after = fingerprint(content);
    if (after !== before) writes.push({ path, content, before, after });
  }
  return writes.sort((left, right) => Number(left.content !== null) - Number(right.content !== null));
}
