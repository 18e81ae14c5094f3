// The part of JSON Schema that GitHub's description uses, and the removal of prose from its schemas.

export interface Schema {
  /** The name of a schema of the same extract. */
  $ref?: string;
  type?: string | string[];
  nullable?: boolean;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxProperties?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

type Raw = Readonly<Record<string, unknown>>;

const kept = new Set(
  'type nullable enum format pattern minLength maxLength minimum maximum minItems maxItems maxProperties required'.split(
    ' ',
  ),
);
const prose = new Set(
  'title description example examples default deprecated readOnly uniqueItems discriminator x-github x-github-breaking-changes'.split(
    ' ',
  ),
);

/**
 * Removes the prose, and shortens references to the name. Calls `onRef` for each reference.
 * @throws for a JSON Schema keyword that the double does not check
 */
export function bareSchema(raw: unknown, onRef: (name: string) => void): Schema {
  const schema: Record<string, unknown> = {};
  const bare = (each: unknown) => bareSchema(each, onRef);
  for (const [word, value] of Object.entries(raw as Raw).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (prose.has(word)) continue;
    if (kept.has(word)) schema[word] = value;
    else if (word === '$ref') {
      schema.$ref = nameIn(String(value));
      onRef(String(schema.$ref));
    } else if (word === 'items') schema.items = bare(value);
    else if (word === 'additionalProperties') schema[word] = typeof value === 'boolean' ? value : bare(value);
    else if (word === 'allOf' || word === 'anyOf' || word === 'oneOf')
      schema[word] = (value as unknown[]).map(bare);
    else if (word === 'properties')
      schema[word] = Object.fromEntries(
        Object.entries(value as Raw).map(([name, each]) => [name, bare(each)]),
      );
    else throw new Error(`The double cannot check '${word}' in ${JSON.stringify(raw).slice(0, 200)}`);
  }
  return schema;
}

export function nameIn(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
