#!/bin/sh
# Runs each tests/t_*.sh in a folder of its own.
cd "$(dirname "$0")/.." || exit 2
root=$(pwd)
failed=0
for file in tests/t_*.sh; do
	work=$(mktemp -d)
	if (cd "$work" && ROOT=$root sh -eu -c '. "$ROOT/tests/lib.sh"; . "$ROOT/$0"; finish' "$file"); then
		echo "ok   $file"
	else
		echo "FAIL $file"
		failed=1
	fi
	rm -r "$work"
done
exit "$failed"
