// Decides whether a failed check is the change's fault, by comparing it with the same check on the commit that the
// change started from (R-PROJ-6, R-PROJ-7). Pure.
import { freshLines } from '../../../classifier/output/reported.ts';
import type { Lack, SeenFailure } from '../../../domain/work-order/seen-failure.ts';

/** The check's result on the base: null if it passed there, undefined if it is unknown. */
export type OnBase = SeenFailure | null | undefined;

export type Blame =
  /** The check fails in the same way without the change. `failures` names what fails, as far as the output shows it. */
  | { is: 'red before'; failures: string[] }
  /** `before` also failed without the change; `fresh` is new, if the output names it. */
  | { is: 'new'; fresh: string[]; before: string[] };

/**
 * `isAsked`: the check states the purpose of this change, so it must pass whatever it did before. Only named tests that
 * already failed are then nobody's fault.
 */
export function blameFor(seen: SeenFailure, base: OnBase, isAsked: boolean): Blame {
  if (!base) return { is: 'new', fresh: seen.testNames, before: [] };
  const isMore = seen.reported.count > base.reported.count;
  if (seen.testNames.length > 0 && base.testNames.length > 0) {
    const fresh = seen.testNames.filter((name) => !base.testNames.includes(name));
    const before = seen.testNames.filter((name) => base.testNames.includes(name));
    // More failures than names: of tests beyond the end of a list, or of files that could not be loaded.
    return fresh.length === 0 && !isMore
      ? { is: 'red before', failures: before }
      : { is: 'new', fresh, before };
  }
  const isAlike =
    seen.failureClass === base.failureClass &&
    (seen.testNames.length === 0) === (base.testNames.length === 0) &&
    !isMore &&
    freshLines(seen.reported, base.reported).length === 0;
  const place = [seen.file, seen.errorCode].filter((part) => part !== null).join(' ');
  if (isAlike && !isAsked) return { is: 'red before', failures: place === '' ? [] : [place] };
  return { is: 'new', fresh: seen.testNames, before: base.testNames };
}

/**
 * Whether the machine is to blame for what a check lacks, because the base lacks it too. If the files of the change
 * require it, the change is to blame, unless the base shows otherwise.
 */
export function isOfTheMachine(lack: Lack, base: OnBase, isInChange: boolean): boolean {
  if (base === null) return false;
  if (base?.lack) return base.lack.kind === lack.kind && base.lack.name === lack.name;
  return base === undefined && !isInChange;
}

/** True if the work order asks for exactly this: its purpose is to make the failing check pass. */
export function asksFor(
  text: string,
  command: string,
  seen: Pick<SeenFailure, 'file' | 'testNames'>,
): boolean {
  const asked = text.toLowerCase();
  const named = [command, seen.file?.split('/').at(-1) ?? '', ...seen.testNames];
  return (
    named.some((name) => name.length >= nameCharsMin && asked.includes(name.toLowerCase())) ||
    repairs.test(text)
  );
}

/** Shorter names occur in any text. */
const nameCharsMin = 4;
const repairs =
  /\b(?:fix|repair|mend|make|get|turn)\b[^.\n]{0,60}\b(?:tests?|build|lint\w*|checks?|types?|typecheck|CI|compil\w+|green|pass\w*)\b/i;
