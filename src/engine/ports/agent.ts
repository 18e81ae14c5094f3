import type { WireName } from '../../domain/agents/model-call.ts';
import type { Proposal } from '../../domain/agents/proposal.ts';
import type { TranscriptReader } from '../../domain/agents/transcript-part.ts';
import type { MooseError } from '../../domain/failure.ts';
import type { Effort } from '../../domain/learning/arm-name.ts';
import type { SessionEnd } from '../../domain/machine/session.ts';

// The port for coding agents. Moose starts the command itself, in a supervised session: an adapter only
// defines how its program is started and what its output means.

export interface AgentTask {
  title: string;
  /** All instructions for the agent, as a text; for agents that write code themselves. */
  brief: string;
  /** The edits to apply; for agents that do not write code themselves. */
  proposal: Proposal | null;
  /** True if the project permits changes to its CI and hook files (R-SEC-2); absent means false. */
  allowCiChanges?: boolean;
  worktreePath: string;
  /** A private directory of this session: the adapter may put files here before the start. */
  sessionPath: string;
  /** The agent's own home, kept for the work order, so that the agent can resume. */
  homePath: string;
  /** `provider/model`; null if the agent calls no model. */
  model: string | null;
  /** One of the agent's efforts; absent: the agent decides. */
  effort?: Effort | undefined;
  /** The agent's only way to a model; null if it calls none, or uses a person's login. */
  gateway: AgentGateway | null;
  /**
   * The folder in which the program keeps the person's login. If absent, the session uses the gateway. An adapter
   * passes the path on and never opens what is in the folder.
   */
  loginPath?: string;
  /** The longest answer to one call; passed to agents that accept such a limit. */
  outputTokensMax: number;
  /** The money that is left; also passed to agents that have their own limit. */
  spendLimitNanoUsd: bigint;
  /** Moose's own servers, for an agent that takes servers. */
  servers?: readonly AgentServer[];
  /** Present only in a project that its owner trusts; otherwise agents get only the root's instructions. */
  assets?: AgentAssets | undefined;
}

/** What the base commit of a trusted project gives its agents. Paths of copies are absolute. */
export interface AgentAssets {
  /** Each file applies to the folder in which it is in the repository. */
  instructions: { path: string; copy: string }[];
  skills: { name: string; description: string; copy: string }[];
  servers: AgentServer[];
}

/** A program that speaks the Model Context Protocol over its input and output. */
export interface AgentServer {
  name: string;
  command: string;
  args: string[];
  env: Record<string, string>;
}

export interface AgentGateway {
  /**
   * The session's own base URL, up to the provider: `http://127.0.0.1:PORT/s/KEY_ID/PROVIDER`. The protocol's usual
   * path follows (`/v1/messages`).
   */
  url: string;
  /** Valid only for that URL, and revoked when the session ends. */
  key: string;
  /** The protocol to use there: the first of the agent's protocols that the provider also supports. */
  wire: WireName;
}

/** How the agent's unmodified program uses the login (the subscription) of a person (R-PROJ-9). */
export interface AgentLogin {
  /** The provider whose models the login reaches. */
  provider: string;
  /** The only hosts that a session with the login reaches. */
  hosts: readonly string[];
  /** The file in which the program keeps the login. Moose checks only whether it exists. */
  file: string;
  /**
   * Names of variables that would give the program another way to a model; a session with the login gets none
   * of them.
   */
  otherWays: RegExp;
  /**
   * The command with which a person signs in, at a terminal. Only the login file in `folder` is kept. From
   * Moose's environment, the command gets only what a terminal and the network need. @throws MooseError
   * `AGENT_PROGRAM_MISSING`
   */
  signIn(folder: string, given: Readonly<Record<string, string | undefined>>): AgentCommand;
}

export interface AgentCommand {
  /** Program and arguments; never a shell line. */
  argv: readonly [string, ...string[]];
  /** The whole environment of the process: nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** Folders that the process writes to besides its worktree, its home and `sessionPath`; if absent, none. */
  writes?: readonly string[];
}

/**
 * What an adapter reads from a finished session: the agent's own report, which is one of four pieces of evidence
 * (R-SES-5).
 */
export interface AgentReport {
  /**
   * `missing`: the agent never reported how it ended, which is a failure regardless of the exit code. `cut_off`: its last
   * answer wanted to go on, whatever the agent reported after it.
   */
  finalEvent: 'success' | 'failure' | 'refused' | 'cut_off' | 'missing';
  /** One line for a person: the agent's summary, or its error. */
  summary: string;
  /** The end of its last words, in its own lines; absent: it said nothing. */
  said?: string;
  /** The classified failure, if `finalEvent` is not `success`. */
  failure: MooseError | null;
  /** The cost that the agent reports; null if it reports none. */
  costNanoUsd: bigint | null;
  modelCalls: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
}

export interface AgentProbe {
  isInstalled: boolean;
  version: string | null;
  /** The version that the contract suite ran against; another version causes a warning. */
  testedVersion: string | null;
  /** If something is missing, one sentence that says how to fix it. */
  advice: string | null;
}

export interface Agent {
  readonly name: string;
  /** True: the agent needs a brief and calls a model itself. False: it needs a proposal with edits. */
  readonly writesCode: boolean;
  /**
   * The protocols in which the agent can call a model, the one that it supports best first; empty if it calls
   * none.
   */
  readonly wires: readonly WireName[];
  /** How much it can tell its model to think, from the least to the most; absent if it cannot. */
  readonly efforts?: readonly Effort[];
  /** True if the agent can use servers that the project declares. */
  readonly takesServers?: boolean;
  /** Absent if the program cannot use a login, or only with settings that Moose does not know. */
  readonly login?: AgentLogin;
  probe(): Promise<AgentProbe>;
  /** Writes what the agent needs into `sessionPath` and `homePath`, and says how to start it. */
  prepare(task: AgentTask): Promise<AgentCommand>;
  /** Reads the output files of a finished session. Never throws because of what the agent wrote. */
  report(
    task: { sessionPath: string; stdoutPath: string; stderrPath: string },
    end: SessionEnd,
  ): Promise<AgentReport>;
  /** Reads what it says and does from its output, also while it runs; absent: it prints text for people. */
  readonly transcript?: TranscriptReader;
}
