mkdir logs
printf 12345 >logs/2024-05-01.log
printf 1 >logs/2024-05-02.log
printf 1 >logs/notes.txt
same "names and sizes" "2024-05-01.log 5
2024-05-02.log 1" "$(logtrim list logs)"
mkdir empty
same "nothing" "" "$(logtrim list empty)"
