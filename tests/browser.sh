#!/bin/sh
# Print the path of a Chromium for the browser tests, installing one when there is none.
# First argument: the bin folder of the virtual environment.
set -eu
find_browser() {
    for candidate in "${PLANNER_CHROMIUM:-}" /usr/lib/chromium/chromium chromium chromium-browser google-chrome; do
        [ -n "$candidate" ] && command -v "$candidate" && return 0
    done
    return 1
}
find_browser && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing chromium with apt-get for the browser tests" >&2
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } >&2
    find_browser && exit 0
fi
echo "Installing Playwright's own Chromium for the browser tests" >&2
if "$1/playwright" install chromium >&2; then
    exec "$1/python" -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as p: print(p.chromium.executable_path)'
fi
echo "The browser tests need Chromium: install it, or name one in PLANNER_CHROMIUM." >&2
exit 2
