import { readFileSync } from 'node:fs';
import type { Extract, Operation } from '../../scripts/github-contract/extract.ts';
import type { Schema } from '../../scripts/github-contract/schema.ts';
import { faultsIn } from './check-schema.ts';
import { dropUnknown, fillIn } from './fill-in.ts';
import { isUndescribed, isUndescribedNull } from './undescribed.ts';

// GitHub's own description of its operations and webhooks, as `scripts/github-contract.ts` extracts it.

export interface Found {
  /** Such as `GET /repos/{owner}/{repo}`. */
  key: string;
  operation: Operation;
  params: Record<string, string>;
}

const read = <Entry>(file: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/github/${file}`, import.meta.url), 'utf8')) as Extract<Entry>;
const operations = read<Operation>('operations.json');
const webhooks = read<Schema>('webhooks.json');

const routes = Object.entries(operations.entries).map(([key, operation]) => {
  const [method = '', path = ''] = key.split(' ');
  const parts = path.split('/').slice(1);
  return { key, operation, method, parts };
});

/** Parameters that may hold slashes. */
const deep = new Set(['{ref}', '{branch}', '{basehead}']);

/** Prefers the operation with more fixed parts: `pulls/comments/1` is no pull request called `comments`. */
export function findOperation(method: string, path: string): Found | null {
  const given = path.split('/').slice(1);
  const found = routes.flatMap(({ key, operation, method: own, parts }) => {
    const params = own === method ? paramsOf(parts, given) : null;
    return params ? [{ key, operation, params, fixed: parts.length - Object.keys(params).length }] : [];
  });
  return found.sort((a, b) => b.fixed - a.fixed)[0] ?? null;
}

function paramsOf(parts: readonly string[], given: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const after = parts.length - index - 1;
    const length = deep.has(part) ? given.length - at - after : 1;
    if (length < 1 || at + length > given.length) return null;
    const value = given.slice(at, at + length).join('/');
    if (part.startsWith('{')) params[part.slice(1, -1)] = decodeURIComponent(value);
    else if (part !== value) return null;
    at += length;
  }
  return at === given.length ? params : null;
}

/** What in a request GitHub does not describe. GitHub would ignore much of it in silence. */
export function faultsOfRequest(
  { operation, params }: Found,
  query: URLSearchParams,
  body: unknown,
): string[] {
  const { schemas } = operations;
  const faults = Object.entries(params).flatMap(([name, value]) => {
    const schema = operation.path[name];
    return faultsIn(asTyped(value, schema), schema ?? {}, schemas, `path parameter ${name}`);
  });
  for (const [name, value] of query) {
    const schema = operation.query[name]?.schema;
    if (!schema) faults.push(`query parameter ${name} is unknown to GitHub`);
    else faults.push(...faultsIn(asTyped(value, schema), schema, schemas, `query parameter ${name}`));
  }
  for (const [name, { isRequired }] of Object.entries(operation.query)) {
    if (isRequired && !query.has(name)) faults.push(`query parameter ${name} is missing`);
  }
  if (body === undefined) return operation.body?.isRequired ? [...faults, 'the body is missing'] : faults;
  if (operation.body === null) return [...faults, 'the operation takes no body'];
  return [...faults, ...faultsIn(body, operation.body.schema, schemas)];
}

function asTyped(value: string, schema: Schema | undefined): unknown {
  const type = schema?.type ?? schema?.oneOf?.[0]?.type;
  if (type === 'integer' || type === 'number') return Number(value);
  return type === 'boolean' ? value === 'true' : value;
}

/** Completes an answer of the double with what GitHub always sends. */
export function completeAnswer({ operation }: Found, status: number, body: unknown): unknown {
  const schema = operation.answers[String(status)];
  return schema && body !== undefined ? fillIn(body, schema, operations.schemas) : body;
}

/** What in an answer of the double is not as GitHub describes it. */
export function faultsOfAnswer({ key, operation }: Found, status: number, body: unknown): string[] {
  if (isUndescribed(key, status)) return [];
  const schema = operation.answers[String(status)];
  if (schema === undefined) return [`the status ${status} is unknown to GitHub`];
  if (schema === null) return body === undefined ? [] : ['there should be no body'];
  const faults = faultsIn(status < 400 ? body : withoutStatus(body), schema, operations.schemas);
  return faults.filter((fault) => !isUndescribedNull(key, fault));
}

/** All errors have had their status in the body since 2024; few descriptions say so. */
function withoutStatus(body: unknown): unknown {
  const { status: _, ...rest } = body as Record<string, unknown>;
  return rest;
}

/** @param name such as `pull_request.opened` or `push` */
export function completeWebhook(name: string, payload: unknown): { payload: unknown; faults: string[] } {
  const schema = webhooks.entries[name];
  if (!schema) return { payload, faults: [`the webhook ${name} is not in the extract`] };
  const filled = fillIn(dropUnknown(payload, schema, webhooks.schemas), schema, webhooks.schemas);
  return { payload: filled, faults: faultsIn(filled, schema, webhooks.schemas) };
}
