. tests/lib.sh

backups 10
assert_eq "removed db-01
removed db-02
removed db-03" "$(sh rotate.sh "$dir")"
assert_eq 7 "$(count)"
