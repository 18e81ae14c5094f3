// Whether a check can still fail whose settings, scripts or helpers the change alters (R-GREEN-6): it has to notice a source
// of the product that no program can read, as it does on the base. Pure.
import type { Finding } from '../../domain/work-order/finding.ts';
import { withJudgingParts } from '../parts/manifest-parts.ts';
import type { ChangeSorter, Ground } from '../parts/sort-change.ts';
import type { SortedFile } from '../parts/sorted-file.ts';
import { languageOf } from '../syntax/languages.ts';
import type { CheckRuns, NeededRun } from './check-runs.ts';

/** The tests of the change cannot alter what it says, and no language can read it. */
const unreadable = ')(';

/** After the line that says which program reads the file. */
function broken(text: string): string {
  const isFirst = /^(?:#!|<\?php)/.test(text);
  const at = isFirst ? text.indexOf('\n') + 1 || text.length : 0;
  return `${text.slice(0, at)}${at > 0 && !text.slice(0, at).endsWith('\n') ? '\n' : ''}${unreadable}\n${text.slice(at)}`;
}

/** Whatever of a change may take the failures of a check away. */
function altersJudging({ file, part, role, isReached }: SortedFile): boolean {
  const { path, before, after } = file;
  if (role === 'manifest')
    return before !== null && after !== null && withJudgingParts(path, before, after) !== after;
  if (part !== 'evidence') return false;
  return (
    role === 'configuration' || (role === 'helper' && (isReached || languageOf(path, after) === 'shell'))
  );
}

/** The next run that is needed to know; null if none is, or no source of the product is known. */
export async function neededBreak(
  checks: readonly CheckRuns[],
  sorted: readonly SortedFile[],
  { ground, sorter }: { ground: Ground; sorter: ChangeSorter },
): Promise<NeededRun | null> {
  const altered = sorted.filter(altersJudging).map(({ file }) => file.oldPath ?? file.path);
  if (altered.length === 0) return null;
  const path = await sorter.sampleOfProduct();
  const before = path === null ? undefined : ground.base.get(path);
  if (path === null || before === undefined) return null;
  const after = ground.files.find((file) => file.path === path)?.after ?? before;
  const over = (text: string) => ({ take: [], remove: [], write: new Map([[path, broken(text)]]) });
  const reached = checks.map(({ command }) => sorter.reachedBy(command));
  for (const [check, { change, more }] of checks.entries()) {
    // What no check is known to read may be read by each.
    const isConcerned = altered.some(
      (each) => reached[check]?.has(each) || !reached.some((paths) => paths.has(each)),
    );
    if (!change.passed || !isConcerned) continue;
    if (more.broken === undefined) return { check, name: 'broken', of: 'change', overlay: over(after) };
    if (!more.broken?.passed) continue;
    if (more['broken-base'] === undefined)
      return { check, name: 'broken-base', of: 'base', overlay: over(before) };
    // What is red on the base anyway notices nothing.
    if (more['broken-base']?.passed === false && more.base === undefined)
      return { check, name: 'base', of: 'base', overlay: { take: [], remove: [], write: new Map() } };
  }
  return null;
}

export function judgeBroken(checks: readonly CheckRuns[], sorted: readonly SortedFile[]): Finding[] {
  const files = sorted.filter(altersJudging).map(({ file }) => file.path);
  return checks
    .filter(({ more }) => more.broken?.passed && more['broken-base']?.passed === false && more.base?.passed)
    .map(({ command }) => ({
      weight: 'refuses' as const,
      kind: 'cannot_fail' as const,
      text: `\`${command}\` passes with a source of the product that cannot be read, and failed so before the change: ${files.slice(0, 12).join(', ')} may take its failures away. Let it fail if anything in it fails.`,
      files,
      tests: [],
    }));
}
