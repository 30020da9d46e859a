#!/bin/sh
# Installs the dependencies and builds dist/ when they are missing or older than their sources. Safe to run
# from several processes at once: one works, the others wait for it.
set -eu
cd "$(dirname "$0")/.."

stale_install() {
  [ ! -x node_modules/.bin/node ] || ! cmp -s package-lock.json node_modules/.oompa-lock.json
}
stale_build() {
  [ ! -f dist/.built ] || [ -n "$(find src scripts/build.mjs package.json -newer dist/.built -type f | head -n 1)" ]
}
stale_install || stale_build || exit 0

lock=.ensure.lock
while ! mkdir "$lock" 2>/dev/null; do
  owner=$(cat "$lock/pid" 2>/dev/null || true)
  if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
    # The owner died. Only one waiter wins this rename, so nobody removes a lock that was taken meanwhile.
    mv "$lock" "$lock.dead.$$" 2>/dev/null && rm -rf "$lock.dead.$$"
    continue
  fi
  [ -n "${waited:-}" ] || echo "oompa: another process is installing or building this checkout; waiting for it" >&2
  waited=1
  sleep 0.2
done
trap 'rm -rf "$lock"' EXIT
trap 'exit 130' INT TERM HUP
echo $$ >"$lock/pid"

command -v npm >/dev/null 2>&1 || {
  echo "oompa: npm was not found on PATH; install Node.js with npm, then run this again" >&2
  exit 69
}
if stale_install; then
  echo "oompa: installing dependencies (once; npm ci)" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  cp --remove-destination package-lock.json node_modules/.oompa-lock.json
fi
if stale_build; then
  echo "oompa: building dist/" >&2
  node_modules/.bin/node scripts/build.mjs >&2
fi
