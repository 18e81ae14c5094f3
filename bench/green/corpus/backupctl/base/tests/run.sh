#!/bin/sh
# Each tests/t_*.sh prints to stdout; the output must be equal to tests/expected/NAME.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/bin:$PATH"
export PATH
failed=0
for t in tests/t_*.sh; do
    name=$(basename "$t" .sh)
    tmp=$(mktemp -d)
    if ! TMP=$tmp sh "$t" > "$tmp.out" 2>&1; then
        echo "exit status not 0" >> "$tmp.out"
    fi
    if diff -u "tests/expected/$name" "$tmp.out"; then
        echo "ok $name"
    else
        echo "FAILED $name"
        failed=1
    fi
    rm -rf "$tmp" "$tmp.out"
done
exit $failed
