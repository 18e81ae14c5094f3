#!/bin/sh
# Syntax, tabs, bashisms.
status=0
for file in "$@"; do
    sh -n "$file" || status=1
    if grep -n '\[\[\|^function ' "$file" | grep -v 'lint: ok' | sed "s|^|$file:|" | grep .; then
        status=1
    fi
    if grep -q "$(printf '\t')" "$file"; then
        echo "$file: tab"
        status=1
    fi
done
exit $status
