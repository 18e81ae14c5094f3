// The file in which `prepare` passes a proposal to the program. The program validates it by hand: a schema library
// would take longer to load than the edits to apply, and the proposal was validated when it was made.

import type { Edit, Proposal } from '../../domain/agents/proposal.ts';
import type { EditPathRules } from './edit-path.ts';

export const proposalFileName = 'proposal.json';

/** For the whole file, including edits. */
export const proposalFileBytesMax = 128 * 1024 * 1024;

export interface ProposalFile extends Pick<Proposal, 'plan' | 'risks'> {
  rules: EditPathRules;
  edits: Edit[];
}

export function writeProposalFile(proposal: Proposal, rules: EditPathRules): string {
  const { plan, risks, edits } = proposal;
  return `${JSON.stringify({ rules, plan, risks, edits } satisfies ProposalFile)}\n`;
}

/** Null if the text is not a proposal. */
export function readProposalFile(text: string): ProposalFile | null {
  const file = parseJson(text);
  if (!isRecord(file) || !isRecord(file.rules) || !Array.isArray(file.edits)) return null;
  const { allowCiChanges } = file.rules;
  const edits: unknown[] = file.edits;
  const plan = typeof file.plan === 'string' ? file.plan : '';
  const risks = Array.isArray(file.risks) ? file.risks.filter((risk) => typeof risk === 'string') : [];
  return typeof allowCiChanges === 'boolean' && edits.every(isEdit)
    ? { rules: { allowCiChanges }, plan, risks, edits }
    : null;
}

function isEdit(value: unknown): value is Edit {
  if (!isRecord(value) || typeof value.path !== 'string') return false;
  switch (value.kind) {
    case 'replace':
      return typeof value.search === 'string' && typeof value.replace === 'string';
    case 'write':
      return typeof value.content === 'string';
    case 'delete':
      return true;
    default:
      return false;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
