// Compares two versions of a JSON Schema, whose users both send and read such values.
import type { Findings, Pair } from '../comparison.ts';
import { compareSchemas } from './compare-schemas.ts';
import { SeenPairs } from './compared.ts';
import { membersOf, readDocument, shown } from './read-document.ts';
import type { Root } from './root.ts';

export function compareJsonSchemas(pair: Pair, findings: Findings): void {
  const before: Root = { side: 'before', document: readDocument(pair.before, 'before') };
  const after: Root = { side: 'after', document: readDocument(pair.after, 'after') };
  const compared = { before, after, flow: 'both', findings, seen: new SeenPairs() } as const;
  compareSchemas(compared, '', before.document, after.document);
  // Other files may refer to these by name.
  for (const key of ['$defs', 'definitions']) {
    const [were, are] = [membersOf(before.document, key), membersOf(after.document, key)];
    for (const [name, schema] of Object.entries(were))
      if (Object.hasOwn(are, name)) compareSchemas(compared, name, schema, are[name], 1);
      else findings.add(name, shown(schema), null, `The definition ${name} was removed.`);
  }
}
