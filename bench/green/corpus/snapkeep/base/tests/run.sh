#!/bin/sh
# Run every tests/test_*.sh in a directory of its own.
root=$(cd "$(dirname "$0")/.." && pwd)
failed=0
for test in "$root"/tests/test_*.sh; do
    work=$(mktemp -d)
    if (cd "$work" && ROOT=$root sh -eu "$test") >"$work.log" 2>&1; then
        echo "ok $(basename "$test")"
    else
        echo "FAIL $(basename "$test")"
        cat "$work.log"
        failed=1
    fi
    rm -rf "$work" "$work.log"
done
exit $failed
