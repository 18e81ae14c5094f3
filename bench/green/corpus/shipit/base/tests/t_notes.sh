. "$ROOT/tests/lib.sh"

cat > log <<END
fix: crash on start
feat: dark mode
chore: tidy
feat: search
END
same "# Features
- dark mode
- search
# Fixes
- crash on start" "$(notes log)"
