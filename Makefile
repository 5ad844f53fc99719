# Everything a person needs: `make package` and `make test`. Both set up what they use, below .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OTHERS := build/bench-venv
FUZZERS := build/fuzz-venv
JUDGES := build/formats-venv
MINUTES ?= 60

.PHONY: package test test-slow test-formats lint types check bench bench-quick fuzz clean

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

# The largest inputs, and many times the random examples of `make test`.
test-slow: $(READY)
	THOROUGH=1 $(BIN)/python -m pytest -q -n 2 --dist worksteal -m "slow or hypothesis"

# What others use to read and to judge the formats of `pkg export`, in environments of their own: cffconvert wants an
# older jsonschema than the rest, Datasette is a program and no library.
$(JUDGES)/.ready: tests/formats/constraints.txt tests/formats/constraints-cff.txt tests/formats/constraints-datasette.txt \
		| $(READY)
	$(BIN)/python -m venv --clear $(JUDGES)
	$(JUDGES)/bin/python -m pip install --quiet --disable-pip-version-check -c tests/formats/constraints.txt \
		bagit csvw datacite datasets huggingface_hub mlcroissant pyshacl pytest rdflib roc-validator rocrate
	$(BIN)/python -m venv --clear $(JUDGES)/cff
	$(JUDGES)/cff/bin/python -m pip install --quiet --disable-pip-version-check \
		-c tests/formats/constraints-cff.txt cffconvert
	$(BIN)/python -m venv --clear $(JUDGES)/datasette
	$(JUDGES)/datasette/bin/python -m pip install --quiet --disable-pip-version-check \
		-c tests/formats/constraints-datasette.txt datasette
	touch $(JUDGES)/.ready

# Puts every format of metadata before its own validator, with the network cut off where the system allows it. The
# tests cut it off a second time themselves.
test-formats: $(READY) $(JUDGES)/.ready
	$$(unshare -rn true 2>/dev/null && echo unshare -rn) $(JUDGES)/bin/python -m pytest -q \
		-c tests/formats/pytest.ini --rootdir tests/formats --confcutdir tests/formats tests/formats $(ARGS)

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

# A fuzzer guided by coverage, in an environment of its own as well: it has no wheels for all systems.
$(FUZZERS)/.ready: pyproject.toml constraints.txt tests/fuzz/constraints.txt | $(READY)
	$(BIN)/python -m venv --clear $(FUZZERS)
	$(FUZZERS)/bin/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt -c tests/fuzz/constraints.txt -e '.[dev,fuzz]'
	touch $(FUZZERS)/.ready

# Feeds changed inputs to the validator; what breaks it goes to build/fuzz/. Then random packages, as long again:
# make fuzz MINUTES=10
fuzz: $(FUZZERS)/.ready
	PYTHONPATH=tests $(FUZZERS)/bin/python -m fuzz.run --minutes $(MINUTES)
	PYTHONPATH=tests $(FUZZERS)/bin/python -m fuzz.packages --examples 2000

clean:
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis
