// What a request may contain, member by member: anything on no list is refused, or counts as input of unknown size. A
// list of harmless members stays true when a provider adds a feature; a list of dangerous ones does not.
import { isObject } from './json-value.ts';
import { charsOfPicture, type Media } from './picture.ts';

/**
 * Whether the size of a value is known. `seen`: all of it is text. `inline`: an image or a file with all its bytes, of
 * unknown size in tokens. `hidden`: anything else; the same reference may mean something else next time.
 */
export type Sight = 'seen' | 'inline' | 'hidden';

export interface Look {
  sight: Sight;
  /** Pictures, whose size has a bound; undefined if there are none. */
  pictures?: Pictures | undefined;
  /** True if nothing bounds the size of something besides pictures. */
  isUnsized?: boolean;
  /** The position of the first unlisted member; null if there is none. */
  strange: string | null;
  /** True if no list has its name; false if its value is none that may be sent. */
  isUnknown?: boolean | undefined;
}

export interface Pictures {
  count: number;
  /** Bytes of the pictures themselves, which are no text. */
  bytes: number;
}

/** Whether the provider may fetch what is at this address. */
export type Reach = (address: string) => boolean;

export type Shape = (value: unknown, reach?: Reach) => Look;

const seen: Look = { sight: 'seen', strange: null };
const ranks: Readonly<Record<Sight, number>> = { seen: 0, inline: 1, hidden: 2 };

/** JSON of any shape, which the model reads as text: a tool's schema, the arguments of a call. */
export const anything: Shape = () => seen;

/** A string, a number or a boolean. */
export const plain: Shape = (value) => (typeof value === 'object' && value !== null ? strangeHere : seen);

const strangeHere: Look = { sight: 'hidden', strange: '', isUnsized: true };

/** The address of something that the provider fetches: of unknown size, and strange if it may not be fetched. */
export const address: Shape = (value, reach) =>
  typeof value === 'string' && reach?.(value) === true ? hiddenHere : strangeHere;

const hiddenHere: Look = { sight: 'hidden', strange: null, isUnsized: true };

/** Of unknown size, and nothing that the provider would fetch. */
export const unsized: Shape = (value) => (value === undefined || value === null ? seen : hiddenHere);

export function listOf(shape: Shape): Shape {
  return (value, reach) => {
    if (value === null || value === undefined) return seen;
    if (!Array.isArray(value)) return strangeHere;
    return value.reduce<Look>(
      (worst, each, index) => dearer(worst, below(`[${index}]`, shape(each, reach))),
      seen,
    );
  };
}

/** An object with these members and no others. */
export function members(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value, reach) => {
    if (value === null || value === undefined) return seen;
    if (!isObject(value)) return strangeHere;
    return Object.entries(value).reduce<Look>((worst, [name, each]) => {
      const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
      if (shape === undefined)
        return dearer(worst, { sight: 'hidden', strange: `.${name}`, isUnknown: true, isUnsized: true });
      return dearer(worst, below(`.${name}`, shape(each, reach)));
    }, seen);
  };
}

/** By its `type`; `untyped` if it has none. */
export function byType(types: Readonly<Record<string, Shape>>, untyped?: Shape): Shape {
  return (value, reach) => {
    if (!isObject(value)) return strangeHere;
    const { type } = value;
    if (type === undefined && untyped !== undefined) return untyped(value, reach);
    const shape = typeof type === 'string' && Object.hasOwn(types, type) ? types[type] : undefined;
    return shape === undefined ? { sight: 'hidden', strange: '.type', isUnsized: true } : shape(value, reach);
  };
}

/** The alternative under which the most of the value has a known size, or else one that knows all of it. */
export function either(...shapes: readonly Shape[]): Shape {
  return (value, reach) => shapes.map((shape) => shape(value, reach)).reduce(better);
}

function better(one: Look, other: Look): Look {
  if ((one.isUnsized === true) !== (other.isUnsized === true)) return one.isUnsized ? other : one;
  if (ranks[other.sight] !== ranks[one.sight]) return ranks[other.sight] < ranks[one.sight] ? other : one;
  return one.strange !== null && (other.strange === null || other.strange.length > one.strange.length)
    ? other
    : one;
}

/** Marks a value of this shape as complete but of unknown size in tokens. */
export function inlined(shape: Shape): Shape {
  return (value, reach) => {
    const look = shape(value, reach);
    return look.sight === 'seen' ? { sight: 'inline', strange: null, isUnsized: true } : look;
  };
}

/**
 * Marks a value of this shape as a picture, whose type and bytes `mediaOf` finds. Anything else in its place is a file of
 * unknown size, and so is what stands at an address.
 */
export function pictured(shape: Shape, mediaOf: (value: unknown) => Media | null): Shape {
  return (value, reach) => {
    const look = shape(value, reach);
    if (look.strange !== null) return look;
    const sight = look.sight === 'seen' ? 'inline' : look.sight;
    const bytes = sight === 'inline' ? charsOfPicture(mediaOf(value)) : null;
    if (bytes === null) return { sight, strange: null, isUnsized: true };
    return { sight, strange: null, pictures: { count: 1, bytes } };
  };
}

/** A string of this form. */
export function textLike(pattern: RegExp): Shape {
  return (value) => (typeof value === 'string' && pattern.test(value) ? seen : strangeHere);
}

/** Bytes, and not an address in their place. */
export const base64: Shape = textLike(/^[A-Za-z0-9+/_=\s-]*$/);

/** Bytes with their media type. Drawings and pages may contain addresses, which whoever shows them fetches. */
export const dataAddress: Shape = textLike(/^data:(?![^,;]*(?:[sS][vV][gG]|[hH][tT][mM][lL]))/);
export const mediaType: Shape = textLike(/^(?!.*(?:svg|html))/i);

/** One of these values. */
export function only(...values: readonly unknown[]): Shape {
  return (value) => (value === undefined || values.includes(value) ? seen : strangeHere);
}

/** What can be seen of all these values. An address may be fetched, whoever asks, for nothing is refused here. */
export function sightOf(values: readonly unknown[], shape: Shape): Look {
  return values.reduce<Look>(
    (worst, value) =>
      dearer(
        worst,
        shape(value, () => true),
      ),
    seen,
  );
}

export const allSeen: Look = seen;
export const allHidden: Look = hiddenHere;

/** The path as a client would write it: `tools[0].unheard_of`; null if every member is listed. */
export function strangeIn(value: unknown, shape: Shape): { path: string; isUnknown: boolean } | null {
  const { strange, isUnknown = false } = shape(value);
  return strange === null ? null : { path: strange.replace(/^\./, '') || 'the request', isUnknown };
}

function dearer(one: Look, other: Look): Look {
  if (other === seen) return one;
  const [left, right] = [one.pictures, other.pictures];
  return {
    sight: ranks[other.sight] > ranks[one.sight] ? other.sight : one.sight,
    strange: one.strange ?? other.strange,
    isUnknown: one.strange === null ? other.isUnknown : one.isUnknown,
    isUnsized: one.isUnsized === true || other.isUnsized === true,
    pictures:
      left && right ? { count: left.count + right.count, bytes: left.bytes + right.bytes } : (left ?? right),
  };
}

function below(place: string, look: Look): Look {
  return look.strange === null ? look : { ...look, strange: `${place}${look.strange}` };
}
