// The change of a work order as a patch, cut if it is too long unless all of it is asked for, with added and removed lines per file.

import type * as wire from '../../../contract/contract.ts';
import { isAutomatic } from '../../../domain/forge/ci-files.ts';
import { isCutPatch } from '../../../git/read/patch.ts';
import type { Database } from '../../../store/database.ts';
import { newestArtifact } from '../../../store/work/sessions/artifacts.ts';
import { findWorkOrder } from '../../../store/work/work-orders/work-orders.ts';

type PatchFile = wire.Diff['files'][number];

const patchBytesMax = 1024 * 1024;
/** How much of a patch is read to count its lines. */
const countedBytesMax = 16 * 1024 * 1024;
const filesMax = 2_000;

export async function diffOf(
  database: Database,
  given: string,
  wanted: { isWhole?: boolean },
): Promise<wire.Diff> {
  const content = await database.run(async (query) => {
    const { id } = await findWorkOrder(query, given);
    return newestArtifact(query, id, 'patch');
  });
  if (!content) return { patch: null, is_whole: true, files: [] };
  const isAll = wanted.isWhole === true || content.length <= patchBytesMax;
  const shown = isAll ? content : content.subarray(0, content.lastIndexOf(0x0a, patchBytesMax - 1) + 1);
  return {
    patch: shown.toString('utf8'),
    is_whole: isAll && !isCutPatch(content),
    files: patchFiles(content.subarray(0, countedBytesMax).toString('utf8')).slice(0, filesMax),
  };
}

const header = /^diff --git (?:"?a\/.*"? )?("?)b\/(.*)\1$/;
const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** Lists the files of a patch, with the number of lines added and removed in each. */
export function patchFiles(patch: string): PatchFile[] {
  const files: PatchFile[] = [];
  let [oldLeft, newLeft] = [0, 0];
  for (const line of patch.split('\n')) {
    const file = files.at(-1);
    if (file && (oldLeft > 0 || newLeft > 0) && !line.startsWith('\\')) {
      if (line.startsWith('+')) {
        file.added += 1;
        newLeft -= 1;
      } else if (line.startsWith('-')) {
        file.removed += 1;
        oldLeft -= 1;
      } else {
        oldLeft -= 1;
        newLeft -= 1;
      }
      continue;
    }
    const found = header.exec(line);
    if (found) {
      const path = unquoted(found[2] ?? '', found[1] === '"');
      files.push({ path, added: 0, removed: 0, is_automatic: isAutomatic(path) });
    }
    const counts = hunk.exec(line);
    if (counts) [oldLeft, newLeft] = [Number(counts[1] ?? 1), Number(counts[2] ?? 1)];
  }
  return files;
}

/** How many lines a patch adds and removes. */
export function changedLines(patch: Buffer): number {
  const files = patchFiles(patch.subarray(0, countedBytesMax).toString('utf8'));
  return files.reduce((sum, { added, removed }) => sum + added + removed, 0);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };

/** Decodes a path as git writes it if it contains quotes, control characters or non-ASCII bytes. */
function unquoted(path: string, isQuoted: boolean): string {
  if (!isQuoted) return path;
  const bytes: Buffer[] = [];
  for (const [whole, octal, escaped] of path.matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/gs)) {
    if (octal !== undefined) bytes.push(Buffer.from([Number.parseInt(octal, 8)]));
    else bytes.push(Buffer.from(escaped === undefined ? whole : (escapes[escaped] ?? escaped)));
  }
  return Buffer.concat(bytes).toString('utf8');
}
