. "$ROOT/tests/lib.sh"

mkdir rel
echo one > rel/one
echo two > rel/two
(cd rel && sha256sum one two > SHA256SUMS)
same "rel is fine" "$(verify rel)"

echo changed > rel/two
fails verify rel

rm rel/two
fails verify rel

rm rel/SHA256SUMS
fails verify rel
