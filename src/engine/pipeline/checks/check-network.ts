import type { Check } from '../../../domain/check.ts';
import type { Work } from '../../run/work.ts';

/** Build tools that download dependencies in whichever of their commands runs first. */
const fetchesItself =
  /^(?:\(cd \S+ && )?(go|cargo|mvn|gradle|dotnet|sh \.\/mvnw|sh \.\/gradlew|\.\/mvnw|\.\/gradlew) /;

/** The network access of an isolated session that runs `run`, among all checks of its work order. */
export function networkOf(
  { settings }: Pick<Work, 'settings'>,
  run: readonly Check[],
  all: readonly Check[],
): 'none' | 'machine' {
  if (settings.checkNetwork !== 'setup') return settings.checkNetwork === 'all' ? 'machine' : 'none';
  const isInstalled = all.some(({ kind }) => kind === 'setup');
  const needs = ({ kind, command }: Check) =>
    kind === 'setup' || (!isInstalled && fetchesItself.test(command));
  return run.some(needs) ? 'machine' : 'none';
}
