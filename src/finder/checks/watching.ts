// A script that watches for changes never ends, and would use up a check's whole time limit. Checks run with CI=1,
// which suffices for a plain `vitest` and for `react-scripts test`; the others need more.

interface Watcher {
  /** Commands that watch even with CI=1. */
  match: RegExp;
  /** Arguments that make the command end, tested with jest 30 and vitest 5; null if there are none. */
  extra: string | null;
}

const watchers: readonly Watcher[] = [
  { match: /\bjest\b.*\s--watch(All)?(=true)?(?![\w=-])/, extra: '--watch=false --watchAll=false' },
  { match: /\bvitest\b.*\s(watch|dev|--watch|-w)(?![\w=-])/, extra: '--run' },
  { match: /\s--watch(All)?(?![\w=-])/, extra: null },
  // Not every `-w` means watching: npm's `-w` names a workspace.
  { match: /\b(tsc|webpack|rollup|mocha|ava|tsup)\b.*\s-w(?![\w=-])/, extra: null },
  { match: /\b(nodemon|tsc-watch|chokidar)\b/, extra: null },
];

/** A longer script is generated, and runs unchanged. */
const scriptCharsMax = 5_000;

/** What must be added to a script so that it ends by itself; null if nothing makes it end. */
export function withoutWatching(script: string): { extra: string } | null {
  if (script.length > scriptCharsMax) return { extra: '' };
  const watcher = watchers.find(({ match }) => match.test(script));
  if (watcher === undefined) return { extra: '' };
  if (watcher.extra === null) return null;
  // Arguments that are added reach only the last command of a script.
  const lastCommand = script.split(/&&|\|\||;|\|/).at(-1) ?? '';
  return watcher.match.test(lastCommand) ? { extra: watcher.extra } : null;
}
