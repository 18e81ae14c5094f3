.PHONY: unit
unit:
	sh tests/run.sh
