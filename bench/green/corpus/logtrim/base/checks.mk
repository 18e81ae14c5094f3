# make -f checks.mk test lint
.PHONY: test lint

test:
	sh tests/run.sh

lint:
	@sh tools/lint.sh bin/* tests/*.sh tools/*.sh
