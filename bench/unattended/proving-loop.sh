#!/bin/sh
# The same loop as `shell-loop.sh`, with the checks that Moose makes of a change: the tests of the base must pass over the
# change, and the tests that the change adds must fail on the base.
# Usage: proving-loop.sh REPOSITORY <LIST
repository=$1
if [ $# -eq 1 ]; then
  exec xargs -P 4 -L 1 "$0" "$repository"
fi
shift
id=$1 tree=$repository.trees/$1
git -C "$repository" ls-remote --exit-code origin "shell/$id" >/dev/null && exit
[ -d "$tree" ] || git -C "$repository" worktree add -q -B "shell/$id" "$tree" main
cd "$tree" || exit

# Runs the tests on the base with the part of the change that the pathspec names.
with_part() {
  git worktree add -q --detach "$tree.$1" main
  git diff --cached --binary -- "$2" | git -C "$tree.$1" apply
  (cd "$tree.$1" && npm test >/dev/null)
  code=$?
  git worktree remove --force "$tree.$1"
  return $code
}

for _ in 1 2 3; do
  timeout 20 claude -p "Task: $*" --model standard >/dev/null || continue
  git add --all
  git diff --cached --quiet && continue
  npm test >/dev/null || continue
  with_part over ':!*.test.js' || continue
  with_part new '*.test.js' && continue
  git commit -q -m "Add $id" && git push -q origin "shell/$id" && exit
done
