#!/bin/sh
set -eu
here=$(dirname "$0")
db=$(mktemp)
trap 'rm -f "$db"' EXIT
sh "$here/migrate.sh" "$db"
sqlite3 "$db" .schema
