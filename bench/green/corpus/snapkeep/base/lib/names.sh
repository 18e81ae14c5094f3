# Names of snapshots.

snapshot_name() {
    echo "$1-$(date +%Y%m%d-%H%M%S).tar.gz"
}

# list_snapshots STORE NAME
list_snapshots() {
    ls "$1" | grep "^$2-.*\.tar\.gz\$" || true  # no match is no error
}
