// The keys of `.moose/config.yml`: a table for people and a JSON Schema for editors, both from the one schema in the
// code.
import { z } from 'zod';
import { configSchema } from '../../src/config-file/config-schema.ts';
import { markdownTable } from './markdown-table.ts';

interface Shape {
  type?: string;
  description?: string;
  enum?: string[];
  anyOf?: Shape[];
  items?: Shape;
  properties?: Record<string, Shape>;
  additionalProperties?: Shape | boolean;
  required?: string[];
}

export function configJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input' });
  const title = 'Settings of a project for Moose: .moose/config.yml';
  return `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`;
}

export function configKeysTable(): string {
  const { properties = {} } = z.toJSONSchema(configSchema, { io: 'input' }) as Shape;
  return markdownTable(['key', 'holds', 'means'], rowsOf(properties, ''));
}

function rowsOf(properties: Record<string, Shape>, prefix: string): string[][] {
  return Object.entries(properties).flatMap(([name, shape]) => {
    const inner = innerOf(shape);
    return [
      [`\`${prefix}${name}\``, wordsFor(shape), shape.description ?? ''],
      ...(inner ? rowsOf(inner.properties, `${prefix}${name}${inner.path}`) : []),
    ];
  });
}

/** The keys inside a list or a map; the description of `ready` already lists its keys. */
function innerOf({
  items,
  additionalProperties,
}: Shape): { path: string; properties: Record<string, Shape> } | null {
  if (items?.properties) return { path: '[].', properties: items.properties };
  if (typeof additionalProperties !== 'object' || !additionalProperties.properties) return null;
  return { path: '.NAME.', properties: additionalProperties.properties };
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  array: 'list',
  object: 'map',
};

function wordsFor({ type = '', enum: choices, anyOf, items, properties }: Shape): string {
  if (anyOf) return anyOf.map(wordsFor).join(', or ');
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (type === 'array' && items?.type === 'string') return 'list of texts';
  if (type === 'array' && items?.anyOf) return 'list of texts or maps';
  if (type === 'array') return 'list of maps';
  if (type === 'object' && properties)
    return `one of ${Object.keys(properties)
      .map((key) => `\`${key}\``)
      .join(', ')}`;
  return words[type] ?? type;
}
