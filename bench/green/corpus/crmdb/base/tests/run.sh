#!/bin/sh
# Fills a database of version 002 with seed_002.sql, brings it to the newest version and compares the data.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
db=$(mktemp)
trap 'rm -f "$db" "$db.out"' EXIT
sh "$root/scripts/migrate.sh" "$db" 001 002
sqlite3 -bail "$db" < "$root/tests/seed_002.sql"
sh "$root/scripts/migrate.sh" "$db" 003
sqlite3 -header "$db" < "$root/tests/queries.sql" > "$db.out"
diff -u "$root/tests/expected.txt" "$db.out"
echo "ok: data survives"
