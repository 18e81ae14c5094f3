// How the turn of an agent stands that writes its messages in Anthropic's form, one event per line. What its helpers do is
// not its turn.
import { isJsonObject, type JsonEvent } from './json-lines.ts';
import { type TurnEnd, turnEnd } from './turn-end.ts';

export class TurnSoFar {
  #reason: unknown = null;
  #isCalling = false;
  /** The words of the last message that has any. */
  said = '';

  see(event: JsonEvent): void {
    const isHelpers = event.parent_tool_use_id !== undefined && event.parent_tool_use_id !== null;
    if (isHelpers || !isJsonObject(event.message)) return;
    if (event.type === 'user') this.#isCalling = false;
    if (event.type !== 'assistant') return;
    const { stop_reason: reason, content } = event.message;
    this.#reason = reason;
    const parts = Array.isArray(content) ? content.filter(isJsonObject) : [];
    this.#isCalling = parts.some(({ type }) => type === 'tool_use');
    this.said = parts.flatMap(({ text }) => (typeof text === 'string' ? text : [])).join('') || this.said;
  }

  /** By the reason of the final event, or of the last message, or because a tool that it called has not answered. */
  endBy(final: JsonEvent): TurnEnd | null {
    return turnEnd(final.stop_reason) ?? turnEnd(this.#reason) ?? (this.#isCalling ? 'cut_off' : null);
  }
}
