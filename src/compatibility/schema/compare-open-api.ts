// Compares two versions of an OpenAPI 3 document. Users send requests, which may only accept more than before; they
// read responses, which may only contain what users expect.
import { type ContractFile, type Findings, type Pair, type Side, Unreadable } from '../comparison.ts';
import { compareSchemas } from './compare-schemas.ts';
import { type Compared, type Flow, isEqual, SeenPairs } from './compared.ts';
import {
  atPointer,
  isMembers,
  listOf,
  type Members,
  memberOf,
  membersOf,
  readDocument,
  shown,
} from './read-document.ts';
import type { Root } from './root.ts';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

interface Documents {
  before: Root;
  after: Root;
  findings: Findings;
  seen: Readonly<Record<Flow, SeenPairs>>;
}

export function compareOpenApi(pair: Pair, findings: Findings): void {
  const documents: Documents = {
    before: readRoot(pair.before, 'before'),
    after: readRoot(pair.after, 'after'),
    findings,
    seen: { sent: new SeenPairs(), read: new SeenPairs(), both: new SeenPairs() },
  };
  compareSchemes(documents);
  const are = new Map(Object.entries(pathsOf(documents.after)).map((each) => [unnamed(each[0]), each]));
  for (const [path, item] of Object.entries(pathsOf(documents.before))) {
    const [pathNow = path, itemNow] = are.get(unnamed(path)) ?? [];
    const was = { path, item: followed(item, documents.before) };
    comparePath(documents, was, { path: pathNow, item: followed(itemNow, documents.after) });
  }
}

function readRoot(file: ContractFile, side: Side): Root {
  const document = readDocument(file, side);
  const version = memberOf(document, 'openapi');
  if (typeof version === 'string' && version.startsWith('3.')) return { side, document };
  throw new Unreadable(side, 'it is not an OpenAPI 3 document');
}

const pathsOf = ({ document }: Root) => membersOf(document, 'paths');
/** Replaces parameter names in a path, which do not matter to users. */
const unnamed = (path: string) => path.replace(/\{[^}]*\}/g, '{}');

function followed(given: unknown, { document }: Root): Members {
  const ref = memberOf(given, '$ref');
  const found = typeof ref === 'string' ? atPointer(document, ref) : given;
  return isMembers(found) ? found : {};
}

interface PathItem {
  path: string;
  item: Members;
}

function comparePath(documents: Documents, before: PathItem, after: PathItem): void {
  const { path } = before;
  for (const method of methods) {
    const [was, is] = [memberOf(before.item, method), memberOf(after.item, method)];
    if (!isMembers(was)) continue;
    const name = `${method.toUpperCase()} ${path}`;
    documents.findings.look(0);
    if (!isMembers(is)) {
      documents.findings.add(name, shown(memberOf(was, 'summary') ?? name), null, `${name} was removed.`);
      continue;
    }
    const parameters = [
      parametersOf(before, was, documents.before),
      parametersOf(after, is, documents.after),
    ] as const;
    compareParameters(documents, name, ...parameters);
    compareBodies(documents, name, was, is);
    compareResponses(documents, name, membersOf(was, 'responses'), membersOf(is, 'responses'));
    compareSecurity(documents, name, was, is);
  }
}

/** Keyed by place and name; parameters in a path are keyed by position, because their names do not matter. */
function parametersOf({ path, item }: PathItem, operation: Members, root: Root): Map<string, Members> {
  const all = [...listOf(item, 'parameters'), ...listOf(operation, 'parameters')].map((each) =>
    followed(each, root),
  );
  const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
  const named = all.flatMap((parameter): [string, Members][] => {
    const [place, name] = [memberOf(parameter, 'in'), memberOf(parameter, 'name')];
    if (typeof place !== 'string' || typeof name !== 'string') return [];
    if (place === 'path')
      return names.includes(name) ? [[`${inPath}${names.indexOf(name) + 1}`, parameter]] : [];
    return [[`${place} parameter ${place === 'header' ? name.toLowerCase() : name}`, parameter]];
  });
  return new Map(named);
}

const inPath = 'path parameter ';

function compareParameters(
  documents: Documents,
  name: string,
  before: ReadonlyMap<string, Members>,
  after: ReadonlyMap<string, Members>,
): void {
  const isNeeded = (parameter: Members | undefined) => memberOf(parameter, 'required') === true;
  const { findings } = documents;
  for (const [key, was] of before) {
    const is = after.get(key);
    const member = `${name} ${key}`;
    if (!is && key.startsWith(inPath)) continue;
    if (!is) findings.add(member, shown(was), null, `${member} was removed.`);
    else
      compareIn(documents, 'sent', member, memberOf(was, 'schema') ?? true, memberOf(is, 'schema') ?? true);
  }
  for (const [key, is] of after)
    if (isNeeded(is) && !isNeeded(before.get(key)) && !key.startsWith(inPath)) {
      const was = before.has(key) ? 'optional' : null;
      const message = `${name} ${key} is now required: requests without it are refused.`;
      findings.add(`${name} ${key}`, was, 'required', message);
    }
}

function compareBodies(documents: Documents, name: string, before: Members, after: Members): void {
  const was = followed(memberOf(before, 'requestBody'), documents.before);
  const is = followed(memberOf(after, 'requestBody'), documents.after);
  const member = `${name} body`;
  if (memberOf(is, 'required') === true && memberOf(was, 'required') !== true)
    documents.findings.add(member, 'optional', 'required', `${member} is now required.`);
  compareContent(documents, 'sent', member, membersOf(was, 'content'), membersOf(is, 'content'));
}

function compareResponses(documents: Documents, name: string, before: Members, after: Members): void {
  for (const [status, response] of Object.entries(before)) {
    const member = `${name} ${status}`;
    if (!Object.hasOwn(after, status)) {
      documents.findings.add(member, shown(response), null, `${name} no longer answers with ${status}.`);
      continue;
    }
    const was = followed(response, documents.before);
    const is = followed(after[status], documents.after);
    compareContent(documents, 'read', member, membersOf(was, 'content'), membersOf(is, 'content'));
    compareHeaders(documents, member, was, is);
  }
}

function compareContent(
  documents: Documents,
  flow: Flow,
  member: string,
  before: Members,
  after: Members,
): void {
  for (const [type, media] of Object.entries(before)) {
    if (!Object.hasOwn(after, type)) {
      documents.findings.add(member, type, null, `${member} no longer has the type ${type}.`);
      continue;
    }
    const [was, is] = [memberOf(media, 'schema') ?? true, memberOf(after[type], 'schema') ?? true];
    compareIn(documents, flow, member, was, is);
  }
}

function compareSecurity(documents: Documents, name: string, before: Members, after: Members): void {
  const [was, is] = [securityOf(before, documents.before), securityOf(after, documents.after)];
  const lost = was.filter((way) => !is.some((other) => isEqual(way, other)));
  const isOpen = was.length === 0;
  if (isOpen ? is.length === 0 || is.some((way) => isEqual(way, {})) : lost.length === 0 || is.length === 0)
    return;
  const message = isOpen ? `${name} now needs a login.` : `${name} no longer accepts a way to log in.`;
  documents.findings.add(name, shown(was), shown(is), message);
}

const schemeFields = ['type', 'in', 'name', 'scheme', 'openIdConnectUrl'] as const;

/** A changed login scheme with the same name breaks users: the server refuses the keys that they still send. */
function compareSchemes({ before, after, findings }: Documents): void {
  const schemesOf = (root: Root) => membersOf(membersOf(root.document, 'components'), 'securitySchemes');
  const are = schemesOf(after);
  for (const [name, given] of Object.entries(schemesOf(before))) {
    findings.look(0);
    if (!Object.hasOwn(are, name)) continue;
    const [was, is] = [followed(given, before), followed(are[name], after)];
    if (schemeFields.every((field) => isEqual(memberOf(was, field), memberOf(is, field)))) continue;
    findings.add(`login ${name}`, shown(was), shown(is), `The way to log in ${name} works in another way.`);
  }
}

/** Responses may get more headers; header names are case-insensitive. */
function compareHeaders({ findings }: Documents, member: string, before: Members, after: Members): void {
  const are = new Set(Object.keys(membersOf(after, 'headers')).map((each) => each.toLowerCase()));
  for (const [name, header] of Object.entries(membersOf(before, 'headers')))
    if (!are.has(name.toLowerCase()))
      findings.add(
        `${member} header ${name.toLowerCase()}`,
        shown(header),
        null,
        `${member} no longer has the header ${name}.`,
      );
}

function securityOf(operation: Members, { document }: Root): readonly unknown[] {
  return Array.isArray(memberOf(operation, 'security'))
    ? listOf(operation, 'security')
    : listOf(document, 'security');
}

function compareIn(documents: Documents, flow: Flow, member: string, was: unknown, is: unknown): void {
  const { before, after, findings, seen } = documents;
  const compared: Compared = { before, after, flow, findings, seen: seen[flow] };
  compareSchemas(compared, member, was, is);
}
