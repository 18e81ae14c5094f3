import type { PrintedDocument } from '../../contract/contract.ts';

/** The result of checking one thing that a run needs. */
export type Diagnosis = PrintedDocument<'doctor'>['checks'][number];

/** What is found of an agent whose program is not on this machine. */
export const notInstalled = 'not installed';
