// The values that look like secrets but are allowed by this project, and the refusal of any other such value in a
// proposal, before the proposal is stored (R-SEC-4).
import type { Proposal } from '../../domain/agents/proposal.ts';
import {
  isAllowed,
  type SecretPolicy,
  shapedSecretInChange,
  shapedSecretsOf,
} from '../../domain/secrets/secret-in-change.ts';
import { isInTree } from '../../git/commit/added-secrets.ts';
import { allowedSecretsOf } from '../../store/work/projects/allowed-secrets.ts';
import type { Work } from './work.ts';

export async function secretPolicy({ database, project, signal }: Work): Promise<SecretPolicy> {
  const allowed = await database.run((query) => allowedSecretsOf(query, project.id), signal);
  return { projectId: project.id, allowed };
}

/** @throws SECRET_IN_CHANGE if a value looks like a secret: only a person, not another model, can know whether it is one */
export async function assertNoShapedSecret(work: Work, proposal: Proposal, base: string): Promise<void> {
  const shaped = shapedSecretsOf(proposal);
  if (shaped.length === 0) return;
  const policy = await secretPolicy(work);
  const { repositoryPath } = work.project;
  for (const found of shaped) {
    if (isAllowed(policy, found)) continue;
    if (await isInTree(repositoryPath, base, found.value, { signal: work.signal })) continue;
    throw shapedSecretInChange(policy, found, { path: found.path, line: null }, 'propose');
  }
}
