// A script that watches for changes never ends, and would use up a check's whole time limit.
// Checks run with CI=1, which is enough for a plain `vitest` and for `react-scripts test`; the rest needs more.

interface Watcher {
  /** The command that watches even with CI=1. */
  match: RegExp;
  /** Arguments that make it end, tested with jest 30 and vitest 5; null if there are none. */
  extra: string | null;
}

const watchers: readonly Watcher[] = [
  { match: /\bjest\b.*\s--watch(All)?(=true)?(?![\w=-])/, extra: '--watch=false --watchAll=false' },
  { match: /\bvitest\b.*\s(watch|dev|--watch|-w)(?![\w=-])/, extra: '--run' },
  { match: /\s--watch(All)?(?![\w=-])/, extra: null },
  // Not every `-w` watches: npm's names a workspace.
  { match: /\b(tsc|webpack|rollup|mocha|ava|tsup)\b.*\s-w(?![\w=-])/, extra: null },
  { match: /\b(nodemon|tsc-watch|chokidar)\b/, extra: null },
];

/** A longer script is generated, and runs as it is. */
const scriptCharsMax = 5_000;

/** What must be added to a script so that it ends by itself; null when nothing makes it end. */
export function withoutWatching(script: string): { extra: string } | null {
  if (script.length > scriptCharsMax) return { extra: '' };
  const watcher = watchers.find(({ match }) => match.test(script));
  if (watcher === undefined) return { extra: '' };
  if (watcher.extra === null) return null;
  // Arguments only reach the last command of a script.
  const lastCommand = script.split(/&&|\|\||;|\|/).at(-1) ?? '';
  return watcher.match.test(lastCommand) ? { extra: watcher.extra } : null;
}
