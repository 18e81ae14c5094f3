// What a person adds to what is asked by answering that a refused change was asked for (R-GREEN-17). Pure.
import { type Asked, nothingAsked } from './asked.ts';
import type { Finding } from './finding.ts';
import { askedOf, askedTexts, type GivenAsked, problemOfAsked } from './given-asked.ts';

/**
 * What would have to be asked in addition, so that none of these findings refuses the change; null if no task can ask for
 * one of them, or if all of it is asked already.
 */
export function askedBy(findings: readonly Finding[], asked: Asked | undefined): Asked | null {
  let added = nothingAsked;
  for (const finding of findings.filter(({ weight }) => weight === 'refuses')) {
    const allowing = allowingOf(finding);
    if (allowing === null) return null;
    added = withAsked(added, allowing);
  }
  const all = withAsked(asked, added);
  const isNew = askedTexts(all).join() !== askedTexts(asked ?? nothingAsked).join();
  return isNew && problemOfAsked(all) === undefined ? added : null;
}

export function withAsked(asked: Asked | undefined, more: GivenAsked): Asked {
  const { tests, needs_test, skips, removes, configuration } = asked ?? nothingAsked;
  const both = askedOf({
    tests: more.tests === 'may_change' ? 'may_change' : tests,
    needs_test: needs_test || more.needs_test,
    skips: [...skips, ...(more.skips ?? [])],
    removes: [...removes, ...(more.removes ?? [])],
    configuration: [...configuration, ...(more.configuration ?? [])],
  });
  return both ?? nothingAsked;
}

/** Null if nothing that can be asked allows it. */
function allowingOf({ kind, files, tests }: Finding): GivenAsked | null {
  switch (kind) {
    case 'test_skipped':
      return tests.length > 0 ? { skips: tests } : null;
    case 'test_lost':
    case 'fewer_cases':
      return tests.length > 0 ? { removes: tests } : null;
    case 'green_only_by_its_tests':
    case 'test_emptied':
      return { tests: 'may_change' };
    case 'green_only_by_its_configuration':
      return files.length > 0 ? { configuration: files } : null;
    default:
      return null;
  }
}
