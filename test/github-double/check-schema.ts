import type { Schema } from '../../scripts/github-contract/schema.ts';

export type Schemas = Readonly<Record<string, Schema>>;

/**
 * What in a value is not as described, one sentence for each. Stricter than JSON Schema: a property that no schema
 * names is a fault, unless the schema says that others are welcome.
 */
export function faultsIn(value: unknown, schema: Schema, schemas: Schemas, path = ''): string[] {
  return check(value, schema, { schemas, path, mayHaveMore: false });
}

interface Where {
  schemas: Schemas;
  path: string;
  /** True while one part of a composed schema is checked: the others may name further properties. */
  mayHaveMore: boolean;
}

function check(value: unknown, schema: Schema, where: Where): string[] {
  if (schema.$ref !== undefined) return check(value, referred(schema.$ref, where.schemas), where);
  if (value === null && isNullable(schema)) return [];
  const part = { ...where, mayHaveMore: true };
  const faults = [
    ...ofType(value, schema, where.path),
    ...ofLimits(value, schema, where.path),
    ...(schema.allOf ?? []).flatMap((each) => check(value, each, part)),
    ...oneOfThem(value, schema.oneOf, part),
    ...oneOfThem(value, schema.anyOf, part),
  ];
  if (Array.isArray(value) && schema.items) {
    const { items } = schema;
    const inside = { ...where, mayHaveMore: false };
    faults.push(
      ...value.flatMap((each, index) => check(each, items, { ...inside, path: `${where.path}[${index}]` })),
    );
  }
  return isObject(value) ? [...faults, ...ofProperties(value, schema, where)] : faults;
}

function ofProperties(value: Record<string, unknown>, schema: Schema, where: Where): string[] {
  const at = (name: string) => (where.path === '' ? name : `${where.path}.${name}`);
  const missing = (schema.required ?? []).filter((name) => value[name] === undefined);
  const faults = missing.map((name) => `${at(name)} is missing`);
  const known = where.mayHaveMore ? null : propertiesOf(schema, where.schemas);
  for (const [name, each] of Object.entries(value)) {
    if (each === undefined) continue;
    const { additionalProperties: more } = schema;
    const own = schema.properties?.[name] ?? (typeof more === 'object' ? more : undefined);
    if (own) faults.push(...check(each, own, { ...where, mayHaveMore: false, path: at(name) }));
    else if (known !== null && !known.has(name)) faults.push(`${at(name)} is unknown to GitHub`);
  }
  return faults;
}

/** Every property that a schema names; null if it takes any. */
export function propertiesOf(schema: Schema, schemas: Schemas): Set<string> | null {
  const names = new Set<string>();
  const waiting = [schema];
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (each.additionalProperties) return null;
    for (const name of Object.keys(each.properties ?? {})) names.add(name);
    waiting.push(...(each.allOf ?? []), ...(each.oneOf ?? []), ...(each.anyOf ?? []));
    if (each.$ref !== undefined) waiting.push(referred(each.$ref, schemas));
  }
  return names.size === 0 ? null : names;
}

/** GitHub's alternatives overlap, so one that matches is enough; otherwise the nearest one shows what is wrong. */
function oneOfThem(value: unknown, options: Schema[] | undefined, where: Where): string[] {
  if (!options) return [];
  const tried = options.map((option) => check(value, option, where));
  return tried.reduce((best, each) => (each.length < best.length ? each : best));
}

function ofType(value: unknown, schema: Schema, path: string): string[] {
  const types = [schema.type ?? []].flat();
  const fits = types.length === 0 || types.some((type) => isOfType(value, type));
  if (!fits)
    return [`${path || 'the body'} is ${JSON.stringify(value)?.slice(0, 60)}, not ${types.join(' or ')}`];
  if (schema.enum && !schema.enum.includes(value)) {
    return [`${path || 'the body'} is ${JSON.stringify(value)}, not one of ${schema.enum.join(', ')}`];
  }
  return [];
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return type === 'object' ? isObject(value) : typeof value === type;
}

function ofLimits(value: unknown, schema: Schema, path: string): string[] {
  const says = (isWrong: boolean | undefined, what: string) => (isWrong ? [`${path} ${what}`] : []);
  if (typeof value === 'string') {
    const { format, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
    return [
      ...says(value.length < minLength || value.length > maxLength, `has ${value.length} characters`),
      ...says(
        pattern !== undefined && !new RegExp(pattern, 'u').test(value),
        `is '${value}', not ${pattern}`,
      ),
      ...says(format === 'uri' && !URL.canParse(value), `is '${value}', not an address`),
      ...says(format === 'date-time' && Number.isNaN(Date.parse(value)), `is '${value}', not a time`),
    ];
  }
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  if (typeof value === 'number') return says(value < minimum || value > maximum, `is ${value}`);
  const {
    minItems = 0,
    maxItems = Number.POSITIVE_INFINITY,
    maxProperties = Number.POSITIVE_INFINITY,
  } = schema;
  if (Array.isArray(value))
    return says(value.length < minItems || value.length > maxItems, `has ${value.length} items`);
  return isObject(value) ? says(Object.keys(value).length > maxProperties, 'has too many properties') : [];
}

export function isNullable(schema: Schema): boolean {
  return schema.nullable === true || [schema.type ?? []].flat().includes('null');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function referred(name: string, schemas: Schemas): Schema {
  const schema = schemas[name];
  if (!schema) throw new Error(`The extract lacks the schema ${name}`);
  return schema;
}
