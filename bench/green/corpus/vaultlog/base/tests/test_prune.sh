. "$TESTS/check.sh"

test_prune() {
  for day in 1 2 3; do archive "$1/day-$day.tar" 10; done
  check "what it says" "$(sh "$VAULTLOG" prune "$1" 2)" "removed day-1.tar"
  check "what is left" "$(ls "$1" | tr '\n' ' ')" "day-2.tar day-3.tar "
  check "nothing more to do" "$(sh "$VAULTLOG" prune "$1" 2)" ""
}

test_prune "$1"
done_checking
