// Converts any value into one that JSON and a row can hold: cycles and deep levels are cut, and long texts keep their
// end. Pure.

const listItemsMax = 200;
const depthMax = 8;
/** A limit on the whole value: a value with many references to itself would grow with every level. */
const nodesMax = 10_000;
const leftOut = '[…]';

export function storableValue(value: unknown, textCharsMax: number): unknown {
  let nodes = 0;
  const visit = (each: unknown, depth: number): unknown => {
    nodes += 1;
    if (typeof each === 'string') return tailOf(each, textCharsMax);
    if (typeof each === 'function' || typeof each === 'symbol') return `[${typeof each}]`;
    if (each === null || typeof each !== 'object') return each;
    if (depth >= depthMax || nodes > nodesMax) return leftOut;
    if (each instanceof Date) return Number.isNaN(each.getTime()) ? null : each.toISOString();
    if (each instanceof Error) return { name: each.name, message: tailOf(each.message, textCharsMax) };
    if (ArrayBuffer.isView(each)) return `[${each.byteLength} bytes]`;
    if (each instanceof Map || each instanceof Set) return visit([...each], depth);
    if (Array.isArray(each)) return each.slice(0, listItemsMax).map((item) => visit(item, depth + 1));
    const entries = Object.entries(each).slice(0, listItemsMax);
    return Object.fromEntries(entries.map(([key, item]) => [key, visit(item, depth + 1)]));
  };
  return visit(value, 0);
}

function tailOf(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `…${text.slice(-charsMax)}`.toWellFormed();
}
