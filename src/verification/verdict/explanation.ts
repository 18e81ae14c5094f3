// Why a file of evidence had to change, as far as it is known (R-GREEN-13).
import type { Asked } from '../../domain/work-order/asked.ts';
import type { ChangedFile } from '../changed-file.ts';
import type { SortedFile } from '../parts/sorted-file.ts';
import type { SyntaxTree } from '../syntax/parse-source.ts';
import type { ReportedTest } from '../test-report.ts';
import type { Block } from './compare-blocks.ts';

export interface Explained {
  file: SortedFile;
  /** Null: nothing explains it, for the reason. */
  as: 'asked' | 'adapted' | 'removed' | 'data' | 'lock' | null;
  /** For people, after the path. */
  because: string;
  /** Titles of tests of the base, with the ones that they have now. */
  titles?: Array<readonly [before: string, now: string]>;
  /** Titles of tests of the base in whose place nothing stands, although what they test is there. */
  lost?: string[];
  /** Titles of tests that name fewer values than before. */
  fewer?: string[];
  /** It has much fewer entries than before. */
  holdsLess?: boolean;
  /** Tests that demand less than on the base, with the reason. */
  weaker?: Array<readonly [title: string, reason: string]>;
  /** Titles of tests that demand nothing any more. */
  emptied?: string[];
  /** The module that its tests are about, and that it newly replaces with a double. */
  doubled?: string;
}

export interface Change {
  sorted: readonly SortedFile[];
  asked: Asked;
  /** Tests that failed on the base too: nothing that the change does to them is an adaptation. */
  redBefore: readonly ReportedTest[];
  /** Of these, those that fail with the base's evidence on the product of the change too. */
  redStill: readonly ReportedTest[];
}

export type Explanation = Omit<Explained, 'file'>;

export interface Parsed {
  file: ChangedFile;
  before: SyntaxTree | null;
  after: SyntaxTree | null;
}

/** What is gone and what is new in the product. */
export interface Product {
  /** Names that it declared before, and declares nowhere now. */
  gone: ReadonlySet<string>;
  /** Words that stood in it, as names or in its texts, and stand nowhere in it now. */
  goneTexts: ReadonlySet<string>;
  /** Names that it declares now. */
  declared: ReadonlySet<string>;
  /** Stems of files that are gone. */
  goneFiles: ReadonlySet<string>;
  changedFiles: readonly string[];
}

export interface Named extends Block {
  title: string;
}

export interface Around {
  change: Change;
  product: Product;
  /** Tests of the change by title, in all its files. */
  elsewhere: ReadonlyMap<string, Array<Named & { path: string }>>;
  /** Functions of changed evidence that demand something, beside the tests. */
  demanding: ReadonlySet<string>;
  /** Values in changed data of tests. */
  values: readonly string[];
}

/** The title without the suites around it, and without its case. */
export function titleOf(name: string): string {
  const last = name.split(/ > |::/).at(-1) ?? name;
  return last.replace(/\[.*\]$/s, '').trim();
}
