# Everything a newcomer needs: one of these Pythons with venv, and make.
PYTHONS := 3.14 3.13 3.12 3.11
# Where the system's Python is. Debian builds it with optimizations; one that pyenv has built without takes a third longer.
SYSTEM := /usr/bin
# The newest that works: Debian's may lack venv, and a shim of pyenv may lead nowhere.
ifndef PYTHON
# Looked for once: each try starts a process, and `make test` calls make again.
export PYTHON := $(shell for version in $(PYTHONS); do \
	for python in $(SYSTEM)/python$$version python$$version; do \
	$$python -c 'import ensurepip, venv' 2>/dev/null && { echo $$python; exit; }; done; done)
endif
UV := uv==0.13.9
VENV := .venv
BIN := $(VENV)/bin
CHECKOV := $(VENV)/checkov
SCHEDULE ?= ../shared/data/schedule-2024-25.json
SEEDS ?= 10000
MINUTES ?= 30

# Hundreds of short processes start: each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test pytest bench explore soak soak-tests soak-weeks lint bundle mutants mistakes pins

setup: $(VENV)/installed

# uv installs in seconds what takes pip minutes; pip does it where uv cannot be had, or fails.
install = $(BIN)/uv pip install --system-certs --quiet --python $(1) -r $(2) \
	|| $(BIN)/pip --python $(1) install --quiet --disable-pip-version-check -r $(2)

# Re-installs only when a pin changes; a half-made environment is never taken for a whole one.
$(VENV)/installed: requirements.in constraints.txt requirements-dev.txt
	@command -v "$(PYTHON)" >/dev/null || { echo "make: $(or $(PYTHON),Python) not found;" \
		"install one of Python $(PYTHONS) with venv, or pass PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	-$(BIN)/pip install --quiet --disable-pip-version-check $(UV)
	$(call install,$(VENV),requirements-dev.txt)
	@touch $@

run: setup
	$(BIN)/python -m local day 2025-11-12 --out out/2025-11-12

# At once: the tests wait for processes of theirs a tenth of the time, and mypy takes what they leave.
test: setup $(CHECKOV)/installed
	@$(MAKE) --no-print-directory --jobs=2 lint pytest

pytest: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# How fast it is, each figure beside a floor of the same run: some minutes.
bench: setup
	$(BIN)/python -m local bench

# Apart: its fork of python-hcl2 takes the name of ours.
$(CHECKOV)/installed: requirements-checkov.txt $(VENV)/installed
	$(BIN)/python -m venv --clear --without-pip $(CHECKOV)
	$(call install,$(CHECKOV),requirements-checkov.txt)
	@touch $@

# How deliveries can meet: every schedule of two switches or one fault, then random ones for MINUTES.
explore: setup
	$(BIN)/python -m local explore --minutes $(MINUTES)

# Longer searches; `make -k soak` goes on to the second where the first finds something.
soak: soak-tests soak-weeks

# Whole seasons in good and in bad weather, fuzzing, a day with chaos; new examples for every property.
soak-tests: setup
	$(BIN)/python -m pytest -m "soak or not stack"

# Random weeks with faults.
soak-weeks: setup
	$(BIN)/python -m local soak --schedule $(SCHEDULE) --seeds $(SEEDS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	nice -n 19 $(BIN)/mypy

# Small mistakes in our modules, one at a time: which ones does no test notice? (docs/mutation.md)
mutants: setup
	nice -n 19 $(BIN)/python tools/mutants.py $(MODULES)

# Mistakes that are declared as texts, in YAML, Terraform and SQL too (tools/mistakes.py).
mistakes: setup
	nice -n 19 $(BIN)/python -m tools.text_mutants $(WORDS)

# What Terraform uploads; the same checkout gives the same bytes.
bundle: setup
	$(BIN)/python -m local bundle --out dist/bundle.zip

# The platform of the build: Cloud Functions', on Ubuntu 22.04. The Python there is that of config/python.txt.
BUILD := --implementation cp --only-binary :all: \
	--platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64

# Pins anew what requirements.in draws in, in versions that the developers' packages can live with too, with hashes.
pins:
	@set -e; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	cp requirements.in requirements-dev.txt $$folder; \
	: > $$folder/constraints.txt; \
	$(PYTHON) -m venv $$folder/dev; \
	$$folder/dev/bin/pip install --quiet -r $$folder/requirements-dev.txt; \
	$$folder/dev/bin/pip freeze > $$folder/dev.txt; \
	mkdir $$folder/reports; \
	for version in $(PYTHONS); do $$folder/dev/bin/pip install --quiet --dry-run --ignore-installed $(BUILD) \
	  --python-version $$version --report $$folder/reports/$$version.json --target $$folder/none \
	  -r requirements.in -c $$folder/dev.txt; done; \
	$$folder/dev/bin/python tools/pins.py $$folder/reports .
