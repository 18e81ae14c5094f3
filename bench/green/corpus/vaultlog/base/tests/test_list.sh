. "$TESTS/check.sh"

test_list() {
  archive "$1/b.tar" 300
  archive "$1/a.tar" 20
  archive "$1/notes.txt" 5
  check "archives by name" "$(sh "$VAULTLOG" list "$1")" "$(cat "$TESTS/expected/list.txt")"
}

test_list "$1"
done_checking
