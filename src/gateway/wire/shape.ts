// What a request may hold, member by member: what stands on no list is refused, or counts as input of unknown size. A list of
// what is harmless stays true when a provider adds a feature; a list of what is dangerous does not.
import { isObject } from './json-value.ts';

/**
 * How much of a value can be seen here. `seen`: all of it is text. `inline`: a picture or a file whose bytes are all here, of
 * unknown size in tokens. `hidden`: anything else; the same words may stand for something else the next time.
 */
export type Sight = 'seen' | 'inline' | 'hidden';

export interface Look {
  sight: Sight;
  /** Where the first thing is that no list has; null where there is none. */
  strange: string | null;
}

export type Shape = (value: unknown) => Look;

const seen: Look = { sight: 'seen', strange: null };
const ranks: Readonly<Record<Sight, number>> = { seen: 0, inline: 1, hidden: 2 };

/** JSON of any kind, which the model reads as text: the schema of a tool, the arguments of a call. */
export const anything: Shape = () => seen;

/** A text, a number, a flag. */
export const plain: Shape = (value) => (typeof value === 'object' && value !== null ? strangeHere : seen);

const strangeHere: Look = { sight: 'hidden', strange: '' };

export function listOf(shape: Shape): Shape {
  return (value) => {
    if (value === null || value === undefined) return seen;
    if (!Array.isArray(value)) return strangeHere;
    return value.reduce<Look>((worst, each, index) => dearer(worst, below(`[${index}]`, shape(each))), seen);
  };
}

/** An object with these members and no other one. */
export function members(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value) => {
    if (value === null || value === undefined) return seen;
    if (!isObject(value)) return strangeHere;
    return Object.entries(value).reduce<Look>((worst, [name, each]) => {
      const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
      if (shape === undefined) return dearer(worst, { sight: 'hidden', strange: `.${name}` });
      return dearer(worst, below(`.${name}`, shape(each)));
    }, seen);
  };
}

/** By its `type`; `untyped` for what has none. */
export function byType(types: Readonly<Record<string, Shape>>, untyped?: Shape): Shape {
  return (value) => {
    if (!isObject(value)) return strangeHere;
    const { type } = value;
    if (type === undefined && untyped !== undefined) return untyped(value);
    const shape = typeof type === 'string' && Object.hasOwn(types, type) ? types[type] : undefined;
    return shape === undefined ? { sight: 'hidden', strange: '.type' } : shape(value);
  };
}

/** Whichever of them sees the most. */
export function either(...shapes: readonly Shape[]): Shape {
  return (value) =>
    shapes
      .map((shape) => shape(value))
      .reduce((best, look) => (ranks[look.sight] < ranks[best.sight] ? look : best), strangeHere);
}

/** What has this shape is all here, but nobody can count it. */
export function inlined(shape: Shape): Shape {
  return (value) => {
    const look = shape(value);
    return look.sight === 'seen' ? { sight: 'inline', strange: null } : look;
  };
}

/** A text of this form. */
export function textLike(pattern: RegExp): Shape {
  return (value) => (typeof value === 'string' && pattern.test(value) ? seen : strangeHere);
}

/** One of these and nothing else. */
export function only(...values: readonly unknown[]): Shape {
  return (value) => (value === undefined || values.includes(value) ? seen : strangeHere);
}

export function sightOf(values: readonly unknown[], shape: Shape): Sight {
  return values.reduce<Sight>((worst, value) => {
    const { sight } = shape(value);
    return ranks[sight] > ranks[worst] ? sight : worst;
  }, 'seen');
}

/** As a client would write it: `tools[0].unheard_of`; null where all of it is on the list. */
export function strangeIn(value: unknown, shape: Shape): string | null {
  const { strange } = shape(value);
  return strange === null ? null : strange.replace(/^\./, '') || 'the request';
}

function dearer(one: Look, other: Look): Look {
  const sight = ranks[other.sight] > ranks[one.sight] ? other.sight : one.sight;
  const strange = one.strange ?? other.strange;
  return sight === one.sight && strange === one.strange ? one : { sight, strange };
}

function below(place: string, look: Look): Look {
  return look.strange === null ? look : { sight: look.sight, strange: `${place}${look.strange}` };
}
