status=0
logtrim frobnicate 2>err || status=$?
same "exit code" 2 "$status"
same "message" "logtrim: unknown command frobnicate" "$(cat err)"
