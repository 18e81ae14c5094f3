#!/bin/sh
# Syntax, `set -eu` in every program, no rm -rf on an unquoted variable.
set -eu
bad=0
for file in "$@"; do
    sh -n "$file" || bad=1
    case $file in
        bin/*) grep -q '^set -eu$' "$file" || { echo "$file: no set -eu"; bad=1; } ;;
    esac
    if grep -nE 'rm -rf +\$' "$file"; then echo "$file: rm -rf without quotes"; bad=1; fi
done
exit $bad
