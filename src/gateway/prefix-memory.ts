// What calls began with that were settled, so that the next call of the same conversation is bounded by its new part alone.
import { type TokenUsage, totalInputTokens } from '../domain/model-call.ts';
import type { InputPart } from './wire/wire.ts';

export interface SettledInput {
  /** All of it, whatever it was charged at. */
  inputTokens: number;
  outputTokens: number;
}

export type FindSettled = (hash: string) => SettledInput | null;

/** Tokens are counted by the model, and a conversation belongs to the key that it was held with. */
export interface ConversationScope {
  keyId: string;
  model: string;
}

/** One entry for each settled call: about 300 bytes of memory. */
const entriesMaxUsual = 20_000;

export class PrefixMemory {
  readonly #entries = new Map<string, SettledInput>();
  readonly #entriesMax: number;

  constructor(entriesMax = entriesMaxUsual) {
    this.#entriesMax = entriesMax;
  }

  /** The least recently used is forgotten first; then the bytes bound the call, and it is only held dearer. */
  remember(scope: ConversationScope, parts: readonly InputPart[], usage: TokenUsage): void {
    const last = parts.at(-1);
    // What it stands for may be something else the next time.
    if (last === undefined || last.hash === null) return;
    const key = keyOf(scope, last.hash);
    const before = this.#entries.get(key);
    this.#entries.delete(key);
    // The same request counted twice, differently: the larger one bounds both.
    this.#entries.set(key, {
      inputTokens: Math.max(totalInputTokens(usage), before?.inputTokens ?? 0),
      outputTokens: Math.max(usage.outputTokens, before?.outputTokens ?? 0),
    });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#entriesMax) break;
      this.#entries.delete(oldest);
    }
  }

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
