import type { MooseError } from '../../domain/failure.ts';

export interface GitCall {
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
  input?: string | Buffer;
  /** Added to the allowed environment. */
  env?: Readonly<Record<string, string>>;
  /** Exit codes that are answers, not failures. */
  okExitCodes?: readonly number[];
  maxOutputBytes?: number;
  /** True if the first `maxOutputBytes` of a longer output are an answer too. */
  mayBeCut?: boolean;
  /** How often git is started before a temporary failure is final; the default depends on the kind of failure. */
  attemptsMax?: number;
  /** Checks whether git did its work before it failed, for work that a repetition would do differently. */
  isDone?: () => Promise<boolean>;
  /** Lets a caller that knows more about the call describe the failure. */
  named?: (failure: MooseError) => MooseError;
  /** `configured`: the user's own settings for line endings apply (for the user's own checkout). */
  lineEnds?: 'stored' | 'configured';
  /** True if `cwd` may be below the repository's root. Otherwise no repository above `cwd` is used. */
  mayDiscover?: boolean;
  /** True if git-lfs may fetch from the server that the checked out commit names: for a commit without an agent's change. */
  mayFetchLfs?: boolean;
  /** True if git talks to a remote, which may never answer: if Moose is killed, it is stopped. */
  isRemote?: boolean;
  /** git's own directory of a remote on this machine, if the call contacts one. */
  remotePath?: string | undefined;
}
