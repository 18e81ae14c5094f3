// The provider's account: a line for each change of a bill, and the total at any moment.
import { createWriteStream } from 'node:fs';
import { noUsage, type TokenUsage } from '../../src/domain/agents/model-call.ts';
import { costOf } from '../../src/domain/agents/price.ts';
import type { Bill } from './messages.ts';
import { models, prices } from './prices.ts';

interface Opened {
  model: string;
  how: string;
  /** The factor by which this tariff is more expensive. */
  times: bigint;
}

export class Account {
  readonly #bills = new Map<string, Opened & { nanoUsd: bigint; usage: TokenUsage }>();
  readonly #file;
  #totalNanoUsd = 0n;
  /** Requests that arrived twice. */
  readonly repeated: string[] = [];

  constructor(path: string) {
    this.#file = createWriteStream(path, { flags: 'a' });
  }

  open(tag: string, opened: Opened): void {
    if (this.#bills.has(tag)) this.repeated.push(tag);
    else this.#bills.set(tag, { ...opened, nanoUsd: 0n, usage: noUsage });
  }

  /** Bills the total usage so far, which only grows. */
  bill(tag: string, usage: TokenUsage): void {
    const bill = this.#bills.get(tag);
    const model = models.find((name) => name === bill?.model);
    if (!bill || !model) throw new Error(`There is nothing to bill for ${tag}`);
    const nanoUsd = costOf({ ...prices[model], version: 'given-1' }, usage) * bill.times;
    if (nanoUsd < bill.nanoUsd) throw new Error(`The bill of ${tag} would shrink`);
    this.#totalNanoUsd += nanoUsd - bill.nanoUsd;
    Object.assign(bill, { nanoUsd, usage });
    this.#file.write(`${JSON.stringify({ tag, model, nanoUsd: String(nanoUsd), usage })}\n`);
  }

  get totalNanoUsd(): bigint {
    return this.#totalNanoUsd;
  }

  bills(): Bill[] {
    return Array.from(this.#bills, ([tag, { model, nanoUsd, usage, how }]) => ({
      tag,
      model,
      usage,
      how,
      nanoUsd: String(nanoUsd),
    }));
  }
}
