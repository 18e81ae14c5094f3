#!/bin/sh
# Looks for what we do not want in shell scripts.
status=0
for file in "$@"; do
	sh -n "$file" || status=1
	if grep -n '`' "$file" | grep -v "grep -n"; then
		echo "$file: use \$(...) instead of backticks"
		status=1
	fi
	if grep -nE 'rm -rf? \$' "$file"; then
		echo "$file: quote what is removed"
		status=1
	fi
done
exit "$status"
