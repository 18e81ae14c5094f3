#!/bin/sh
# Schedules of Moose, to run once: Moose submits their work orders itself, each due instant once, on any machine that works.
set -eu
moose schedule add dependencies "Update the dependencies ({{date}})" --cron "30 1 * * 1-5" --time-zone Europe/Berlin --project shop --limit 2
moose schedule add flaky-test "Fix one flaky test, if there is one" --cron "0 3 * * 6" --time-zone Europe/Berlin --project shop --limit 2 --when-open queue
moose schedule list
