// Extracts the fields that Moose uses from GitHub's GraphQL schema.

interface TypeRef {
  kind: string;
  name: string | null;
  ofType: TypeRef | null;
}

interface Named {
  name: string;
  type: TypeRef;
}

/** The part of an introspection result that is read. */
export interface Introspection {
  data?: Introspection;
  __schema: {
    types: {
      name: string;
      kind: string;
      fields: (Named & { args: Named[] })[] | null;
      inputFields: Named[] | null;
      enumValues: { name: string }[] | null;
    }[];
  };
}

export interface GraphqlField {
  /** The type as in a query: `[PullRequest!]!`. */
  type: string;
  args: Record<string, string>;
}

export interface GraphqlExtract {
  from: string;
  types: Record<string, Record<string, GraphqlField>>;
  /** For input objects: the type of each field. */
  inputs: Record<string, Record<string, string>>;
  enums: Record<string, string[]>;
}

export function extractGraphql(
  from: string,
  given: Introspection,
  wanted: Readonly<Record<string, readonly string[]>>,
): GraphqlExtract {
  const all = new Map((given.data ?? given).__schema.types.map((type) => [type.name, type]));
  const extract: GraphqlExtract = { from, types: {}, inputs: {}, enums: {} };
  const waiting: string[] = [];
  const written = (type: TypeRef): string => {
    if (type.kind === 'NON_NULL' && type.ofType) return `${written(type.ofType)}!`;
    if (type.kind === 'LIST' && type.ofType) return `[${written(type.ofType)}]`;
    return type.name ?? '';
  };
  const asInput = (type: TypeRef): string => {
    const text = written(type);
    waiting.push(text.replace(/[[\]!]/g, ''));
    return text;
  };
  const typed = (fields: readonly Named[]) =>
    Object.fromEntries(fields.map(({ name, type }) => [name, asInput(type)]));
  for (const [name, fields] of Object.entries(wanted)) {
    extract.types[name] = Object.fromEntries(
      fields.map((field) => {
        const found = all.get(name)?.fields?.find((each) => each.name === field);
        if (!found) throw new Error(`GitHub's GraphQL schema has no ${name}.${field}`);
        return [field, { type: asInput(found.type), args: typed(found.args) }];
      }),
    );
  }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const type = all.get(name);
    if (type?.kind === 'ENUM') extract.enums[name] = (type.enumValues ?? []).map((each) => each.name);
    else if (type?.inputFields && !(name in extract.inputs)) extract.inputs[name] = typed(type.inputFields);
  }
  return extract;
}

/** One line for each type. */
export function printGraphql({ from, types, inputs, enums }: GraphqlExtract): string {
  const lines = (of: Record<string, unknown>) =>
    Object.keys(of)
      .sort()
      .map((name) => `${JSON.stringify(name)}: ${JSON.stringify(of[name])}`)
      .join(',\n');
  const parts = Object.entries({ types, inputs, enums }).map(
    ([name, part]) => `"${name}": {\n${lines(part)}\n}`,
  );
  return `{"from": ${JSON.stringify(from)},\n${parts.join(',\n')}}\n`;
}
