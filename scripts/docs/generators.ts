import { failureCategoriesTable, failureClassesTable } from './failure-tables.ts';
import { floorsTable } from './floors-table.ts';
import type { Generators } from './generated-blocks.ts';

/** What documents may have filled in, each from its one source in code. A new one is one entry. */
export const generators: Generators = {
  floors: floorsTable,
  'failure-classes': failureClassesTable,
  'failure-categories': failureCategoriesTable,
};
