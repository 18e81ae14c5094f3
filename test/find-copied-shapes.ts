import { z } from 'zod';
import { isNode, lineAt, type Node, nameOf, nodesOf, type SourceFile } from './source-files.ts';

// Finds types that repeat a shape of `src/contract`: they have the same members.

/** Types with fewer members are equal by chance. */
const membersMin = 3;

/** Returns one sentence for each copy: `path:line: what is wrong`. */
export function findCopiedShapes(files: readonly SourceFile[], contract: object): string[] {
  const shapes = shapesOf(contract);
  return files.flatMap((file) =>
    nodesOf(file).flatMap((node) => {
      const copied = shapes.get(membersOf(node) ?? '');
      return copied === undefined
        ? []
        : [`${file.path}:${lineAt(file.text, node.start)}: has the members of ${copied} in src/contract`];
    }),
  );
}

/** The shapes of a contract by their members, including nested shapes. */
function shapesOf(contract: object): Map<string, string> {
  const shapes = new Map<string, string>();
  const seen = new Set<unknown>();
  const add = (schema: unknown, path: string): void => {
    if (!(schema instanceof z.ZodType) || seen.has(schema)) return;
    seen.add(schema);
    if (schema instanceof z.ZodObject) {
      const key = keyOf(Object.keys(schema.shape));
      if (key !== null && !shapes.has(key)) shapes.set(key, path);
      for (const [name, member] of Object.entries(schema.shape)) add(member, `${path}.${name}`);
    }
    if (schema instanceof z.ZodArray) add(schema.element, path);
    if (schema instanceof z.ZodUnion) for (const option of schema.options) add(option, path);
    if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) add(schema.unwrap(), path);
    if (schema instanceof z.ZodDefault) add(schema.unwrap(), path);
  };
  for (const [name, exported] of Object.entries(contract)) add(exported, name);
  return shapes;
}

/** The members of an interface or an object type; null if it has methods, because then it is not data. */
function membersOf(node: Node): string | null {
  const members =
    node.type === 'TSInterfaceDeclaration' && isNode(node.body)
      ? node.body.body
      : node.type === 'TSTypeLiteral'
        ? node.members
        : null;
  if (
    !Array.isArray(members) ||
    !members.every((each) => isNode(each) && each.type === 'TSPropertySignature')
  )
    return null;
  return keyOf(members.flatMap((each) => nameOf(each.key) ?? []));
}

function keyOf(names: readonly string[]): string | null {
  return names.length < membersMin ? null : [...names].sort().join(' ');
}
