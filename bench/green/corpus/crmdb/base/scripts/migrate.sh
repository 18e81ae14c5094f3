#!/bin/sh
# migrate.sh DB [FROM [TO]]: applies migrations FROM..TO (numbers; default all)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
from=${2:-001}
to=${3:-999}
for m in "$root"/migrations/*.sql; do
    n=$(basename "$m" | cut -c1-3)
    if [ "$n" -ge "$from" ] && [ "$n" -le "$to" ]; then
        sqlite3 -bail "$1" < "$m"
    fi
done
