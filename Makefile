# All targets create the virtual environment they need. Required: make, Python 3.11+, and network access once.

VENV := .venv
BIN := $(VENV)/bin
# Compile ahead of time, even if PYTHONDONTWRITEBYTECODE is set, since start-up time matters.
COMPILE := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q src

# How many tests run at once.
JOBS := 2

PAGE := src/gage/view/page/index.html
PAGE_SOURCES := $(wildcard src/gage/view/*.py) \
	$(shell find web/src web/public web/*.json web/*.ts web/index.html -type f -not -name openapi.json -not -name schema.ts)

.PHONY: help demo view test lint style types imports unused commits page-check pytest test-pythons soak docs bench \
	page dist clean

help:
	@echo "make demo            train a small model several times, then list and compare the runs"
	@echo "make view            show the runs of the demo in the web page"
	@echo "make test            run everything that CI checks: style, types, imports, dead code, tests, coverage"
	@echo "make lint            the same without the tests"
	@echo "make test-pythons    run the tests under each available Python from 3.11 to 3.14"
	@echo "make soak            repeat crash and filter tests with many more kills and filters"
	@echo "make docs            update generated pages and the output in the guide"
	@echo "make bench           run the benchmarks"
	@echo "make page            build the web page"
	@echo "make dist            build wheel and source distribution, with the page"
	@echo "make clean           remove everything these targets created"

demo: $(VENV)/ready $(PAGE)
	@$(COMPILE)
	@sh examples/demo.sh "$(CURDIR)/$(BIN)/gage"

view: $(VENV)/ready $(PAGE)
	$(BIN)/gage -C examples/digits view

page: $(PAGE)

$(PAGE): $(VENV)/ready $(PAGE_SOURCES) tools/page.sh
	sh tools/page.sh $(VENV) build

dist: $(VENV)/ready-dev $(PAGE)
	$(BIN)/python -m build

test: lint pytest

lint: style types imports unused commits page-check

page-check: $(VENV)/ready-dev
	sh tools/page.sh $(VENV) check test

style: $(VENV)/ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/ready-dev
	$(BIN)/mypy

imports: $(VENV)/ready-dev
	$(BIN)/lint-imports

commits: $(VENV)/ready
	$(BIN)/python tools/check_commits.py

unused: $(VENV)/ready-dev
	$(BIN)/vulture

pytest: $(VENV)/ready-dev $(PAGE)
	@$(COMPILE)
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --cov --cov-report=term-missing:skip-covered $(PYTEST)

# The crash tests with many more kills than make test has, and thousands of filters. Prints seeds and counts; takes
# about six minutes.
soak: $(VENV)/ready-dev
	@$(COMPILE)
	SOAK=1 $(BIN)/python -m pytest -s --timeout 3600 tests/crash tests/rooms/index/test_filter_agreement.py

# Under every Python from 3.11 to 3.14 that this machine has or can bring; prints NOT TESTED for the others.
test-pythons:
	bash tools/test_pythons.sh

docs: $(VENV)/ready-dev
	@$(COMPILE)
	GAGE_UPDATE_DOCS=1 $(BIN)/python -m pytest tests/docs

BENCHMARKS := startup listing find export compare_screen completion importance gagefile run parameters batch \
	tfevents log output blind live view view_charts
bench: $(VENV)/ready-dev
	@$(COMPILE)
	@failed=; for each in $(BENCHMARKS); do \
		echo "== $$each"; $(BIN)/python benchmarks/$$each.py || failed="$$failed $$each"; \
	done; test -z "$$failed" || { echo "Over a limit or failed:$$failed"; exit 1; }

clean:
	rm -rf $(VENV) build dist web/node_modules src/gage/view/page .coverage* htmlcov .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find src tests benchmarks examples docs -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/ready: pyproject.toml tools/setup.sh
	sh tools/setup.sh $(VENV)
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready
	sh tools/setup.sh $(VENV) dev
	@touch $@
