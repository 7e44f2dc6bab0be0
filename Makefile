# make grade   grade the sample class of a3_autograd        make test   all that CI does
# make plots   draw every picture of the course             make format mend what a machine can mend
# make attack  every attack on every sandbox, and the table of what came of it
# make misconceptions  a class of every known mistake, and whether the feedback names each
# make mutate  every small mistake in the reference, and the table of what the tests find of them
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

.PHONY: grade test attack misconceptions mutate format plots clean

grade: $(VENV)/core.stamp
	$(BIN)/autograder grade examples/a3_class --assignment a3_autograd --out results --jobs $(JOBS)

# Formatting, lint, types, tests, template drift: in the order in which a mistake is cheapest to find.
test: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/autograder release --check
	$(BIN)/autograder verify
	$(BIN)/autograder verify --seeds 20
	$(BIN)/autograder mutate --sample 20 --jobs $(JOBS)
	$(BIN)/pytest -n auto

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

misconceptions: $(VENV)/core.stamp
	$(BIN)/autograder misconceptions --jobs $(JOBS)

attack: $(VENV)/dev.stamp
	$(BIN)/python -m tests.attacks

mutate: $(VENV)/dev.stamp
	$(BIN)/autograder mutate --jobs $(JOBS)

plots: $(VENV)/dev.stamp
	$(BIN)/python -m examples.plots --out build/plots

clean:
	rm -rf $(VENV) results .pytest_cache .mypy_cache .ruff_cache *.egg-info

$(VENV)/core.stamp: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("$(PYTHON) is %d.%d; want Python 3.11 or newer: make PYTHON=..." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/dev.stamp: $(VENV)/core.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@
