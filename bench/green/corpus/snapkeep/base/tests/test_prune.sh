. "$ROOT/tests/lib.sh"

mkdir store
for day in 01 02 03 04; do
    : >"store/docs-202401$day-120000.tar.gz"
done
: >store/pics-20240101-120000.tar.gz
same "removed docs-20240102-120000.tar.gz
removed docs-20240101-120000.tar.gz" "$(snapkeep prune store docs 2)"
same 3 "$(ls store | wc -l | tr -d ' ')"
same "" "$(snapkeep prune store music 1)"
refuses snapkeep prune store docs many
