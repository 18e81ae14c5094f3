import type { MooseError } from '../../domain/failure.ts';
import type { WireName } from '../../domain/model-call.ts';
import type { Proposal } from '../../domain/proposal.ts';
import type { SessionEnd } from '../../domain/session.ts';

// The port for coding agents. Moose starts the command itself, in a supervised session:
// an adapter only says how to start its program and what its output means.

export interface AgentTask {
  title: string;
  /** Everything the agent is told, in words; for agents that write code themselves. */
  brief: string;
  /** The edits to apply; for agents that do not write code themselves. */
  proposal: Proposal | null;
  /** The project lets its CI and hook files be changed (R-SEC-2); absent: it does not. */
  allowCiChanges?: boolean;
  worktreePath: string;
  /** A private directory of this session: the adapter may put files here before the start. */
  sessionPath: string;
  /** A home of the agent's own, kept for the work order, so that it can resume. */
  homePath: string;
  /** `provider/model`, or null where the agent calls no model. */
  model: string | null;
  /** Its only way to a model; null where the agent calls none. */
  gateway: AgentGateway | null;
  /** The longest answer to one call; an agent that can be told is told. */
  outputTokensMax: number;
  /** What may still be spent; an agent with a limit of its own is given this one too. */
  spendLimitNanoUsd: bigint;
}

export interface AgentGateway {
  /** The session's own, up to the provider's: `http://127.0.0.1:PORT/s/KEY_ID/PROVIDER`; a protocol's usual path follows (`/v1/messages`). */
  url: string;
  /** Good for that URL alone, and revoked when the session ends. */
  key: string;
  /** The protocol to speak there: the first of the agent's own that the provider speaks too. */
  wire: WireName;
}

export interface AgentCommand {
  /** Program and arguments; never a shell line. */
  argv: readonly [string, ...string[]];
  /** The whole environment of the process: nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** Folders that it writes to beside its worktree, its home and `sessionPath`; absent: none. */
  writes?: readonly string[];
}

/** What an adapter reads out of a finished session: the agent's own word, one witness of four (R-SES-5). */
export interface AgentReport {
  /** `missing`: the agent never said how it ended, which is a failure whatever the exit code. */
  finalEvent: 'success' | 'failure' | 'refused' | 'missing';
  /** One line for a person: the agent's summary, or its error. */
  summary: string;
  /** Set when `finalEvent` is not `success`: the failure, classified. */
  failure: MooseError | null;
  /** What the agent says it spent; null where it does not say. */
  costNanoUsd: bigint | null;
  modelCalls: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
}

export interface AgentProbe {
  isInstalled: boolean;
  version: string | null;
  /** The version that the contract suite ran against; another one is a warning. */
  testedVersion: string | null;
  /** One sentence that says how to fix it, when something is missing. */
  advice: string | null;
}

export interface Agent {
  readonly name: string;
  /** True: needs a brief and calls a model itself. False: needs a proposal with edits. */
  readonly writesCode: boolean;
  /** The protocols that it can call a model in, the one it is best with first; empty where it calls none. */
  readonly wires: readonly WireName[];
  probe(): Promise<AgentProbe>;
  /** Writes what the agent needs into `sessionPath` and `homePath`, and says how to start it. */
  prepare(task: AgentTask): Promise<AgentCommand>;
  /** Reads the output files of a finished session. Never throws for what the agent wrote. */
  report(
    task: { sessionPath: string; stdoutPath: string; stderrPath: string },
    end: SessionEnd,
  ): Promise<AgentReport>;
}
