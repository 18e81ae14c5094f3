/**
 * Exceptions from the rules of `tidy-rules.ts`, each with its reason; a path that ends with a slash is a folder. An
 * exception that matches nothing is a failure too.
 */
export const tidyExceptions: readonly { rule: string; path: string; reason: string }[] = [
  {
    rule: 'file-length',
    path: 'src/store/schema/migrations/0109-baseline.sql',
    reason: 'the whole schema, as one migration',
  },
  {
    rule: 'file-length',
    path: 'src/store/schema/tables.ts',
    reason: 'made from the database, as long as it is',
  },
  {
    rule: 'no-registries',
    path: 'src/finder/package-registries.ts',
    reason: 'the public registries that setups may reach are declared there, and only there',
  },
  {
    rule: 'no-sleeps',
    path: 'test/e2e/killed-at-random.test.ts',
    reason: 'the moment of a kill is a moment in time: there is no condition to wait for',
  },
  {
    rule: 'declared-names',
    path: 'src/git/worktree/worktree-list.ts',
    reason: "git's own term: the common directory",
  },
  {
    rule: 'no-unkept-promises',
    path: 'src/verification/reports/printed/printed-scripted.fixture.ts',
    reason: 'runners print it for tests that are to be written',
  },
  {
    rule: 'no-machine-paths',
    path: 'src/postgres/under-root.test.ts',
    reason: "root's home is closed to the database's user on every machine: that is the case under test",
  },
  {
    rule: 'file-length',
    path: 'test/e2e/published-loops.test.ts',
    reason: 'the published loops are read side by side',
  },
  {
    rule: 'function-length',
    path: 'test/e2e/published-loops.test.ts',
    reason: 'each loop is told whole, from its first dispatch to its last',
  },
  {
    rule: 'file-names',
    path: 'docs/.vitepress/config.ts',
    reason: 'VitePress looks for this path',
  },
  {
    rule: 'sql-in-the-store',
    path: 'src/agents/opencode/conversation.ts',
    reason: "reads OpenCode's own SQLite file, which is no table of Moose's",
  },
  {
    rule: 'no-state-by-identity',
    path: 'src/engine/run/step-results.ts',
    reason: 'a memo: without it the same rows are read again',
  },
  {
    rule: 'no-state-by-identity',
    path: 'src/engine/workplace/agents/installed-agents.ts',
    reason: 'a memo: without it the same program is probed again',
  },
  {
    rule: 'no-state-by-identity',
    path: 'src/api/live/live-clients.ts',
    reason: 'a memo: without it the same rows are written out once for each client',
  },
  {
    rule: 'no-state-by-identity',
    path: 'src/store/connection/database-failure.ts',
    reason: "the errors are the driver's own objects, which Moose does not change",
  },
];
