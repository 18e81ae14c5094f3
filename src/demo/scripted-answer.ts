import type { Proposal } from '../domain/agents/proposal.ts';

// The input of a script and its possible answers: edits, or one of the ways in which a provider fails.

export interface ScriptedRequest {
  workOrderId: string | null;
  title: string | null;
  /**
   * 1 for the first call of the work order, 2 and more for refinements. It is read from the prompt, so that a call that
   * is repeated after a crash gets the same answer.
   */
  attempt: number;
  system: string;
  prompt: string;
  /** The model's name without the provider before the slash. */
  model: string;
  /** The most output tokens that may be billed; missing if the request has no limit. */
  outputTokensMax?: number;
}

export type ScriptedAnswer =
  | Proposal
  /** Answers with this text, valid JSON or not. */
  | { raw: string; finishReason?: 'stop' | 'length' | 'content_filter' }
  /** Answers with this status and body; a body that is not a string is sent as JSON. */
  | { status: number; body: unknown; headers?: Record<string, string> }
  /** Sends nothing for this long, then closes the connection. */
  | { hangMs: number }
  /** Breaks the connection immediately. */
  | { reset: true };

export type Script = (request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>;
