// Which files an extra run takes from which side (R-GREEN-1, R-GREEN-4). Pure.
import type { ChangedFile } from './changed-file.ts';
import { isMixed, judgingKind } from './judging-files.ts';
import { testModules, withJudgingParts } from './manifest-parts.ts';
import { opensTests } from './test-source.ts';

export interface Overlay {
  /** Paths that get the other side's content. */
  take: string[];
  /** Paths that the other side does not have. */
  remove: string[];
  /** Paths with content of both. */
  write: ReadonlyMap<string, string>;
}

export const isEmpty = ({ take, remove, write }: Overlay) => take.length + remove.length + write.size === 0;

interface Layers {
  files: readonly ChangedFile[];
  reached: ReadonlySet<string>;
  /** Tests too; without them only what configures a check: older tests may not compile with the change. */
  withTests: boolean;
}

/** The base's judging files over the change. */
export function judgingOfBase({ files, reached, withTests }: Layers): Overlay {
  const overlay = { take: [] as string[], remove: [] as string[], write: new Map<string, string>() };
  const isLaid = (path: string) => {
    const kind = judgingKind(path);
    return kind === 'test' || kind === 'setup'
      ? withTests
      : (kind !== null && kind !== 'ci' && kind !== 'hiding') || reached.has(path);
  };
  // A module of its own, whose tests a run of the module around it no longer finds.
  const isSplitOff = (path: string) => /\/go\.mod$/.test(path);
  for (const { path, oldPath, status, before, after } of files) {
    if (isMixed(path) && judgingKind(path) === null && !(isSplitOff(path) && status === 'added')) {
      if (before === null || after === null || (path.endsWith('.rs') && !withTests)) continue;
      const mixed = withJudgingParts(path, before, after);
      if (mixed !== after) overlay.write.set(path, mixed);
      continue;
    }
    const wasThere = status !== 'added';
    if (oldPath !== null && isLaid(oldPath)) {
      overlay.take.push(oldPath);
      if (isLaid(path)) overlay.remove.push(path);
    } else if (isSplitOff(path) && !wasThere) overlay.remove.push(path);
    else if (isLaid(path)) (wasThere ? overlay.take : overlay.remove).push(path);
  }
  return overlay;
}

/** The change's tests over the base. */
export function testsOfChange({ files }: Pick<Layers, 'files'>): Overlay {
  const overlay = { take: [] as string[], remove: [] as string[], write: new Map<string, string>() };
  for (const { path, oldPath, status, before, after } of files) {
    if (path.endsWith('.rs') && judgingKind(path) === null) {
      if (before === null || after === null) continue;
      const mixed = withJudgingParts(path, after, before);
      if (mixed !== before) overlay.write.set(path, mixed);
      continue;
    }
    const kind = judgingKind(path);
    if (kind !== 'test' && kind !== 'setup') continue;
    if (status === 'deleted') overlay.remove.push(path);
    else overlay.take.push(path);
    if (oldPath !== null) overlay.remove.push(oldPath);
  }
  return overlay;
}

/** Whether a file of tests has more tests than before. */
export function addsTests(files: readonly ChangedFile[]): boolean {
  return files.some(({ path, before, after }) => {
    const kind = judgingKind(path);
    const isRust = path.endsWith('.rs') && after !== null && testModules(after).length > 0;
    if (after === null || (kind !== 'test' && kind !== 'setup' && !isRust)) return false;
    return opensTests(after) > opensTests(before);
  });
}
