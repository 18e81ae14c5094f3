#!/bin/sh
# notes.sh VERSION < subjects: the notes of a release
set -eu
echo "## $1"
echo
grep -v '^chore' | sed 's/^/- /'
