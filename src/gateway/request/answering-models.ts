// Behind an alias, a dearer model may answer than the one that was asked for. Its calls are booked at the dearer
// price, and what is reserved for the next ones covers both. After an answer by a model without a price, nothing more is
// sent until it has one.
import type { CloudName } from '../../domain/agents/cloud.ts';
import { dearerOf, isDearer, type ModelPrice } from '../../domain/agents/price.ts';
import { isDatedNameOf } from '../../domain/dated-name.ts';
import { priceAt } from './own-host.ts';
import type { Upstream } from './route.ts';

/** What is known of the models that answer for others; names are `provider/model`. */
export interface KnownAnswers {
  /** The models that have answered for this one and cost more, or have no price. */
  dearerFor(asked: string): readonly string[];
  /** Null if the price is unknown, or if the price of the model that was asked for holds for both. */
  priceOf(asked: string, answered: string): ModelPrice | null;
  /** At least the price of every model that the provider of this one lists; null if nobody knows its list. */
  dearestOf?(asked: string): ModelPrice | null;
}

/** A model that answers in the place of another one. */
export interface AnsweringModel {
  name: string;
  price: ModelPrice;
}

/** What the models that an answer names mean for its price. */
export interface Answered {
  /** Dearer models, with their prices; the next bounds cover them. */
  dearer: AnsweringModel[];
  /** Models that are not the one that was asked for, and have no price. */
  unpriced: string[];
  /** Those of them that the database does not have yet. */
  isNew: string[];
}

export interface AskedModel {
  /** `provider/model`. */
  name: string;
  price: ModelPrice;
  upstream: Pick<Upstream, 'baseUrl' | 'cloud' | 'billsItsCharge' | 'answersAsAsked'>;
}

export class AnsweringModels {
  readonly #known: KnownAnswers;
  /** The models that have answered since this gateway started; no more than a few for each that was asked for. */
  readonly #seen = new Map<string, Set<string>>();
  /** The models for which another one has answered since then, at whatever price. */
  readonly #moved = new Set<string>();

  constructor(known: KnownAnswers) {
    this.#known = known;
  }

  /** A bound on the price of a call, whichever of the known models answers it; or the first one without a price. */
  bound(asked: AskedModel): ModelPrice | { unpriced: string } {
    const names = new Set([...this.#known.dearerFor(asked.name), ...(this.#seen.get(asked.name) ?? [])]);
    let bound = asked.price;
    for (const name of names) {
      const found = this.#priced(asked, name);
      if (found !== null) bound = dearerOf(bound, found.price);
      else if (!isSame(asked.name, name)) return { unpriced: name };
    }
    return bound;
  }

  /** A bound on the price of a call, whichever model of the provider answers it; null if it is no dearer. */
  dearest(asked: AskedModel): ModelPrice | null {
    const listed = this.#known.dearestOf?.(asked.name) ?? null;
    if (listed === null) return null;
    const dearest = dearerOf(asked.price, priceAt(asked.upstream, listed));
    const { contextTokens } = asked.price;
    return isDearer(dearest, asked.price) ? { ...dearest, contextTokens } : null;
  }

  /** True if the name may mean another model with the next call: it has no version, or another model has answered for it. */
  isAlias({ name }: AskedModel): boolean {
    const others = this.#known.dearerFor(name).filter((other) => !isSame(name, other));
    return isMoving(name) || this.#moved.has(name) || others.length > 0;
  }

  /** @param said the names of models in an answer */
  look(asked: AskedModel, said: readonly string[]): Answered {
    const answered: Answered = { dearer: [], unpriced: [], isNew: [] };
    for (const name of said) this.#look(asked, name, answered);
    const seen = this.#seen.get(asked.name) ?? new Set();
    const known = this.#known.dearerFor(asked.name);
    for (const name of [...answered.dearer.map((model) => model.name), ...answered.unpriced]) {
      if (!known.includes(name)) answered.isNew.push(name);
      if (seen.size < namesMax) this.#seen.set(asked.name, seen.add(name));
    }
    return answered;
  }

  #look(asked: AskedModel, said: string, answered: Answered): void {
    const names = pricedNames(asked.name, said, asked.upstream.cloud?.name);
    if (names.includes(asked.name)) return;
    const isAsked = asked.upstream.answersAsAsked === true || names.some((name) => isSame(asked.name, name));
    if (!isAsked) this.#moved.add(asked.name);
    const found = names.map((name) => this.#priced(asked, name)).find((each) => each !== null);
    const [first = said] = names;
    if (!found) {
      if (!isAsked) answered.unpriced.push(first);
    } else if (isDearer(found.price, asked.price)) answered.dearer.push(found);
  }

  #priced({ name: asked, upstream }: AskedModel, name: string): AnsweringModel | null {
    const listed = this.#known.priceOf(asked, name);
    return listed && { name, price: priceAt(upstream, listed) };
  }
}

/** After the first one without a price, no more calls are made. */
const namesMax = 64;

/** `gemini-flash-latest`, `codex-mini`: a name that says nothing of a version. */
function isMoving(name: string): boolean {
  const model = name.slice(name.indexOf('/') + 1);
  return /(?:^|[-.])latest$/i.test(model) || !/\d/.test(model);
}

/** True for another spelling of the name, and for a dated version of the model; both are `provider/model`. */
export function isSame(asked: string, answered: string): boolean {
  const [one, other] = [asked.toLowerCase(), answered.toLowerCase()];
  return one === other || isDatedNameOf(one, other);
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
