# The packages that package-lock.json pins, installed once: a copy of the lock beside them says which ones they are.
# Run as `sh test/support/packages.sh` from anywhere; silent when there is nothing to do.
set -eu
cd "$(dirname "$0")/../.."

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

command -v npm >/dev/null || fail 'npm is missing: install Node.js 20 or newer, with npm.'
cmp -s package-lock.json node_modules/.installed-lock.json && exit 0

echo 'Installing the pinned packages (npm ci) ...' >&2
npm ci --no-audit --no-fund --loglevel=error >&2
# Where npm does not run install scripts, bun is still a stand-in that only says so.
node_modules/.bin/bun --version >/dev/null 2>&1 || node node_modules/bun/install.js >&2
node_modules/.bin/bun --version >/dev/null || fail 'The pinned bun does not run on this system.'
cp package-lock.json node_modules/.installed-lock.json
