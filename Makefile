# Everything a person needs: `make package` and `make test`. Both set up what they use, below .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OTHERS := build/bench-venv

.PHONY: package test lint types check bench bench-quick clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("newspkg needs Python 3.11 or newer; name one: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(READY)

# The main job on real input: build the examples into a new package, then validate it and the shipped one.
package: $(READY)
	$(BIN)/pkg build examples/articles --curation examples/curation --out build/examples
	$(BIN)/pkg validate build/examples --texts examples/articles
	$(BIN)/pkg validate .

test: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

check: lint types test
	$(BIN)/pkg derive --check
	$(BIN)/pkg validate .

# Other validators, in an environment of their own: the project does not need them, and they would slow its own down.
$(OTHERS)/.ready: pyproject.toml constraints.txt benchmarks/constraints.txt | $(READY)
	$(BIN)/python -m venv --clear $(OTHERS)
	$(OTHERS)/bin/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt -c benchmarks/constraints.txt -e '.[bench]'
	touch $(OTHERS)/.ready

# Measures the validator beside its floor and the others, and writes docs/performance.md. It takes ten minutes; 10
# million rows want 6 GB of disk and are asked for: make bench ARGS='--sizes 10m --rounds 3'
bench: $(READY) $(OTHERS)/.ready
	$(BIN)/python -m benchmarks.run $(ARGS)

# One round at small sizes: to see where one stands. Writes nothing.
bench-quick: $(READY) $(OTHERS)/.ready
	$(BIN)/python -m benchmarks.run --sizes 10,1k,100k --rounds 1 --no-page $(ARGS)

clean:
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis
