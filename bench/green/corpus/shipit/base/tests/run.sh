#!/bin/sh
# Runs every test in its own folder and its own shell.
set -u
here=$(cd "$(dirname "$0")" && pwd)
ROOT=$(dirname "$here")
export ROOT
count=0
failed=0
for test in "$here"/t_*.sh; do
    count=$((count + 1))
    dir=$(mktemp -d)
    if (cd "$dir" && sh "$test"); then
        echo "ok   $(basename "$test" .sh)"
    else
        echo "FAIL $(basename "$test" .sh)"
        failed=$((failed + 1))
    fi
    rm -rf "$dir"
done
echo "$count tests, $failed failed"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
