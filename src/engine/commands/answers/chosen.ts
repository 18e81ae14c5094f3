import type { EscalationOption } from '../../../domain/people/escalation.ts';

export interface Chosen {
  option: EscalationOption;
  note: string | undefined;
  by: string;
}
