// Behind an alias, a dearer model may answer than the one that was asked for. Its calls are booked at the dearer
// price, and what is reserved for the next ones covers both.
import type { CloudName } from '../domain/cloud.ts';
import { dearerOf, isDearer, type ModelPrice } from '../domain/price.ts';
import { priceAt } from './own-host.ts';
import type { Upstream } from './route.ts';

/** What is known of the models that answer for others; names are `provider/model`. */
export interface KnownAnswers {
  /** The models that have answered for this one and cost more. */
  dearerFor(asked: string): readonly string[];
  /** Null if the price is unknown, or if the price of the model that was asked for holds for both. */
  priceOf(asked: string, answered: string): ModelPrice | null;
}

/** A model that answers in the place of another one. */
export interface AnsweringModel {
  name: string;
  price: ModelPrice;
}

export interface DearerModel extends AnsweringModel {
  /** False once the database has it. */
  isNew: boolean;
}

export interface AskedModel {
  /** `provider/model`. */
  name: string;
  price: ModelPrice;
  upstream: Pick<Upstream, 'baseUrl' | 'cloud'>;
}

export class AnsweringModels {
  readonly #known: KnownAnswers;
  /**
   * The models that have answered since this gateway started. Only models with a price are in it, so it is no larger
   * than the table of prices.
   */
  readonly #seen = new Map<string, Set<string>>();

  constructor(known: KnownAnswers) {
    this.#known = known;
  }

  /** A bound on the price of a call, whichever of the known models answers it. */
  bound(asked: AskedModel): ModelPrice {
    const names = new Set([...this.#known.dearerFor(asked.name), ...(this.#seen.get(asked.name) ?? [])]);
    return [...names]
      .flatMap((name) => this.#priced(asked, name) ?? [])
      .reduce((bound, { price }) => dearerOf(bound, price), asked.price);
  }

  /** The dearer models among those that an answer names, with their prices; the next bounds cover them. */
  dearerIn(asked: AskedModel, said: readonly string[]): DearerModel[] {
    const dearer = said
      .flatMap((name) => this.#answering(asked, name) ?? [])
      .filter(({ price }) => isDearer(price, asked.price));
    for (const { name } of dearer)
      this.#seen.set(asked.name, (this.#seen.get(asked.name) ?? new Set()).add(name));
    const known = this.#known.dearerFor(asked.name);
    return dearer.map((model) => ({ ...model, isNew: !known.includes(model.name) }));
  }

  #answering(asked: AskedModel, said: string): AnsweringModel | null {
    const names = pricedNames(asked.name, said, asked.upstream.cloud?.name);
    if (names.includes(asked.name)) return null;
    for (const name of names) {
      const found = this.#priced(asked, name);
      if (found !== null) return found;
    }
    return null;
  }

  #priced({ name: asked, upstream }: AskedModel, name: string): AnsweringModel | null {
    const listed = this.#known.priceOf(asked, name);
    return listed && { name, price: priceAt(upstream, listed) };
  }
}

/**
 * The names under which the price of a model may be listed. Clouds are asked for a model by a name of their own, and
 * answer with Anthropic's.
 */
export function pricedNames(asked: string, said: string, cloud: CloudName | undefined): string[] {
  const provider = asked.slice(0, asked.indexOf('/') + 1);
  if (cloud === 'bedrock') {
    const [region = ''] = /^[^/]*\/(?:[a-z-]+\.)?anthropic\./.exec(asked) ?? [];
    const own = said.replace(/^.*\banthropic\./, '');
    return [own, `${own}-v1`, `${own}-v1:0`].map((name) => region + name);
  }
  if (cloud === 'vertex') {
    return [said, said.replace(/-(\d{8})$/, '@$1'), `${said}@default`].map((name) => provider + name);
  }
  return [provider + said];
}
