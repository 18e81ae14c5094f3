LOGTRIM_NOW=2024-05-10
export LOGTRIM_NOW
same "days" 9 "$(logtrim age 2024-05-01.log)"
same "in a folder" 0 "$(logtrim age a/b/2024-05-10.log)"
