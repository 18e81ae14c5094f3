# Functions of all programs.

die() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

need_dir() {
    [ -d "$1" ] || die "no folder: $1"
}
