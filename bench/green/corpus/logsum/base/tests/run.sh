#!/bin/sh
# Each tests/NAME.log has the expected output beside it in NAME.out.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail=0

for log in *.log; do
    name=${log%.log}
    ../bin/logsum "$log" > "$tmp/$name.out"
    if ! diff -u "$name.out" "$tmp/$name.out"; then
        echo "FAIL $name" >&2
        fail=1
    fi
done

if ../bin/logsum 2> /dev/null; then
    echo "FAIL usage" >&2
    fail=1
fi

exit $fail
