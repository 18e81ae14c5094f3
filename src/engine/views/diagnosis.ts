import type { PrintedDocument } from '../../contract/contract.ts';

/** The result of checking one thing that a run needs. */
export type Diagnosis = PrintedDocument<'doctor'>['checks'][number];
