#!/bin/sh
if [ -z "$1" ]; then
	echo "Who?"
	exit 2
fi
echo "Hello!"
