// Every stable error code in the sources, with its message and advice as far as they are literals. The codes are read
// from the syntax trees, so a new code in `src` must also be added to the document that lists them.

import { fileURLToPath } from 'node:url';
import type { FailureCategory } from '../../src/domain/failure.ts';
import { isNode, type Node, nameOf, nodesOf, sourceFiles } from '../../test/source-files.ts';

export interface ErrorCode {
  code: string;
  category: FailureCategory | null;
  /** Null if the message is not in the sources, such as an agent's own message. */
  message: string | null;
  advice: string | null;
  /** The files that use the code, relative to the root. */
  paths: string[];
}

/** The placeholder for what is filled in at run time. */
const filledIn = '…';

const codePattern = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
const longCodePattern = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;

const categoryOfClass: Record<string, FailureCategory> = {
  TransientError: 'transient',
  PermanentError: 'permanent',
  ConfigurationError: 'configuration',
  ExternalServiceError: 'external',
};

/** Functions that create an error of one category from a code and its texts. */
const categoryOfCall: Record<string, FailureCategory> = {
  misconfigured: 'configuration',
  notNow: 'transient',
  refusal: 'configuration',
  refused: 'permanent',
};

/** Words in capitals that are not codes of Moose. */
const foreign: readonly { pattern: RegExp; because: string }[] = [
  { pattern: /_(?:API_KEY|BASE_URL)$/, because: 'names of environment variables' },
  { pattern: /^E[A-Z]+$/, because: "the operating system's" },
];

export function errorCodes(): ErrorCode[] {
  const rootPath = fileURLToPath(new URL('../..', import.meta.url));
  const files = sourceFiles(rootPath, ['src', 'chaos'], /\.ts$/).filter(
    ({ path }) => !/\.(test|fixture)\.ts$/.test(path),
  );
  const found = files.flatMap((file) => {
    const nodes = nodesOf(file);
    const categories = categoriesOf(nodes);
    const stated = nodes.flatMap((node) => [
      ...fromObject(node, categories),
      ...fromCall(node),
      ...fromMap(node),
    ]);
    return stated.map((each) => ({ ...each, paths: [file.path] }));
  });
  return merge(found.filter(({ code }) => !foreign.some(({ pattern }) => pattern.test(code))));
}

type Stated = Omit<ErrorCode, 'paths'>;

/** The category of the object in `new TransientError({ … })` and similar calls. */
function categoriesOf(nodes: readonly Node[]): Map<unknown, FailureCategory> {
  const categories = new Map<unknown, FailureCategory>();
  for (const node of nodes) {
    if (node.type !== 'NewExpression' && node.type !== 'CallExpression') continue;
    const name = nameOf(node.callee) ?? '';
    const category = node.type === 'NewExpression' ? categoryOfClass[name] : categoryOfCall[name];
    if (category) categories.set(argumentsOf(node)[0], category);
  }
  return categories;
}

/** Reads `{ code: 'X', message: …, advice: … }`. */
function fromObject(node: Node, categories: ReadonlyMap<unknown, FailureCategory>): Stated[] {
  const code = propertyOf(node, 'code');
  if (!code) return [];
  const said = textsOf(propertyOf(node, 'category'))[0] as FailureCategory | undefined;
  const stated = {
    category: categories.get(node) ?? said ?? null,
    message: textsOf(propertyOf(node, 'message'))[0] ?? null,
    advice: textsOf(propertyOf(node, 'advice'))[0] ?? null,
  };
  return textsOf(code)
    .filter((text) => codePattern.test(text.replace(filledIn, 'X')))
    .map((text) => ({ code: text, ...stated }));
}

/** Reads `refusal('X', message, { advice })`, or a call with the advice as the last argument. */
function fromCall(node: Node): Stated[] {
  const callee = nameOf(node.callee);
  const category = callee === null ? undefined : categoryOfCall[callee];
  if (node.type !== 'CallExpression' || category === undefined) return [];
  const [code, ...rest] = argumentsOf(node);
  const texts = rest.flatMap((argument) => textsOf(argument).slice(0, 1));
  const advice = rest
    .map((argument) => textsOf(propertyOf(argument, 'advice'))[0])
    .find((text) => text !== undefined);
  return textsOf(code)
    .filter((text) => longCodePattern.test(text))
    .map((text) => ({
      code: text,
      category,
      message: (advice === undefined ? texts.slice(0, -1) : texts).join(' ') || null,
      advice: advice ?? texts.at(-1) ?? null,
    }));
}

/** Reads a table whose values are all codes. */
function fromMap(node: Node): Stated[] {
  if (node.type !== 'ObjectExpression' || !Array.isArray(node.properties)) return [];
  const values = node.properties.map((property: Node) => textsOf(property.value)[0] ?? '');
  if (values.length < 2 || propertyOf(node, 'code') || !values.every((text) => longCodePattern.test(text)))
    return [];
  return values.map((code) => ({ code, category: null, message: null, advice: null }));
}

function merge(found: readonly ErrorCode[]): ErrorCode[] {
  const byCode = new Map<string, ErrorCode>();
  for (const each of found) {
    const known = byCode.get(each.code);
    byCode.set(each.code, {
      code: each.code,
      category: known?.category ?? each.category,
      message: known?.message ?? each.message,
      advice: known?.advice ?? each.advice,
      paths: [...new Set([...(known?.paths ?? []), ...each.paths])],
    });
  }
  return [...byCode.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

function argumentsOf(node: Node): unknown[] {
  return Array.isArray(node.arguments) ? node.arguments : [];
}

function propertyOf(node: unknown, name: string): Node | undefined {
  if (!isNode(node) || node.type !== 'ObjectExpression' || !Array.isArray(node.properties)) return undefined;
  const property = node.properties.find(
    (each: Node) => each.type === 'Property' && nameOf(each.key) === name,
  );
  return isNode(property?.value) ? property.value : undefined;
}

/** The texts of a string, a template, or a conditional between them; empty for anything else. */
function textsOf(node: unknown): string[] {
  if (!isNode(node)) return [];
  if (node.type === 'ConditionalExpression') return [...textsOf(node.consequent), ...textsOf(node.alternate)];
  if (node.type === 'TemplateLiteral' && Array.isArray(node.quasis)) {
    return [node.quasis.map((quasi: { value: { cooked: string } }) => quasi.value.cooked).join(filledIn)];
  }
  return typeof node.value === 'string' ? [node.value] : [];
}
