import type { Schema } from '../../scripts/github-contract/schema.ts';
import { faultsIn, isNullable, isObject, propertiesOf, referred, type Schemas } from './check-schema.ts';

/**
 * Completes a value with what GitHub always sends and no test looks at: each required property that is missing gets
 * null where it may, else the least value of its type. What is given stays, and `undefined` disappears.
 */
export function fillIn(value: unknown, schema: Schema, schemas: Schemas): unknown {
  if (schema.$ref !== undefined) return fillIn(value, referred(schema.$ref, schemas), schemas);
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((each) => fillIn(each, items, schemas)) : value;
  }
  if (!isObject(value)) return value;
  const options = schema.oneOf ?? schema.anyOf;
  let filled: Record<string, unknown> = { ...value };
  for (const each of schema.allOf ?? []) filled = fillIn(filled, each, schemas) as Record<string, unknown>;
  if (options) filled = nearest(filled, options, schemas);
  for (const [name, own] of Object.entries(schema.properties ?? {})) {
    if (filled[name] !== undefined) filled[name] = fillIn(filled[name], own, schemas);
    else if (schema.required?.includes(name)) filled[name] = leastOf(own, schemas);
    else delete filled[name];
  }
  return filled;
}

function nearest(value: Record<string, unknown>, options: readonly Schema[], schemas: Schemas) {
  const filled = options.map((option) => fillIn(value, option, schemas) as Record<string, unknown>);
  const faults = filled.map((each, index) => faultsIn(each, options[index] ?? {}, schemas).length);
  return filled[faults.indexOf(Math.min(...faults))] ?? value;
}

function leastOf(schema: Schema, schemas: Schemas): unknown {
  if (schema.$ref !== undefined) return leastOf(referred(schema.$ref, schemas), schemas);
  if (isNullable(schema)) return null;
  if (schema.enum) return schema.enum[0];
  const [type] = [schema.type ?? []].flat();
  if (type === 'array') return [];
  if (type === 'boolean') return false;
  if (type === 'integer' || type === 'number') return Math.max(0, schema.minimum ?? 0);
  if (type === 'string') return leastString(schema);
  const [first] = schema.oneOf ?? schema.anyOf ?? [];
  return type === undefined && first ? leastOf(first, schemas) : fillIn({}, schema, schemas);
}

function leastString({ format, minLength = 0 }: Schema): string {
  if (format === 'uri') return 'https://github.invalid/';
  if (format === 'date-time') return '2011-01-26T19:01:12Z';
  return 'x'.repeat(minLength);
}

/**
 * Removes what a schema does not name: payloads show less of a repository in some places than in others. What
 * is sent is still checked.
 */
export function dropUnknown(value: unknown, schema: Schema, schemas: Schemas): unknown {
  if (schema.$ref !== undefined) return dropUnknown(value, referred(schema.$ref, schemas), schemas);
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((each) => dropUnknown(each, items, schemas)) : value;
  }
  if (!isObject(value)) return value;
  const known = propertiesOf(schema, schemas);
  const named = Object.entries(value).filter(([name]) => known === null || known.has(name));
  let kept: Record<string, unknown> = Object.fromEntries(
    named.map(([name, each]) => {
      const own = schema.properties?.[name];
      return [name, own ? dropUnknown(each, own, schemas) : each];
    }),
  );
  for (const each of schema.allOf ?? []) {
    const inside = Object.entries(each.properties ?? {}).filter(([name]) => isObject(kept[name]));
    kept = {
      ...kept,
      ...Object.fromEntries(inside.map(([name, own]) => [name, dropUnknown(kept[name], own, schemas)])),
    };
  }
  return kept;
}
