#!/bin/sh
# schema.sql must be what the migrations give.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
sh "$root/scripts/dump_schema.sh" | diff -u "$root/schema.sql" -
