// Places where an error may be caught without being looked at, and why. Each was reviewed, and each is still needed.

export interface SilentCatchException {
  path: string;
  /** The beginning of the code, on one line. */
  code: string;
  /** How often the code occurs in the file; by default once. */
  times?: number;
  reason: string;
}

export const silentCatchExceptions: readonly SilentCatchException[] = [
  {
    path: 'src/app/config/code-cache.ts',
    code: 'catch { // Without a home',
    reason: 'code that is not kept is compiled again; nothing else depends on it',
  },
  {
    path: 'src/app/config/config.ts',
    code: 'catch { // The user ID has no name',
    reason: 'a user without a name is called unknown',
  },
  { path: 'src/app/doctor/diagnose.ts', code: '() => false', reason: 'whether it is there is the question' },
  {
    path: 'src/app/doctor/diagnose.ts',
    code: '() => []',
    times: 2,
    reason: 'the same report has a row that says what is wrong with the database',
  },
  {
    path: 'src/cli/remote/client.ts',
    code: 'catch { // The answer that could not be read',
    reason: 'the error that asks for the version is thrown, without a version',
  },
  {
    path: 'src/engine/policy/secrets/seal.ts',
    code: 'catch { // `final` fails only if the tag does not match.',
    reason: 'a value that does not open is an answer, and each caller says what to do',
  },
  {
    path: 'src/durable/locks.ts',
    code: '() => undefined',
    times: 3,
    reason: 'the turn, the lock and the connection: the failure is thrown to the caller or given to onLost',
  },
  {
    path: 'src/durable/locks.ts',
    code: 'catch { return false',
    reason: 'connecting is tried again until its deadline, which tells the loss',
  },
  {
    path: 'src/durable/slots.ts',
    code: '() => undefined',
    reason: 'a link of the queue: the caller gets the same promise with its failure',
  },
  {
    path: 'src/engine/errors/journal.ts',
    code: 'catch { // For example, if the disk is full',
    reason: 'the answer says so, and the caller keeps the line',
  },
  {
    path: 'src/engine/errors/session-evidence.ts',
    code: '() => false',
    reason: 'a stream that is missing is said to be missing',
  },
  {
    path: 'src/finder/checks/node.ts',
    code: 'catch { // A package.json',
    reason: 'no JSON is an answer: there are no scripts',
  },
  {
    path: 'src/engine/recovery/circuit-sync.ts',
    code: '() => undefined',
    reason: 'the race before has thrown it, or its time was up, which is told',
  },
  {
    path: 'src/engine/recovery/pressure/measure-pressure.ts',
    code: 'catch { return null',
    reason: 'what cannot be measured is not known, and limits nothing',
  },
  {
    path: 'src/engine/recovery/pressure/measure-pressure.ts',
    code: '() => null',
    reason: 'a disk that cannot be measured is not known, and limits nothing',
  },
  {
    path: 'src/engine/watch/observe-progress.ts',
    code: '() => null',
    reason: 'of a session without files nothing can be seen, which is an answer',
  },
  {
    path: 'src/engine/run/gateway-access.ts',
    code: '() => this.#keys.delete',
    reason: 'whoever asked for the key waits for the same promise, and hears why there is none',
  },
  {
    path: 'src/app/gateway-program.ts',
    code: '() => undefined',
    reason: 'its last word: a gateway that ends without it is taken for dead, and its calls are presumed',
  },
  {
    path: 'src/gateway/calls/first-answers.ts',
    code: '() => false',
    reason: 'who waits asks again; a ledger that does not answer is told where calls are drawn',
  },
  {
    path: 'src/gateway/process/address-file.ts',
    code: '() => null',
    reason: 'no file, no gateway: one is started',
  },
  {
    path: 'src/gateway/process/address-file.ts',
    code: 'catch { // A damaged file counts',
    reason: 'a spoilt address is none: a gateway is started, and writes another',
  },
  {
    path: 'src/gateway/process/keep-up.ts',
    code: '() => undefined',
    times: 2,
    reason: 'the same failure is thrown to whoever asks for the address, and told by onProblem',
  },
  {
    path: 'src/gateway/process/keep-up.ts',
    code: '() => null',
    reason: 'one that could not be started has nobody to leave',
  },
  {
    path: 'src/gateway/process/keep-up.ts',
    code: "() => ''",
    reason: 'without its last words, the failure is told without them',
  },
  {
    path: 'src/gateway/process/lifetime.ts',
    code: '() => 1',
    reason: 'nobody can say that it is not needed: it stays',
  },
  {
    path: 'src/gateway/process/lifetime.ts',
    code: 'catch { // The database is unavailable',
    reason: 'asked again, and after a minute it ends',
  },
  {
    path: 'src/git/run/git-launcher.ts',
    code: 'catch { // Git is started without it',
    reason: 'a git that cannot be started either says why',
  },
  {
    path: 'src/gateway/calls/render-ahead.ts',
    code: 'catch { // The call below renders again',
    reason: 'it is written again when it is needed, and fails there',
  },
  {
    path: 'src/git/commit/forbidden-files.ts',
    code: 'catch { return { linkTarget',
    reason: 'a link that leads nowhere is judged by its text',
  },
  {
    path: 'src/git/run/read-now.ts',
    code: 'catch { return null',
    times: 2,
    reason: 'a closer look tells more',
  },
  {
    path: 'src/git/run/start-failure.ts',
    code: 'catch { return true; }',
    reason: 'whether the folder can be entered is the question',
  },
  {
    path: 'src/git/run/stale-lock.ts',
    code: 'catch { return null',
    times: 2,
    reason: 'a process that cannot be looked at is not known, and then no lock is taken away',
  },
  {
    path: 'src/git/read/tree.ts',
    code: 'catch { return false',
    reason: 'whether it is text is the question',
  },
  {
    path: 'src/models/provider-error.ts',
    code: 'catch { // Not JSON',
    reason: 'the caller says what was expected in its place',
  },
  {
    path: 'src/models/wire.ts',
    code: 'catch { // The decoder',
    reason: 'whether it is UTF-8 is the question',
  },
  {
    path: 'src/classifier/agent-events.ts',
    code: 'catch { return []',
    reason: 'a line of output that is no JSON is no event',
  },
  {
    path: 'src/classifier/http-answer.ts',
    code: 'catch { return false',
    reason: 'whether it is JSON is the question',
  },
  {
    path: 'src/postgres/start/account.ts',
    code: "() => ''",
    reason: 'without a list of users none is found, which is thrown',
  },
  {
    path: 'src/postgres/start/postmaster-file.ts',
    code: '() => null',
    reason: 'the command line is asked next',
  },
  {
    path: 'src/postgres/start/postmaster-file.ts',
    code: "() => ''",
    reason: 'a process that has ended has no command line and no state: it is not serving',
    times: 2,
  },
  {
    path: 'src/postgres/presence.ts',
    code: '() => shown',
    reason: 'a path that cannot be resolved is compared as it stands, and a difference is thrown',
  },
  {
    path: 'src/postgres/probe-embedded.ts',
    code: '() => false',
    reason: 'whether it can be read is the question',
  },
  {
    path: 'src/postgres/server-log.ts',
    code: '() => null',
    reason: 'no log before this one; opening it throws what is wrong with the place',
  },
  {
    path: 'src/store/live/listen.ts',
    code: 'catch { // When the connection is restored',
    reason: 'the connection is made anew without end; queries of the same database tell that it is away',
  },
  {
    path: 'src/durable/lease.ts',
    code: '() => ({ ...known, hasOthers: true, hasRuns: true })',
    reason: 'a lost connection is made again, and what else fails here fails for the work too',
  },
  {
    path: 'src/durable/lease.ts',
    code: '() => undefined',
    reason: 'the farewell spares the others a wait; without it they take over when the lease ends',
  },
  {
    path: 'src/durable/take-messages.ts',
    code: '() => undefined',
    reason: 'a queue that cannot stop ends with its own failure, which is waited for',
  },
  {
    path: 'src/stdx/async/thread-time.ts',
    code: 'catch { return null; }',
    times: 2,
    reason: 'where the kernel does not say what a thread has used, all time counts',
  },
  {
    path: 'src/git/remote/remote-failure.ts',
    code: '() => undefined',
    reason: 'a path that cannot be resolved is no place to look for a lock',
  },
  {
    path: 'src/git/sessions/repository-view.ts',
    code: '() => false',
    reason: 'a view that is gone is not old',
  },
  {
    path: 'src/git/run/stale-lock.ts',
    code: '() => [] as string[]',
    reason: 'a repository without linked working trees has no such directory',
  },
  {
    path: 'src/postgres/start/bring-up.ts',
    code: 'catch { // The start itself reports any problem',
    reason: 'the start itself says what is wrong, once the lock is free',
  },
  {
    path: 'src/api/previews/open-previews.ts',
    code: '() => true',
    reason: 'a way in that failed is not used again; whoever asked for it has the failure',
  },
  {
    path: 'src/api/previews/open-previews.ts',
    code: '() => null',
    reason: 'previews that nobody can confirm are over; the next request of one tells why',
  },
  {
    path: 'src/api/previews/open-previews.ts',
    code: '() => undefined',
    reason: 'a way in that failed needs no closing; whoever asked for it has the failure',
  },
  {
    path: 'src/sessions/network/network-door.ts',
    code: '() => undefined',
    reason: 'whoever asked for the connection has given up, with a failure of its own',
  },
  {
    path: 'src/store/live/listen.ts',
    code: '() => undefined',
    times: 2,
    reason: 'a lost connection ends the listening, and it is made again',
  },
  ...['src/store/schema/migrate.ts', 'src/durable/migrate-durable.ts'].map((path) => ({
    path,
    code: '() => undefined',
    reason: 'a pooler or server that refuses the limit goes without it',
  })),
  {
    path: 'src/store/connection/silent-connections.ts',
    code: "catch { return 'unknown'",
    reason: 'nobody can say what became of the statement; that is the answer',
  },
  {
    path: 'src/api/health.ts',
    code: "() => 'away' as const",
    reason: 'that the database does not answer is the answer',
  },
  {
    path: 'src/finder/local-packages.ts',
    code: 'catch { // An install',
    reason: 'the setup runs, and fails by it',
  },
  { path: 'src/engine/run/assets/read-servers.ts', code: 'catch { // Reported', reason: 'told as left out' },
  {
    path: 'src/engine/pipeline/applying/preflight.ts',
    code: '() => null',
    times: 2,
    reason: 'a file that cannot be looked at is treated as a missing one: the agent cannot read it either',
  },
  {
    path: 'src/git/sessions/repository-settings.ts',
    code: '() => [] as string[]',
    reason: 'a folder of hooks that cannot be listed has none that git could run',
  },
  {
    path: 'src/app/config/own-environment.ts',
    code: 'catch { // The directory may be writable',
    reason: 'a folder that cannot be listed holds nothing that this user could clear',
  },
  {
    path: 'src/stdx/files/make-directory.ts',
    code: '() => null',
    reason: 'a directory that is not there is what is asked about; making it says what is wrong',
  },
  {
    path: 'src/store/connection/numbered-dialect.ts',
    code: '() => undefined',
    reason: 'a rollback after a failed begin: the failure of the begin is thrown',
  },
  {
    path: 'src/sessions/viewer.ts',
    code: 'catch { return null;',
    reason: 'an agent runs as well without a viewer, and the caller records that there is none',
  },
  {
    path: 'src/cli/lines/print-work.ts',
    code: '() => undefined',
    reason:
      'the same promise is awaited later, which throws; if Ctrl-C ends the wait before, that is thrown instead',
  },
  {
    path: 'src/app/doctor/port.ts',
    code: '() => null',
    reason: 'no Moose of this directory answers, so another program has the port, which the doctor says',
  },
  {
    path: 'src/engine/errors/to-moose-error.ts',
    code: 'catch { // Its getters throw',
    reason: 'what was thrown cannot be read; an error that says so takes its place',
  },
  {
    path: 'src/verification/parts/manifest-parts.ts',
    code: 'catch { return null',
    reason: 'a manifest that is no JSON cannot be taken apart, and stays as the change has it',
  },
  {
    path: 'src/verification/reports/build-report.ts',
    code: 'catch { return text',
    reason: 'hostile code writes what it likes: text that is no URL is kept as it is',
  },
  {
    path: 'src/verification/reports/find-files.ts',
    code: 'catch { // It is gone, or a link',
    reason: 'a report that cannot be read is none; the check is then judged by its output',
  },
  {
    path: 'src/verification/reports/find-files.ts',
    code: 'catch { return []',
    reason: 'a folder that cannot be read has no reports; the check is then judged by its output',
  },
  {
    path: 'src/verification/reports/read-lines.ts',
    code: 'catch { return null',
    reason: 'hostile code writes what it likes: a line that is no JSON is skipped',
  },
  {
    path: 'src/verification/reports/read-report.ts',
    code: '() => check.worktree',
    reason: 'without its real path, files are compared with the path that is given',
  },
];
