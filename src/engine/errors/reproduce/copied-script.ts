// Shell that copies ignored files of the checkout into a recreated worktree, as preparing did. Pure.
import { shellWord } from '../../../stdx/text/shell-words.ts';

/** The recipe keeps their names, never their content. Git refuses a path that leads through a link of the change. */
export function copiedScript(paths: readonly string[]): string {
  if (paths.length === 0) return '';
  return `for path in ${paths.map(shellWord).join(' ')}; do
  ( cd "$here/worktree" && git check-ignore --quiet --no-index -- "$path" && [ ! -e "$path" ] && [ ! -L "$path" ] ) || continue
  if [ ! -f "$repository/$path" ] && [ ! -L "$repository/$path" ]; then
    printf '%s is no longer in the checkout.\\n' "$path" >&2
    continue
  fi
  case $path in */*) mkdir -p "$here/worktree/\${path%/*}" ;; esac
  cp -P -p -- "$repository/$path" "$here/worktree/$path"
done
`;
}
