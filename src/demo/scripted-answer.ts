import type { Proposal } from '../domain/proposal.ts';

// What a script is asked and what it may answer: work, or one of the ways in which a provider fails.

export interface ScriptedRequest {
  workOrderId: string | null;
  title: string | null;
  /** 1 for the first call on the work order, 2 and more for its refinements; read from the prompt, so that a call that is made again after a crash gets the same answer. */
  attempt: number;
  system: string;
  prompt: string;
  /** As the provider knows it: without the word before the slash. */
  model: string;
}

export type ScriptedAnswer =
  | Proposal
  /** The text of the answer as it is, good JSON or not. */
  | { raw: string; finishReason?: 'stop' | 'length' | 'content_filter' }
  /** An HTTP answer as it is; a body that is not a string is sent as JSON. */
  | { status: number; body: unknown; headers?: Record<string, string> }
  /** Silence for so long, then the connection closes without an answer. */
  | { hangMs: number }
  /** The connection breaks at once. */
  | { reset: true };

export type Script = (request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>;
