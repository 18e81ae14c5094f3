#!/bin/sh
# An agent on each task of a list, four at a time, as people write it: up to three attempts, tests, a commit, a push.
# Usage: shell-loop.sh REPOSITORY <LIST; started again, it leaves out what is on the remote.
repository=$1
if [ $# -eq 1 ]; then
  exec xargs -P 4 -L 1 "$0" "$repository"
fi
shift
id=$1 tree=$repository.trees/$1
git -C "$repository" ls-remote --exit-code origin "shell/$id" >/dev/null && exit
[ -d "$tree" ] || git -C "$repository" worktree add -q -B "shell/$id" "$tree" main
cd "$tree" || exit
for _ in 1 2 3; do
  timeout 20 claude -p "Task: $*" --model standard >/dev/null || continue
  git add --all
  git diff --cached --quiet && continue
  npm test >/dev/null || continue
  git commit -q -m "Add $id" && git push -q origin "shell/$id" && exit
done
