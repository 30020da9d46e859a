#!/bin/sh
# Installs the coding-agent CLIs that the tests of the harnesses run (pinned, into the user's cache, once): [claude] [codex] [opencode] [gemini].
set -eu
cd "$(dirname "$0")/.."
exec node_modules/.bin/node --disable-warning=ExperimentalWarning tests/clis/install.ts "$@"
