// The prefixes of settled calls, so that the bound of the next call in the same conversation counts only its new part; and
// what their answers have sealed, whose size nobody else can see.
import { type TokenUsage, totalInputTokens } from '../../domain/agents/model-call.ts';
import type { InputPart } from '../wire/wire.ts';

export interface SettledInput {
  /** All input tokens, at whatever rate they were charged. */
  inputTokens: number;
  outputTokens: number;
}

export type FindSettled = (hash: string) => SettledInput | null;
/** The most tokens of what is sealed; null if no answer has brought it. */
export type FindSealed = (hash: string) => number | null;

/** Token counts depend on the model, and a conversation belongs to its key. */
export interface ConversationScope {
  keyId: string;
  model: string;
}

/** Another model may count the same thought otherwise; a new tokenizer of Anthropic makes up to 1.35 times as many. */
const countedAnew = 2;

/** One entry for each settled call: about 300 bytes of memory. */
const defaultEntriesMax = 20_000;

export class PrefixMemory {
  readonly #entries = new Map<string, SettledInput>();
  /** For every session and model: a resumed session has another key, and an alias another model. */
  readonly #sealed = new Map<string, number>();
  readonly #entriesMax: number;

  constructor(entriesMax = defaultEntriesMax) {
    this.#entriesMax = entriesMax;
  }

  /** The least recently used is forgotten first; then the bytes bound the call, which only makes its hold larger. */
  remember(scope: ConversationScope, parts: readonly InputPart[], usage: TokenUsage): void {
    const last = parts.at(-1);
    // The content behind the reference may be different next time.
    if (last === undefined || last.hash === null) return;
    const key = keyOf(scope, last.hash);
    const before = this.#entries.get(key);
    this.#entries.delete(key);
    // The same request was counted twice with different results; the larger one bounds both.
    this.#entries.set(key, {
      inputTokens: Math.max(totalInputTokens(usage), before?.inputTokens ?? 0),
      outputTokens: Math.max(usage.outputTokens, before?.outputTokens ?? 0),
    });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#entriesMax) break;
      this.#entries.delete(oldest);
    }
  }

  /** @param sealed what an answer of so many tokens has sealed */
  rememberSealed(sealed: readonly string[], { outputTokens }: TokenUsage): void {
    for (const hash of sealed) {
      const tokens = Math.max(outputTokens * countedAnew, this.#sealed.get(hash) ?? 0);
      this.#sealed.delete(hash);
      this.#sealed.set(hash, tokens);
    }
    for (const oldest of this.#sealed.keys()) {
      if (this.#sealed.size <= this.#entriesMax) break;
      this.#sealed.delete(oldest);
    }
  }

  readonly sealed: FindSealed = (hash) => {
    const tokens = this.#sealed.get(hash);
    if (tokens === undefined) return null;
    this.#sealed.delete(hash);
    this.#sealed.set(hash, tokens);
    return tokens;
  };

  finder(scope: ConversationScope): FindSettled {
    return (hash) => {
      const key = keyOf(scope, hash);
      const found = this.#entries.get(key);
      if (found === undefined) return null;
      this.#entries.delete(key);
      this.#entries.set(key, found);
      return found;
    };
  }
}

function keyOf({ keyId, model }: ConversationScope, hash: string): string {
  return `${keyId} ${model} ${hash}`;
}
