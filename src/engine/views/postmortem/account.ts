import type * as wire from '../../../contract/contract.ts';

export type Account = Omit<wire.Postmortem, 'markdown'>;
