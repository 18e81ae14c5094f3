// What the stop reason of a model's last answer says about a turn, in the words of every protocol: agents pass on the words
// of their providers. An answer that wanted to go on was cut off, whatever its agent says afterwards (R-SES-5).
import type { AgentFailureKind } from '../domain/agents/agent-failure.ts';

export type TurnEnd =
  | 'finished'
  | Extract<AgentFailureKind, 'cut_off' | 'output_limit' | 'context_too_long' | 'turn_limit' | 'refused'>;

/** Without case and separators: `end_turn`, `endTurn` and `END_TURN` are the same word. */
const knownEnds: Readonly<Record<string, TurnEnd>> = {
  endturn: 'finished',
  stop: 'finished',
  stopsequence: 'finished',
  completed: 'finished',
  maxtokens: 'output_limit',
  maxoutputtokens: 'output_limit',
  length: 'output_limit',
  modelcontextwindowexceeded: 'context_too_long',
  maxturns: 'turn_limit',
  maxturnrequests: 'turn_limit',
  refusal: 'refused',
  contentfilter: 'refused',
  contentfiltered: 'refused',
  guardrailintervened: 'refused',
  safety: 'refused',
  recitation: 'refused',
  blocklist: 'refused',
  prohibitedcontent: 'refused',
  spii: 'refused',
};

/** Words that say nothing. */
const noWords: ReadonlySet<string> = new Set(['', 'unknown', 'null', 'none']);

/** Null if it says nothing. Every word that is not a known end is one of an answer that wanted to go on: `tool_use`, `pause_turn`. */
export function turnEnd(reason: unknown): TurnEnd | null {
  if (typeof reason !== 'string') return null;
  const word = reason.toLowerCase().replaceAll(/[^a-z]/g, '');
  return noWords.has(word) ? null : (knownEnds[word] ?? 'cut_off');
}
