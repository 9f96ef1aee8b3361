# make demo      a filled portal to try, on https://localhost:8443
# make test      everything that must pass, with its own set-up
# make soak      every point of the runs of which make test tries a tenth: an hour or more
# make install   .venv from uv.lock, for production and for work on the code
# make check     lint and types
# make audit     is a hole known in anything that is installed? Fails when nobody could be asked
# make scan      scanners against a demo on this machine: an hour
# make tools     write the lists of what audit and scan run anew, with the newest versions
#
# Debian or Ubuntu with Python 3.11, 3.12 or 3.13. What is missing is installed with apt-get, as root or
# through sudo; nothing else outside this folder is touched. Each target can be repeated, and is quick when
# all is there.

DATA ?= .demo
PORT ?= 8443
CALLS ?= 300
CHROMIUM ?= /usr/bin/chromium
CHROMIUM_SHELL ?= /usr/bin/chromium-headless-shell
export CHROMIUM CHROMIUM_SHELL

export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV

.ONESHELL:
.SHELLFLAGS := -euc
.DELETE_ON_ERROR:
.PHONY: demo test soak install check browser audit scan tools

# Shell words of the recipes below. `packages` installs what it is told with apt-get.
define WORDS
libraries="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libseccomp2 fonts-dejavu-core"
installed() { dpkg-query -W -f '$${Status}\n' "$$1" 2>/dev/null | grep -q ' installed$$'; }
missing() { for package in "$$@"; do installed "$$package" || echo "$$package"; done; }
say() { echo "== $$*" >&2; }
packages() {
    if [ "$$(id -u)" = 0 ]; then as=; elif command -v sudo >/dev/null; then as=sudo; else
        say "please have an administrator install: $$*"; exit 1; fi
    command -v apt-get >/dev/null || { say "no apt-get here: please install $$*"; exit 1; }
    say "installing $$* with apt-get"
    $$as apt-get -qq update
    $$as env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y "$$@" >/dev/null
}
python() {
    for name in python3 python3.13 python3.12 python3.11; do
        if "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            command -v "$$name"; return; fi
    done
    return 1
}
run_uv() {
    if command -v uv >/dev/null; then uv "$$@"; return; fi
    if [ ! -x .uv/bin/uv ]; then
        "$$(python)" -c 'import ensurepip' 2>/dev/null || packages python3-venv
        say "getting uv into .uv"
        rm -rf .uv
        "$$(python)" -m venv .uv
        .uv/bin/python -m pip -q install --require-hashes --only-binary :all: -r portal/supply/tools/uv.txt
    fi
    .uv/bin/uv "$$@"
}
tools() {
    for tool in "$$@"; do
        run_uv venv -q --allow-existing --python .venv/bin/python ".tools/$$tool"
        run_uv pip sync -q --require-hashes --python ".tools/$$tool" "portal/supply/tools/$$tool.txt"
    done
}
endef

install:
	@$(WORDS)
	lacking="$$(missing $$libraries)"
	[ -z "$$lacking" ] || packages $$lacking
	if [ -x .venv/bin/python ]; then choice=; else
	    python >/dev/null || packages python3 python3-venv
	    python >/dev/null || { say "Python 3.11, 3.12 or 3.13 is needed"; exit 1; }
	    choice="--python $$(python)"
	    say "making .venv from uv.lock"
	fi
	run_uv sync -q --locked $$choice
	.venv/bin/python -c 'from portal.language import compile_catalogues; compile_catalogues()'

demo: install
	@exec .venv/bin/portal demo --data "$(DATA)" --port $(PORT) --calls $(CALLS)

browser:
	@$(WORDS)
	[ -x "$$CHROMIUM" ] || packages chromium
	[ -x "$$CHROMIUM_SHELL" ] || (packages chromium-headless-shell) ||
	    say "without Chromium's shell, which only Debian has, the pages are looked at more slowly"
	[ -n "$$(command -v pdftotext)" ] || packages poppler-utils

check: install
	@.venv/bin/ruff check .
	.venv/bin/mypy

test: browser check
	@.venv/bin/pytest -n 2 --dist loadfile

soak: install
	@SOAK=1 .venv/bin/pytest -n 2 --dist worksteal -m "soak or not soak" tests/faults tests/retention tests/ingest

audit: install
	@$(WORDS)
	tools audit
	exec .venv/bin/portal supply audit

scan: install
	@$(WORDS)
	tools sslyze sqlmap wapiti
	exec .venv/bin/portal supply scan

tools:
	@$(WORDS)
	for tool in portal/supply/tools/*.in; do
	    run_uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	        --no-emit-index-url "$$tool" -o "$${tool%.in}.txt"
	done
