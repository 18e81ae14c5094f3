say() {
    printf '%s\n' "$*"
}

die() {
    printf 'backupctl: %s\n' "$*" >&2
    exit 2
}
