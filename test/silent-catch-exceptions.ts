// Where a failure may be caught without being looked at, and why: each was reviewed, and each is still needed.

/** Calls whose failure says nothing that anybody could act upon, wherever they are made. */
export const harmlessCalls: readonly { receiver: RegExp; reason: string }[] = [
  { receiver: /^sleep\(/, reason: 'a wait that is broken off is over; whoever broke it off knows' },
  {
    receiver: /\.end\(\)$/,
    reason:
      'a connection that is being closed may be gone already; what was wrong with it has been told by its use',
  },
  {
    receiver: /(\.query\('rollback'\)|\.rollback\(\) ?\.execute\(\))$/,
    reason:
      'where the connection is lost there is nothing to roll back, and the failure that led there is thrown on',
  },
];

export interface SilentCatchException {
  path: string;
  /** How the code begins, in one line. */
  code: string;
  /** How often it stands there; once, where it is not said. */
  times?: number;
  reason: string;
}

export const silentCatchExceptions: readonly SilentCatchException[] = [
  {
    path: 'src/config.ts',
    code: 'catch { // A user id without',
    reason: 'a user without a name is called unknown',
  },
  { path: 'src/diagnose.ts', code: '() => false', reason: 'whether it is there is the question' },
  {
    path: 'src/diagnose.ts',
    code: '() => []',
    reason: 'the same report has a row that says what is wrong with the database',
  },
  {
    path: 'src/durable/locks.ts',
    code: '() => undefined',
    times: 3,
    reason:
      'the turn, the lock and the connection: the same failure is thrown to the caller or given to onLost',
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
    path: 'src/engine/errors/error-entry.ts',
    code: 'catch { // Not JSON',
    reason: 'the caller keeps the line in a file of refused ones',
  },
  {
    path: 'src/engine/errors/journal.ts',
    code: 'catch { // The disk is full',
    reason: 'the answer says so, and the caller keeps the line',
  },
  {
    path: 'src/engine/errors/session-evidence.ts',
    code: '() => false',
    reason: 'a stream that is missing is said to be missing',
  },
  {
    path: 'src/engine/pipeline/checks/node.ts',
    code: 'catch { // A package.json',
    reason: 'no JSON is an answer: there are no scripts',
  },
  {
    path: 'src/engine/recovery/circuit-sync.ts',
    code: '() => undefined',
    reason: 'the race before has thrown it, or its time was up, which is told',
  },
  {
    path: 'src/engine/watch/measure-pressure.ts',
    code: '() => null',
    times: 2,
    reason: 'what cannot be measured is not known, and limits nothing',
  },
  {
    path: 'src/engine/watch/observe-progress.ts',
    code: '() => null',
    reason: 'of a session without files nothing can be seen, which is an answer',
  },
  {
    path: 'src/engine/pipeline/gateway-access.ts',
    code: '() => this.#keys.delete',
    reason: 'whoever asked for the key waits for the same promise, and hears why there is none',
  },
  {
    path: 'src/gateway-program.ts',
    code: '() => undefined',
    reason: 'its last word: a gateway that ends without it is taken for dead, and its calls are presumed',
  },
  {
    path: 'src/gateway/address-file.ts',
    code: '() => null',
    reason: 'no file, no gateway: one is started',
  },
  {
    path: 'src/gateway/address-file.ts',
    code: 'catch { // A file that somebody',
    reason: 'a spoilt address is none: a gateway is started, and writes another',
  },
  {
    path: 'src/gateway/keep-up.ts',
    code: '() => undefined',
    times: 2,
    reason: 'the same failure is thrown to whoever asks for the address, and told by onProblem',
  },
  {
    path: 'src/gateway/keep-up.ts',
    code: '() => null',
    reason: 'one that could not be started has nobody to leave',
  },
  {
    path: 'src/gateway/keep-up.ts',
    code: "() => ''",
    reason: 'without its last words, the failure is told without them',
  },
  {
    path: 'src/gateway/lifetime.ts',
    code: '() => 1',
    reason: 'nobody can say that it is not needed: it stays',
  },
  {
    path: 'src/gateway/lifetime.ts',
    code: 'catch { // The database is away',
    reason: 'asked again, and after a minute it ends',
  },
  {
    path: 'src/gateway/render-ahead.ts',
    code: 'catch { // It is written again below',
    reason: 'it is written again when it is needed, and fails there',
  },
  {
    path: 'src/git/forbidden-files.ts',
    code: 'catch { return { linkTarget',
    reason: 'a link that leads nowhere is judged by its text',
  },
  {
    path: 'src/git/stale-lock.ts',
    code: 'catch { return null',
    times: 2,
    reason: 'a process that cannot be looked at is not known, and then no lock is taken away',
  },
  { path: 'src/git/tree.ts', code: 'catch { return false', reason: 'whether it is text is the question' },
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
    path: 'src/resilience/classify/agent-events.ts',
    code: 'catch { return []',
    reason: 'a line of output that is no JSON is no event',
  },
  {
    path: 'src/resilience/classify/http-answer.ts',
    code: 'catch { return false',
    reason: 'whether it is JSON is the question',
  },
  {
    path: 'src/store/embedded/account.ts',
    code: "() => ''",
    reason: 'without a list of users none is found, which is thrown',
  },
  {
    path: 'src/store/embedded/postmaster-file.ts',
    code: '() => null',
    reason: 'the command line is asked next',
  },
  {
    path: 'src/store/embedded/postmaster-file.ts',
    code: "() => ''",
    reason: 'a process that has ended has no command line: it is not serving',
  },
  {
    path: 'src/store/embedded/presence.ts',
    code: '() => shown',
    reason: 'a path that cannot be resolved is compared as it stands, and a difference is thrown',
  },
  {
    path: 'src/store/embedded/probe-embedded.ts',
    code: '() => false',
    reason: 'whether it can be read is the question',
  },
  {
    path: 'src/store/embedded/server-log.ts',
    code: '() => null',
    reason: 'no log before this one; opening it throws what is wrong with the place',
  },
  {
    path: 'src/store/listen.ts',
    code: 'catch { // Whoever listens',
    reason: 'the connection is made anew without end; queries of the same database tell that it is away',
  },
];
