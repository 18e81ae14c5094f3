set -u

expect() { # expect WANTED ACTUAL
  if [ "$1" != "$2" ]; then
    echo "wanted: $1"
    echo "got:    $2"
    exit 1
  fi
}
