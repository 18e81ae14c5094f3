import { readFileSync } from 'node:fs';
import type { GraphqlExtract } from '../../../scripts/github-contract/extract-graphql.ts';
import type { Document, Selection, Value } from './parse.ts';

const extract = JSON.parse(
  readFileSync(new URL('../../fixtures/github/graphql.json', import.meta.url), 'utf8'),
) as GraphqlExtract;

const bare = (type: string) => type.replace(/[[\]!]/g, '');

/** What in a query, or in its variables, is not as GitHub's schema has it. */
export function faultsOfQuery(document: Document, variables: Readonly<Record<string, unknown>>): string[] {
  const declared = new Map(document.variables.map(({ name, type }) => [name, type]));
  const used = new Set<string>();
  const faults = ofSelections(document.selections, document.kind === 'query' ? 'Query' : 'Mutation', {
    declared,
    used,
  });
  for (const [name, type] of declared) {
    if (!used.has(name)) faults.push(`Variable $${name} is declared but not used`);
    faults.push(...ofGiven(variables[name], type, `Variable $${name}`));
  }
  for (const name of Object.keys(variables)) {
    if (!declared.has(name)) faults.push(`Variable $${name} is given but not declared`);
  }
  return faults;
}

interface Scope {
  declared: ReadonlyMap<string, string>;
  used: Set<string>;
}

function ofSelections(selections: readonly Selection[], typeName: string, scope: Scope): string[] {
  return selections.flatMap(({ field, args, on, selections: inner }) => {
    if (field === '__typename') return [];
    if (field === null) return ofSelections(inner, on ?? typeName, scope);
    const found = extract.types[typeName]?.[field];
    if (!found) return [`Field '${field}' doesn't exist on type '${typeName}', or is not in the extract`];
    const isObject = bare(found.type) in extract.types;
    const shape =
      isObject === inner.length > 0
        ? []
        : [`Field '${field}' of ${typeName} ${isObject ? 'must' : 'cannot'} have selections`];
    const missing = Object.entries(found.args).filter(
      ([name, type]) => type.endsWith('!') && !(name in args),
    );
    const wanting = missing.map(([name]) => `Field '${field}' is missing required arguments: ${name}`);
    const wrong = Object.entries(args).flatMap(([name, value]) => {
      const type = found.args[name];
      if (type === undefined) return [`Field '${field}' doesn't accept argument '${name}'`];
      return ofValue(value, type, `argument ${name} of ${field}`, scope);
    });
    return [...shape, ...wanting, ...wrong, ...ofSelections(inner, bare(found.type), scope)];
  });
}

function ofValue(value: Value, type: string, where: string, scope: Scope): string[] {
  if (value.kind === 'variable') {
    scope.used.add(value.name);
    const own = scope.declared.get(value.name);
    if (own === undefined) return [`Variable $${value.name} is used but not declared`];
    return own === type || own === `${type}!`
      ? []
      : [`Type mismatch on variable $${value.name} and ${where} (${own} / ${type})`];
  }
  if (value.kind === 'object') {
    const fields = extract.inputs[bare(type)];
    if (!fields) return [`${where} is no ${type}`];
    const unknown = Object.keys(value.fields).filter((name) => !(name in fields));
    const missing = Object.entries(fields).filter(
      ([name, own]) => own.endsWith('!') && !(name in value.fields),
    );
    return [
      ...unknown.map((name) => `InputObject '${bare(type)}' doesn't accept argument '${name}'`),
      ...missing.map(([name]) => `Argument '${name}' on InputObject '${bare(type)}' is required`),
      ...Object.entries(value.fields).flatMap(([name, each]) =>
        ofValue(each, fields[name] ?? '', `${where}.${name}`, scope),
      ),
    ];
  }
  if (value.kind === 'enum') {
    return extract.enums[bare(type)]?.includes(value.name) ? [] : [`${where} is ${value.name}, no ${type}`];
  }
  return value.kind === 'list' ? [] : ofGiven(value.value, type, where);
}

const kinds: Readonly<Record<string, string>> = {
  Int: 'number',
  Boolean: 'boolean',
  String: 'string',
  ID: 'string',
};

function ofGiven(value: unknown, type: string, where: string): string[] {
  if (value === undefined || value === null)
    return type.endsWith('!') ? [`${where} of type ${type} was provided invalid value`] : [];
  const named = bare(type);
  if (Array.isArray(value) && type.startsWith('['))
    return value.flatMap((each, at) => ofGiven(each, type.replace(/^\[|\]!?$/g, ''), `${where}[${at}]`));
  const fields = extract.inputs[named];
  if (fields) return ofGivenFields(value as Record<string, unknown>, fields, `${where} of type ${named}`);
  const isOfType =
    extract.enums[named]?.includes(String(value)) ?? (kinds[named] ?? typeof value) === typeof value;
  return isOfType ? [] : [`${where} of type ${type} was provided invalid value: ${JSON.stringify(value)}`];
}

function ofGivenFields(
  value: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, string>>,
  where: string,
): string[] {
  const unknown = Object.keys(value).filter((name) => !(name in fields));
  return [
    ...unknown.map((name) => `${where} was provided invalid value for ${name} (Field is not defined)`),
    ...Object.entries(fields).flatMap(([name, type]) => ofGiven(value[name], type, `${where}: ${name}`)),
  ];
}
