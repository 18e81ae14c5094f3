import { bareSchema, nameIn, type Schema } from './schema.ts';
import { shareParts } from './share-parts.ts';

/** The part of an OpenAPI document that the extract needs. */
export interface OpenApi {
  paths: Record<string, Record<string, RawOperation>>;
  webhooks?: Record<string, { post: RawOperation }>;
  components: { schemas: Record<string, unknown>; [kind: string]: Record<string, unknown> };
}

interface RawOperation {
  operationId: string;
  externalDocs: { url: string };
  parameters?: unknown[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, unknown>;
}
type Content = Record<string, { schema: unknown }>;

export interface Operation {
  /** The page of GitHub's documentation. */
  docs: string;
  path: Record<string, Schema>;
  query: Record<string, { isRequired: boolean; schema: Schema }>;
  body: { isRequired: boolean; schema: Schema } | null;
  /** The schema of the body by status; null if the answer has no JSON body. */
  answers: Record<string, Schema | null>;
}

export interface Extract<Entry> {
  entries: Record<string, Entry>;
  schemas: Record<string, Schema>;
}

export function extractOperations(api: OpenApi, wanted: readonly string[]): Extract<Operation> {
  const schemas = collectSchemas(api);
  const entries = wanted.map((key): [string, Operation] => {
    const [method = '', path = ''] = key.split(' ');
    const raw = api.paths[path]?.[method.toLowerCase()];
    if (!raw) throw new Error(`GitHub does not describe ${key}`);
    return [key, operationOf(raw, api, schemas.bare)];
  });
  return { entries: Object.fromEntries(entries), schemas: schemas.reached() };
}

function operationOf(raw: RawOperation, api: OpenApi, bare: (raw: unknown) => Schema): Operation {
  const found = (each: unknown) =>
    resolved<{ name: string; in: string; required?: boolean; schema: unknown }>(api, each);
  const parameters = (raw.parameters ?? []).map(found);
  const inPlace = (place: string) => parameters.filter((each) => each.in === place);
  const body = raw.requestBody?.content['application/json']?.schema;
  return {
    docs: raw.externalDocs.url,
    path: Object.fromEntries(inPlace('path').map((each) => [each.name, bare(each.schema)])),
    query: Object.fromEntries(
      inPlace('query').map((each) => [
        each.name,
        { isRequired: each.required === true, schema: bare(each.schema) },
      ]),
    ),
    body: body === undefined ? null : { isRequired: raw.requestBody?.required === true, schema: bare(body) },
    answers: Object.fromEntries(
      Object.entries(raw.responses).map(([status, answer]) => {
        const schema = resolved<{ content?: Content }>(api, answer).content?.['application/json']?.schema;
        return [status, schema === undefined ? null : bare(schema)];
      }),
    ),
  };
}

/** By `event` or `event.action`: the schema of the payload. */
export function extractWebhooks(
  api: OpenApi,
  wanted: Readonly<Record<string, readonly string[]>>,
): Extract<Schema> {
  const schemas = collectSchemas(api);
  const described = new Map(
    Object.values(api.webhooks ?? {}).map(({ post }) => {
      const event = post.externalDocs.url.split('#')[1] ?? '';
      const action = post.operationId.split('/')[1]?.replaceAll('-', '_');
      const name = action === undefined ? event : `${event}.${action}`;
      return [name, post.requestBody?.content['application/json']?.schema] as const;
    }),
  );
  const names = Object.entries(wanted).flatMap(([event, actions]) =>
    actions.map((action) => (action === '' ? event : `${event}.${action}`)),
  );
  const entries = names.map((name): [string, Schema] => {
    const schema = described.get(name);
    if (schema === undefined) throw new Error(`GitHub does not describe the webhook ${name}`);
    return [name, schemas.bare(schema)];
  });
  const { shared, parts } = shareParts(schemas.reached());
  return { entries: Object.fromEntries(entries), schemas: { ...shared, ...parts } };
}

/** Removes the prose from schemas, and keeps the schemas that they refer to. */
function collectSchemas(api: OpenApi) {
  const reached: Record<string, Schema> = {};
  const waiting: string[] = [];
  const bare = (raw: unknown) => bareSchema(raw, (name) => waiting.push(name));
  return {
    bare,
    reached() {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        if (!(name in reached)) reached[name] = bare(api.components.schemas[name]);
      }
      return reached;
    },
  };
}

function resolved<T>(api: OpenApi, value: unknown): T {
  const reference = (value as { $ref?: string }).$ref;
  if (reference === undefined) return value as T;
  const kind = reference.split('/').at(-2) ?? '';
  return api.components[kind]?.[nameIn(reference)] as T;
}

/** One line for each operation, webhook and schema, so that diffs between versions are readable. */
export function printExtract(source: { name: string; version: string }, extract: Extract<unknown>): string {
  const lines = (of: Record<string, unknown>) =>
    Object.keys(of)
      .sort()
      .map((name) => `${JSON.stringify(name)}: ${JSON.stringify(of[name])}`)
      .join(',\n');
  const from = JSON.stringify(`${source.name}@${source.version}`);
  return `{"from": ${from},\n"entries": {\n${lines(extract.entries)}\n},\n"schemas": {\n${lines(extract.schemas)}\n}}\n`;
}
