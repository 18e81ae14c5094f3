// Shell that recreates the worktree of a failed step: the base and the change so far. Pure.
import { shellWord } from '../../../stdx/text/shell-words.ts';

/** Compares trees: uses whichever of patch and base gives the original tree. */
export function worktreeScript(
  repositoryPath: string,
  baseSha: string,
  treeSha: string,
  hasPatch: boolean,
): string {
  return `repository=\${REPOSITORY:-${shellWord(repositoryPath)}}
rm -rf "$here/worktree"
git clone --quiet --no-checkout "$repository" "$here/worktree"
cd "$here/worktree"
git -c core.autocrlf=false -c advice.detachedHead=false checkout --quiet --detach ${baseSha}
${hasPatch ? 'git apply --index --binary --whitespace=nowarn "$here/change.patch" || git reset --quiet --hard' : ':'}
if [ "$(git write-tree)" != ${treeSha} ] && [ "$(git rev-parse ${baseSha}^{tree})" = ${treeSha} ]; then
  git reset --quiet --hard ${baseSha}
fi
if [ "$(git write-tree)" != ${treeSha} ]; then
  echo 'The files differ from the original ones: the repository has changed since.' >&2
fi
git -c user.name=Moose -c user.email=moose@localhost -c commit.gpgsign=false \\
  commit --quiet --no-verify --allow-empty -m 'As it was when it failed'
cd "$here"`;
}
