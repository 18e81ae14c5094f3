. "$ROOT/tests/lib.sh"

echo one > app.log
rotate app.log 2
same one "$(cat app.log.1)"
same "" "$(cat app.log)"

echo two > app.log
rotate app.log 2
same "two one" "$(cat app.log.1) $(cat app.log.2)"

echo three > app.log
rotate app.log 2
same "three two" "$(cat app.log.1) $(cat app.log.2)"
same "app.log app.log.1 app.log.2" "$(echo app.log*)"

fails rotate none.log
