. "$TESTS/check.sh"

test_mirror() {
  mkdir "$1/from"
  archive "$1/from/a.tar" 20
  check "what it says" "$(sh "$VAULTLOG" mirror "$1/from" "$1/to")" "copied a.tar"
  check "the copy" "$(wc -c <"$1/to/a.tar" | tr -d ' ')" "20"
}

test_mirror "$1"
done_checking
