// Reproduces a failure of the built-in applier: the same proposal on the same tree.
import type { Proposal } from '../../../domain/agents/proposal.ts';
import type { PatchRecipe } from './recipe.ts';
import type { Material, Reproduction } from './reproduction.ts';
import { worktreeScript } from './worktree-script.ts';

export function patchReproduction(
  { error, patch }: Material,
  recipe: PatchRecipe,
  proposal: Proposal,
  repositoryPath: string,
): Reproduction {
  const expected = error.process?.exitCode ?? 1;
  const changesNothing = recipe.outcome === 'changed_nothing';
  const rules = { allowCiChanges: recipe.allowCiChanges };
  return {
    kind: 'patch',
    does: 'recreates the worktree and applies the same proposal to it',
    expects: `the applier ends with exit code ${expected}${changesNothing ? ' and changes nothing' : ''}`,
    environment: {},
    files: [
      {
        path: 'input/proposal.json',
        content: `${JSON.stringify({ rules, edits: proposal.edits }, null, 2)}\n`,
      },
      { path: 'input/plan.md', content: `${proposal.plan}\n` },
    ],
    // The applier writes its journal next to the proposal, so it gets its own copy.
    script: `${worktreeScript(repositoryPath, recipe.baseSha, recipe.treeSha, patch !== null)}
rm -rf "$here/run" && mkdir "$here/run" && cp "$here/input/proposal.json" "$here/run/"
status=0
"$node" "$moose/dist/agents/patch/apply-program.js" "$here/run/proposal.json" "$here/worktree" || status=$?
${changesNothing ? nothingChanged : ''}
verdict ${expected} "$status"
exit "$status"`,
  };
}

const nothingChanged = `if [ -n "$(git -C "$here/worktree" status --porcelain)" ]; then
  echo 'It does not fail in the same way: this time files were changed.'; exit 71
fi
echo 'Nothing was changed, as before.'`;
