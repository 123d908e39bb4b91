# The same commands for people and for CI. Each sets up .venv by itself, on a
# machine that has Python 3.11 or newer and nothing else.
#
#   PORT=9000   serve on this port (else the first free one from 8000 on)
#   SERVE=no    build only
#   SCHEDULER=tcp://...   the Dask scheduler for census and variants
#   PYTHON=...  the Python that .venv is made with

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 \
	python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && { echo $$p; break; }; done)
NO_PYTHON = The book needs Python 3.11 or newer. Install it, or name \
	yours: make PYTHON=/path/to/python3
PAGES = $(shell find chapters -name '*.ipynb' ! -path '*/.*')
INDEX = /lab/tree/chapters/index.ipynb
BIN = .venv/bin/
PYTEST = $(BIN)python -m pytest -n 2 --dist worksteal

# two threads fight for the second core while something else runs there
export OMP_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export PYDEVD_DISABLE_FILE_VALIDATION = 1

.DEFAULT_GOAL = help
.PHONY: help book serve lab test unit pages site bench stored-vae \
	stored-critics stored-growing stored-cyclegan census variants lint clean \
	environment tools

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 19

book: environment ## Run what changed, build the website, serve it here
	@$(BIN)python -m lib.site.book

serve: environment ## Serve the website that was built last
	@$(BIN)python -m lib.site.book.serve

lab: environment ## Open the book in JupyterLab
	$(BIN)jupyter lab --LabApp.default_url=$(INDEX) $(OPTIONS)

test: ## All tests: library, rules, pages, website in two browsers
	@$(MAKE) --no-print-directory unit
	@$(MAKE) --no-print-directory pages
	@$(MAKE) --no-print-directory site

unit: tools # the library and the rules of the house
	$(PYTEST) tests --ignore=tests/test_site.py

pages: tools # every page; what passed is kept for the website
	$(PYTEST) -p tests.kept --nbmake --nbmake-timeout=600 chapters

site: tools # the built website
	@SERVE=no $(BIN)python -m lib.site.book
	@$(BIN)python -m lib.site.book.browsers
	$(PYTEST) tests/test_site.py

bench: tools ## How fast, as ratios to plain implementations
	@$(BIN)python -m tests.bench

stored-vae: environment ## Train the VAEs whose numbers are stored, anew
	@$(BIN)python -m lib.stored.vae

stored-critics: environment ## Train the critics whose numbers are stored, anew
	@$(BIN)python -m lib.stored.critics

stored-growing: environment ## Train the growing networks that are stored, anew
	@$(BIN)python -m lib.stored.growing

stored-cyclegan: environment ## Train the CycleGANs whose numbers are stored
	@$(BIN)python -m lib.stored.cycle_clouds
	@$(BIN)python -m lib.stored.cycle_digits

census: tools ## Count the modes that GANs find, anew; an hour, resumes
	@$(BIN)python -m lib.stored.census --scheduler "$(SCHEDULER)"

variants: tools ## Measure ten ways to a law in W1, anew; half an hour
	@$(BIN)python -m lib.stored.variants --scheduler "$(SCHEDULER)"

lint: tools ## Style of code and notebooks, spelling
	$(BIN)ruff check .
	$(BIN)ruff format --check .
	$(BIN)nbstripout --verify --keep-id \
		--extra-keys metadata.language_info $(PAGES)
	$(BIN)codespell

clean: ## Delete everything that was built (.venv stays)
	rm -rf _build lib/site/node_modules .pytest_cache .ruff_cache \
		.hypothesis *.egg-info
	find lib tests -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@$(or $(PYTHON),$(error $(NO_PYTHON))) lib/site/book/environment.py

tools:
	@$(or $(PYTHON),$(error $(NO_PYTHON))) lib/site/book/environment.py test
