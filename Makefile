# make reports   alle rapporten van de voorbeeldstudie (of STUDY=uw-map)
# make test      alle tests
# make lab       JupyterLab met de notebooks
# make notebooks de notebooks opnieuw uitvoeren en hun uitvoer bewaren
# make bench     hoe snel is het, naast andere manieren (BENCH="--regions 26 --rounds 3")
# make coverage  hoe vaak intervallen de waarheid bevatten (een uur op twee kernen)
# make help      deze lijst

PYTHON ?= python3
STUDY ?= demo
OUT ?= reports
JOBS ?=
BIN := .venv/bin
READY := .venv/ready
# Kernels forked from a warm parent, for whatever starts them (hgeval/warm).
WARM := JUPYTER_DEFAULT_PROVISIONER_NAME=hgeval-warm

.DEFAULT_GOAL := help
.PHONY: help reports test lab lock notebooks bench coverage

help:
	@sed -n 's/^# make/make/p' Makefile

# Byte-code is compiled here: without it every kernel compiles pandas again.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "hgeval heeft Python 3.11 of hoger nodig")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-build-isolation --no-deps -e .
	$(BIN)/python -m compileall -q .venv/lib hgeval || true
	@touch $@

reports: $(READY)
	$(BIN)/hgeval build $(STUDY) --out $(OUT) $(if $(JOBS),--jobs $(JOBS))

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy hgeval
	$(BIN)/python -m pytest -n 2 --dist loadfile tests
	$(WARM) $(BIN)/python -m pytest -n 2 --dist loadfile -p nbval --nbval --nbval-cell-timeout 120 \
	    --nbval-sanitize-with tests/nbval_sanitize.cfg notebooks

lab: $(READY)
	$(WARM) $(BIN)/jupyter lab --notebook-dir=notebooks --LabApp.news_url=None \
	    --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate

# Execute the notebooks again on the synthetic study and store their outputs.
notebooks: $(READY)
	$(BIN)/python -m hgeval.press.store

# The same reports in several ways, each held to what a stock kernel makes (benchmarks/press.py).
bench: $(READY)
	$(BIN)/python benchmarks/press.py $(BENCH)

# Draw studies of which the truth is known, and count; writes data/reference/coverage.csv.
coverage: $(READY)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/coverage.py

# Resolve pyproject.toml again for every Python and system, with hashes and without the address of any index.
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install -qq --disable-pip-version-check uv
	printf 'hatchling\neditables\n' | build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
	    --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	    --extra lab --extra test --output-file requirements.lock pyproject.toml -
