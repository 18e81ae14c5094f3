// Reads Moose's record of the files that it put into a worktree. Without the record, nothing from the worktree may be
// used: a change could contain a private file.

import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import type { PermanentError } from '../../../domain/failure.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import { workplaceFailures } from '../failure-catalogue.ts';

/** Null if there is none. @throws PermanentError `WORKTREE_RECORD_DAMAGED` */
export async function readRecord<Shape extends z.ZodType>(
  path: string,
  shape: Shape,
): Promise<z.infer<Shape> | null> {
  try {
    return shape.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return null;
    const isDamaged = cause instanceof SyntaxError || (cause instanceof Error && cause.name === 'ZodError');
    throw isDamaged ? damaged(path, cause) : cause;
  }
}

function damaged(path: string, cause: Error): PermanentError {
  return workplaceFailures.WORKTREE_RECORD_DAMAGED({ operation: 'prepare', cause }, { path });
}
