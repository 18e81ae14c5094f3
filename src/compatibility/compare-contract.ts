// Compares two texts of a contract. The caller runs it in a thread that it can end (`compare-in-worker.ts`).
import {
  type ComparedKind,
  type Comparison,
  compareLimits,
  Findings,
  type Pair,
  Unreadable,
} from './comparison.ts';
import { compareProtobuf } from './protobuf/compare-protobuf.ts';
import { compareJsonSchemas } from './schema/compare-json-schemas.ts';
import { compareOpenApi } from './schema/compare-open-api.ts';
import { compareSql } from './sql/compare-sql.ts';

type Compare = (pair: Pair, findings: Findings) => void;
/** The compiler is large, so it is loaded only for TypeScript. */
type Comparers = Readonly<Record<ComparedKind, () => Compare | Promise<Compare>>>;

const comparers: Comparers = {
  typescript: async () => (await import('./typescript/compare-typescript.ts')).compareTypescript,
  json_schema: () => compareJsonSchemas,
  openapi: () => compareOpenApi,
  sql: () => compareSql,
  protobuf: () => compareProtobuf,
};

export async function compareContract(kind: ComparedKind, pair: Pair): Promise<Comparison> {
  const compare = await comparers[kind]();
  const findings = new Findings();
  try {
    for (const side of ['before', 'after'] as const)
      if (pair[side].text.length > compareLimits.textCharsMax)
        throw new Unreadable(side, `it is longer than ${compareLimits.textCharsMax} characters`);
    compare(pair, findings);
  } catch (cause) {
    if (cause instanceof Unreadable) return { is: 'unreadable', side: cause.side, because: cause.message };
    // The call stack overflowed, which only happens for extremely deep nesting.
    if (cause instanceof RangeError)
      return { is: 'unreadable', side: 'after', because: 'it is nested too deeply to be compared' };
    throw cause;
  }
  return { is: 'compared', breaking: findings.breaking };
}
