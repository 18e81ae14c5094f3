import { createHash } from 'node:crypto';
import type { Schema } from './schema.ts';

/** Shorter parts are more readable in place. */
const charsMin = 400;

/**
 * GitHub's webhooks contain whole repositories and users in many places. A part that occurs twice becomes a separate
 * schema, named by its content.
 */
export function shareParts(all: Record<string, Schema>): {
  shared: Record<string, Schema>;
  parts: Record<string, Schema>;
} {
  const counts = new Map<string, number>();
  for (const schema of Object.values(all))
    eachPart(schema, (text) => counts.set(text, (counts.get(text) ?? 0) + 1));
  const parts: Record<string, Schema> = {};
  const replace = (schema: Schema): Schema => {
    const text = JSON.stringify(schema);
    const short = mapParts(schema, replace);
    if (text.length < charsMin || (counts.get(text) ?? 0) < 2) return short;
    const name = `part-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
    parts[name] = short;
    return { $ref: name };
  };
  const shared = Object.fromEntries(
    Object.entries(all).map(([name, each]) => [name, mapParts(each, replace)]),
  );
  return { shared, parts };
}

function eachPart(schema: Schema, see: (text: string) => void): void {
  mapParts(schema, (part) => {
    see(JSON.stringify(part));
    eachPart(part, see);
    return part;
  });
}

function mapParts(schema: Schema, map: (part: Schema) => Schema): Schema {
  const { items, properties, additionalProperties, allOf, anyOf, oneOf } = schema;
  return {
    ...schema,
    ...(items && { items: map(items) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: map(additionalProperties) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, map(each)])),
    }),
    ...(allOf && { allOf: allOf.map(map) }),
    ...(anyOf && { anyOf: anyOf.map(map) }),
    ...(oneOf && { oneOf: oneOf.map(map) }),
  };
}
