import type { Document, Selection, Value } from './parse.ts';

/** What resolvers give: plain values, further objects, and functions for fields that take arguments or act. */
export type Resolved =
  | string
  | number
  | boolean
  | null
  | undefined
  | Resolved[]
  | { [field: string]: Resolved | ((args: Record<string, unknown>) => Resolved) };

/** A refusal within an answer that still has the status 200. */
export class GraphqlError extends Error {
  readonly type: string | undefined;

  constructor(message: string, type?: string) {
    super(message);
    this.type = type;
  }
}

interface Told {
  type?: string;
  path: string[];
  locations: { line: number; column: number }[];
  message: string;
}

/** A field that throws is null, and its error is returned beside the data. */
export function executeGraphql(
  document: Document,
  variables: Readonly<Record<string, unknown>>,
  root: Resolved,
): { data: unknown; errors?: Told[] } {
  const errors: Told[] = [];
  const select = (source: Resolved, selections: readonly Selection[], path: readonly string[]): unknown => {
    if (source === null || source === undefined) return null;
    if (Array.isArray(source)) return source.map((each) => select(each, selections, path));
    if (typeof source !== 'object' || selections.length === 0) return source;
    const shown: Record<string, unknown> = {};
    for (const { field, alias, args, selections: inner } of selections) {
      if (field === null) Object.assign(shown, select(source, inner, path));
      else {
        const here = [...path, alias];
        shown[alias] = attempt(here, () => {
          const value = source[field];
          const given = Object.fromEntries(
            Object.entries(args).map(([name, each]) => [name, plainValue(each, variables)]),
          );
          return select(typeof value === 'function' ? value(given) : value, inner, here);
        });
      }
    }
    return shown;
  };
  const attempt = (path: string[], act: () => unknown): unknown => {
    try {
      return act();
    } catch (cause) {
      if (!(cause instanceof GraphqlError)) throw cause;
      const { message, type } = cause;
      errors.push({
        ...(type !== undefined && { type }),
        path,
        locations: [{ line: 1, column: 1 }],
        message,
      });
      return null;
    }
  };
  const data = select(root, document.selections, []);
  return errors.length > 0 ? { data, errors } : { data };
}

function plainValue(value: Value, variables: Readonly<Record<string, unknown>>): unknown {
  if (value.kind === 'variable') return variables[value.name];
  if (value.kind === 'enum') return value.name;
  if (value.kind === 'plain') return value.value;
  if (value.kind === 'list') return value.items.map((each) => plainValue(each, variables));
  return Object.fromEntries(
    Object.entries(value.fields).map(([name, each]) => [name, plainValue(each, variables)]),
  );
}
