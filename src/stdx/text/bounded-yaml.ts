// Reads one YAML document from a text that may be hostile: bounded in size, depth and aliases, without duplicate keys,
// and nothing but plain data.
import {
  type Document,
  isMap,
  isNode,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLParseError,
  type YAMLWarning,
} from 'yaml';

export interface YamlLimits {
  charsMax: number;
  /** How often anchors may be used; with 0, aliases are refused. */
  aliasesMax: number;
}

export interface YamlPlace {
  /** Line and column count from 1. */
  line: number;
  column: number;
}

export type YamlRead =
  | {
      value: unknown;
      /** The position of a value or of its key; if that is unknown, the position of its container. */
      placeOf(path: readonly PropertyKey[], of?: 'value' | 'key'): YamlPlace;
    }
  | { problem: string; place: YamlPlace };

const start: YamlPlace = { line: 1, column: 1 };
const tooDeep = 'it is nested too deeply';
const problemCharsMax = 200;

export function readYaml(text: string, { charsMax, aliasesMax }: YamlLimits): YamlRead {
  if (text.length > charsMax) return { problem: `it is longer than ${charsMax} characters`, place: start };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      schema: 'core',
      resolveKnownTags: false,
      prettyErrors: false,
    });
    const [wrong] = [...document.errors, ...document.warnings];
    if (wrong) return { problem: firstLine(wrong), place: placeAt(lines, wrong.pos[0]) };
    const refused = refusedNode(document, aliasesMax);
    if (refused) return { problem: refused.problem, place: placeAt(lines, refused.offset) };
    const value: unknown = document.toJS({ maxAliasCount: aliasesMax });
    return { value, placeOf: (path, of = 'value') => placeOf(document, lines, path, of) };
  } catch (cause) {
    // The library throws these two errors at its limits: the call stack, and the number of aliases.
    if (cause instanceof RangeError) return { problem: tooDeep, place: start };
    if (!(cause instanceof ReferenceError)) throw cause;
    return { problem: 'its aliases expand to too much', place: start };
  }
}

function refusedNode(
  document: Document.Parsed,
  aliasesMax: number,
): { problem: string; offset: number } | undefined {
  let refused: { problem: string; offset: number } | undefined;
  const refuse = (problem: string, node: Node) => {
    refused = { problem, offset: node.range?.[0] ?? 0 };
    return visit.BREAK;
  };
  visit(document, {
    Alias: (_, node) =>
      aliasesMax === 0 ? refuse('it uses an alias (*name), which is not supported here', node) : undefined,
    // Some code would treat this key as the prototype of an object.
    Scalar: (key, node) =>
      key === 'key' && node.value === '__proto__' ? refuse('"__proto__" cannot be a key', node) : undefined,
  });
  return refused;
}

function placeOf(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly PropertyKey[],
  of: 'value' | 'key',
): YamlPlace {
  for (let length = path.length; length >= 0; length -= 1) {
    const isKey = of === 'key' && length === path.length;
    const node = isKey ? keyAt(document, path) : nodeAt(document, path.slice(0, length));
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset !== undefined) return placeAt(lines, offset);
  }
  return start;
}

function nodeAt(document: Document.Parsed, path: readonly PropertyKey[]): unknown {
  return path.length === 0 ? document.contents : document.getIn(path, true);
}

function keyAt(document: Document.Parsed, path: readonly PropertyKey[]): unknown {
  const holder = nodeAt(document, path.slice(0, -1));
  return isMap(holder) ? holder.items.find(({ key }) => String(key) === String(path.at(-1)))?.key : undefined;
}

function placeAt(lines: LineCounter, offset: number): YamlPlace {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function firstLine({ code, message }: YAMLParseError | YAMLWarning): string {
  if (code === 'RESOURCE_EXHAUSTION') return tooDeep;
  const line = message.split('\n')[0]?.trim().slice(0, problemCharsMax) ?? '';
  return line === '' ? 'it is not YAML' : `${line[0]?.toLowerCase()}${line.slice(1)}`;
}
