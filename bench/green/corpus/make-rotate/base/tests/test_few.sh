. tests/lib.sh

backups 3
assert_eq "" "$(sh rotate.sh "$dir")"
assert_eq 3 "$(count)"
sh rotate.sh "$dir" 1 > /dev/null
assert_eq "db-03" "$(ls "$dir")"
