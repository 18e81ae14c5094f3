// Reads a JSON or YAML document that may be hostile.
import { readYaml } from '../../stdx/text/bounded-yaml.ts';
import { type ContractFile, compareLimits, type Side, Unreadable } from '../comparison.ts';

export type Members = Readonly<Record<string, unknown>>;
/** YAML takes more time per character than JSON. */
const yamlCharsMax = 300_000;

export function readDocument({ path, text }: ContractFile, side: Side): Members {
  const value = /\.ya?ml$/i.test(path) ? fromYaml(text, side) : fromJson(text, side);
  if (isMembers(value)) return value;
  throw new Unreadable(side, 'it is not an object');
}

function fromYaml(text: string, side: Side): unknown {
  const read = readYaml(text, {
    charsMax: Math.min(yamlCharsMax, compareLimits.textCharsMax),
    aliasesMax: 100,
  });
  if ('value' in read) return read.value;
  throw new Unreadable(side, `it is not YAML that can be read: ${read.problem} (line ${read.place.line})`);
}

function fromJson(text: string, side: Side): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Unreadable(side, `it is not JSON: ${cause.message.slice(0, 200)}`);
  }
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's own member: inherited ones, such as `constructor`, are ignored. */
export function memberOf(of: unknown, key: string): unknown {
  return isMembers(of) && Object.hasOwn(of, key) ? of[key] : undefined;
}

export function membersOf(of: unknown, key: string): Members {
  const found = memberOf(of, key);
  return isMembers(found) ? found : {};
}

export function listOf(of: unknown, key: string): readonly unknown[] {
  const found = memberOf(of, key);
  return Array.isArray(found) ? found : [];
}

export function textsOf(of: unknown, key: string): string[] {
  return listOf(of, key).filter((each) => typeof each === 'string');
}

export function shown(value: unknown): string {
  return value === undefined
    ? 'nothing'
    : (JSON.stringify(value)?.slice(0, compareLimits.shownCharsMax) ?? 'nothing');
}

const pointerPartsMax = 50;

/** Follows `#/…` within the document, but no reference to another document or anchor. Undefined if nothing is there. */
export function atPointer(root: Members, pointer: string): unknown {
  if (!/^#(?:\/|$)/.test(pointer)) return undefined;
  const parts = pointer.slice(1).split('/').slice(1, pointerPartsMax);
  return parts.reduce<unknown>((at, part) => {
    const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    return Array.isArray(at) ? at[Number(key)] : memberOf(at, key);
  }, root);
}

/** Invalid percent escapes stay unchanged. */
function decoded(part: string): string {
  return part.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
