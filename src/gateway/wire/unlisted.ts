// What an answer has besides the members on the lists of its protocol. Whatever is on no list may be charged apart: a search,
// a tool that ran at the provider, a fee for each request. A list of what is known stays true when a provider adds a fee.
import { isFeeName } from './answers/fee-name.ts';
import { isObject, type JsonObject } from './json-value.ts';

/**
 * `all`: the member and everything below it is known. True is the same for what a model says; among counts, it is a single
 * value, and what is below it is on no list.
 */
export interface Known {
  readonly [member: string]: true | 'all' | Known;
}

const noneKnown: Known = {};

export function known(...names: readonly string[]): Known {
  return Object.fromEntries(names.map((name) => [name, true]));
}

/** Numbers that measure time or speed, and instants. */
const ofTime =
  /(?:time|times|duration|latency|created|timestamp|deadline|throughput|per_?sec(?:ond)?|tps|ttft|speed|(?:^|_)(?:ms|ns|us|sec|secs|seconds))$/i;
/** What a single number beside an answer must not be about. */
const ofMoney =
  /cost|credit|charge|price|fee|amount|spen[dt]|bill|usd|dollar|quer(?:y|ies)|search|request|token|count|unit|image|page|tool|call/i;
/** Their numbers say which, not how many. */
const ofIdentity = /(?:^|_)(?:id|index|seed|status|code|fingerprint|version|hash)$|Id$/;
const placeCharsMax = 80;

/** @returns the place of the first member with a value that is on no list; null if there is none */
export function unlistedCount(value: unknown, list: Known, place: string): string | null {
  return firstUnlisted(value, list, place, {
    isOfCounts: true,
    matters: (name, each) =>
      typeof each === 'number'
        ? !ofTime.test(name)
        : typeof each === 'string'
          ? isAmount(each) || isFeeName(name)
          : true,
  });
}

/** As `unlistedCount`, for the members around an answer, of which single words and most single numbers cost nothing. */
export function unlistedPart(value: unknown, list: Known, place: string): string | null {
  return firstUnlisted(value, list, place, {
    isOfCounts: false,
    matters: (name, each) => {
      if (typeof each === 'object') return true;
      const isSaid = typeof each === 'number' || (typeof each === 'string' && isAmount(each));
      return isSaid && ofMoney.test(name) && !ofTime.test(name) && !ofIdentity.test(name);
    },
  });
}

interface Search {
  isOfCounts: boolean;
  matters(name: string, value: unknown): boolean;
}

function firstUnlisted(value: unknown, list: Known, place: string, search: Search): string | null {
  if (Array.isArray(value)) {
    for (const each of value) {
      const found = firstUnlisted(each, list, place, search);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isObject(value)) return null;
  for (const [name, each] of Object.entries(value)) {
    const below = listBelow(list, name, search);
    if (below === 'all' || isNothing(each)) continue;
    const here = `${place}${place === '' ? '' : '.'}${name}`;
    const found =
      below === undefined
        ? search.matters(name, each)
          ? here
          : null
        : firstUnlisted(each, below, here, search);
    if (found !== null) return found.slice(0, placeCharsMax);
  }
  return null;
}

function listBelow(list: Known, name: string, { isOfCounts }: Search): 'all' | Known | undefined {
  const below = Object.hasOwn(list, name) ? list[name] : undefined;
  if (below !== true) return below;
  return isOfCounts ? noneKnown : 'all';
}

/** True for a value that is no amount of anything. */
export function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((each) => !isObject(each) && isNothing(each));
  if (isObject(value)) return Object.values(value as JsonObject).every(isNothing);
  return value === null || value === undefined || typeof value === 'boolean' || value === 0 || value === '';
}

/** True for an amount of something, whatever its type: a number may be written as text. */
export function isSome(value: unknown): boolean {
  return typeof value === 'string' ? isAmount(value) : !isNothing(value);
}

/** A text that is a number, with or without a currency. */
export function isAmount(text: string): boolean {
  return /^\s*[$€£¥]?\s*[\d.,]*[1-9][\d.,]*(?:e[-+]?\d+)?\s*(?:[a-z]{3,7})?\s*$/i.test(text);
}
