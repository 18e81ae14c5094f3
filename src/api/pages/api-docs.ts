// The API as a page for people: generated from the OpenAPI document, without any script.
import type { Api } from '../request/api.ts';

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: boolean | Schema;
  description?: string;
  format?: string;
}
interface Content {
  content?: Record<string, { schema?: Schema }>;
  description?: string;
}
interface Operation {
  summary?: string;
  'x-role'?: string | null;
  'x-audit'?: string | null;
  parameters?: Array<{ name: string; in: string; required?: boolean; schema?: Schema; description?: string }>;
  requestBody?: Content;
  responses?: Record<string, Content>;
}
export interface OpenApiDocument {
  info: { title: string; version: string; description?: string };
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** Types that nest more deeply get their own names. */
const depthMax = 6;
const csp =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const style = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code,pre{font:13px/1.5 ui-monospace,monospace}pre{overflow-x:auto;padding:.75rem;border:1px solid #8884;border-radius:.5rem}
summary{cursor:pointer;padding:.35rem 0}summary b{display:inline-block;min-width:4rem}h2{margin-top:2rem}`;

export function addDocs(api: Api, document: () => OpenApiDocument): void {
  let page: string | undefined;
  api.get('/api/docs', (c) => {
    page ??= docsPage(document());
    c.header('content-security-policy', csp);
    return c.html(page);
  });
}

export function docsPage({ info, paths = {}, components }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [operation(path, method, item[method])] : [])),
  );
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<h3 id="${escaped(name)}"><code>${escaped(name)}</code></h3><pre>${shape(schema, 0)}</pre>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(info.title)}: HTTP API</title><style>${style}</style></head><body>
<h1>${escaped(info.title)} ${escaped(info.version)}</h1><p>${escaped(info.description ?? '')} OpenAPI document: <a href="/api/openapi.json"><code>/api/openapi.json</code></a>.</p>
<h2>Calls</h2>${operations.join('\n')}<h2>Schemas</h2>${schemas.join('\n')}</body></html>`;
}

function operation(path: string, method: (typeof methods)[number], given: Operation): string {
  const { summary = '', parameters = [], requestBody, responses = {} } = given;
  const role = given['x-role'] ?? 'no token';
  const named = parameters.map(
    (each) =>
      `${escaped(each.name)}${each.required ? '' : '?'}: ${shape(each.schema, 0)} <i>${escaped([each.in, each.description].filter(Boolean).join('; '))}</i>`,
  );
  const answers = Object.entries(responses).map(
    ([status, answer]) =>
      `${escaped(status)} ${bodyShape(answer)} <i>${escaped(answer.description ?? '')}</i>`,
  );
  const parts = [
    ...(named.length > 0 ? ['<p>Parameters</p>', `<pre>${named.join('\n')}</pre>`] : []),
    ...(requestBody ? ['<p>Body</p>', `<pre>${bodyShape(requestBody)}</pre>`] : []),
    ...['<p>Answers</p>', `<pre>${answers.join('\n')}</pre>`],
  ];
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code> · ${escaped(summary)} <i>(${role})</i></summary>${parts.join('')}</details>`;
}

function bodyShape({ content = {} }: Content): string {
  const [first] = Object.values(content);
  return first ? shape(first.schema, 0) : '';
}

/** The schema in TypeScript notation. */
function shape(schema: Schema | undefined, depth: number): string {
  if (!schema) return 'unknown';
  if (schema.$ref) {
    const name = escaped(schema.$ref.split('/').at(-1) ?? '');
    return `<a href="#${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return escaped(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((each) => escaped(JSON.stringify(each))).join(' | ');
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return several.map((each) => shape(each, depth + 1)).join(' | ');
  if (schema.allOf) return schema.allOf.map((each) => shape(each, depth)).join(' &amp; ');
  if (depth > depthMax) return '…';
  if (schema.items) return `Array&lt;${shape(schema.items, depth + 1)}&gt;`;
  if (schema.properties) return fields(schema, depth);
  if (typeof schema.additionalProperties === 'object')
    return `Record&lt;string, ${shape(schema.additionalProperties, depth + 1)}&gt;`;
  const type = [schema.type ?? 'unknown'].flat().join(' | ');
  return escaped(schema.format ? `${type} (${schema.format})` : type);
}

function fields({ properties = {}, required = [] }: Schema, depth: number): string {
  const inset = '  '.repeat(depth + 1);
  const lines = Object.entries(properties).map(([name, each]) => {
    const note = each.description ? ` <i>// ${escaped(each.description)}</i>` : '';
    return `${inset}${escaped(name)}${required.includes(name) ? '' : '?'}: ${shape(each, depth + 1)};${note}`;
  });
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (found) => entities[found] ?? found);
}
