# Three commands matter: `make run`, `make test`, which takes some five minutes on two idle cores, and `make check`,
# which is all there is and what CI runs.
# The first Python that will do is taken; `make PYTHON=…` takes another.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3 python; do \
  "$$each" -c '$(FITS)' 2>/dev/null && { echo "$$each"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# What Python compiles is kept beside it, whatever the environment says: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test slow properties check lint sbom bench lock clean

run: $(READY)
	@$(BIN)/lagrum serve

test: $(READY)
	$(BIN)/pytest -m "not slow" --hypothesis-profile=fast

# What is marked slow. Much of it waits for servers, workers and pages: one process more than there are cores.
slow: $(READY)
	$(BIN)/pytest -m slow --hypothesis-profile=fast --numprocesses=$$(($$(getconf _NPROCESSORS_ONLN) + 1))

# Every test, with every case of each sweep and as many examples of each property as it deserves: takes hours, and is
# no part of `make check`, which tries a share of the cases.
properties: $(READY)
	$(BIN)/pytest --hypothesis-profile=full

check: $(READY)
	$(MAKE) test
	$(MAKE) slow
	$(MAKE) lint

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python dependencies.py check

# What the service is made of, as CycloneDX 1.6.
sbom: $(READY)
	@$(BIN)/python dependencies.py sbom

bench: $(READY)
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

# Versions and hashes come from the lock file alone; the project itself is linked, not copied.
# The one package that is built here, durable-rules, calls by its old name what Python 3.13 has under a new one only.
$(READY): pyproject.toml requirements.lock
	@sh machine.sh "$(PYTHON)"
	$(PYTHON) -m venv $(VENV)
	CPPFLAGS="$$CPPFLAGS -DPyEval_CallObject=PyObject_CallObject" \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Needs uv; run it after changing dependencies in pyproject.toml.
lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --upgrade --output-file requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
