// The environment variables that `src/app/config/config.ts` reads, each with its default as the reader itself gives it.
// A variable that is read and not told of here, or told of and not read, is a failure of the check.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../src/app/config/config.ts';
import { isNode, type Node, nameOf, nodesOf, stringOf } from '../../test/source-files.ts';
import { variables } from './environment-variables.ts';
import { markdownTable } from './markdown-table.ts';

const rootPath = fileURLToPath(new URL('../..', import.meta.url));

export function environmentTable(): string {
  const read = namesRead();
  const passedOn = checkVariables();
  const untold = read.filter((name) => !Object.hasOwn(variables, name) && !passedOn.includes(name));
  const unread = Object.keys(variables).filter((name) => !read.includes(name));
  if (untold.length > 0)
    throw new Error(
      `src/app/config/config.ts reads ${untold.join(', ')}: say what it means in scripts/docs/environment-variables.ts`,
    );
  if (unread.length > 0)
    throw new Error(
      `scripts/docs/environment-variables.ts tells of ${unread.join(', ')}, which src/app/config/config.ts does not read`,
    );
  const defaults = readConfig({});
  const rows = Object.entries(variables).map(([name, { means, usual }]) => [
    `\`${name}\``,
    means,
    typeof usual === 'string' ? usual : `\`${usual(defaults)}\``,
  ]);
  return markdownTable(['variable', 'means', 'default'], rows);
}

/** What a project's checks are given of the environment, and nothing else. */
export function checkEnvironmentList(): string {
  return checkVariables()
    .map((name) => `\`${name}\``)
    .join(', ');
}

function checkVariables(): string[] {
  const declared = nodesIn('src/app/config/given-environments.ts').find(
    (node) => node.type === 'VariableDeclarator' && nameOf(node.id) === 'checkVariables',
  );
  const names = isNode(declared?.init) ? listOf(declared.init.elements).map(stringOf) : [];
  if (names.length === 0)
    throw new Error('src/app/config/given-environments.ts has no list of checkVariables');
  return names.filter((name) => name !== null);
}

/** `env.NAME`, `integer(env, 'NAME', …)` and `const { NAME } = env`. */
function namesRead(): string[] {
  const names = configNodes().flatMap((node) => {
    if (node.type === 'MemberExpression' && nameOf(node.object) === 'env')
      return [node.computed ? null : nameOf(node.property)];
    if (node.type === 'CallExpression' && ['integer', 'flag', 'oneOf'].includes(nameOf(node.callee) ?? ''))
      return [stringOf(listOf(node.arguments)[1])];
    const isTaken = node.type === 'VariableDeclarator' && nameOf(node.init) === 'env' && isNode(node.id);
    return isTaken && isNode(node.id)
      ? listOf(node.id.properties).map((property) => nameOf(property.key))
      : [];
  });
  return [...new Set(names.filter((name) => name !== null))];
}

function configNodes() {
  return nodesIn('src/app/config/config.ts');
}

function nodesIn(path: string) {
  return nodesOf({ path, text: readFileSync(join(rootPath, path), 'utf8') });
}

function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}
