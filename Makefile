# Two words on a fresh machine: `make demo` runs the main job, `make test` passes the tests.
PYTHON ?= python3.11
BIN := .venv/bin
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := 1
export HAMILTON_TELEMETRY_ENABLED := false

.PHONY: setup demo test test-long check format bench bench-models bench-service lock

setup: .venv/ok

.venv/ok: requirements/dev.txt pyproject.toml
	@$(PYTHON) -m venv .venv
	@echo "installing from the lock file (some minutes on the first run) ..." >&2
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@ldconfig -p | grep -q libgomp.so.1 \
		|| (apt-get install -y -q --no-install-recommends libgomp1 >/dev/null 2>&1) \
		|| echo "training needs one system library: apt-get install libgomp1" >&2
	@echo "compiling the feature plans ..." >&2
	@$(BIN)/python -c "from features.graph import compile_plans; compile_plans()"
	@touch $@

demo: setup
	@$(BIN)/liangshan demo

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not long"

test-long: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup

bench: setup
	$(BIN)/python tests/bench/bench_features.py
	$(BIN)/python tests/bench/bench_judge.py
	$(BIN)/python tests/bench/bench_screen.py

bench-models: setup
	$(BIN)/python tests/bench/bench_models.py

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench-service: setup
	$(BIN)/python tests/bench/bench_service.py
	$(BIN)/python tests/bench/bench_batches.py 200

lock: setup
	$(BIN)/uv pip compile pyproject.toml --extra train --group dev --generate-hashes --no-header --no-annotate --python-version 3.11 -q -o requirements/dev.txt
