#!/bin/sh
# Renders a trace page to a picture with headless Chromium.
# usage: docs/render-trace.sh PAGE.html[#theme=dark&span=ID] OUT.png [WIDTH HEIGHT]
# SCALE=2 in the environment doubles the pixels.
# Needs Chromium and fonts: apt-get install --no-install-recommends chromium fonts-inter fonts-dejavu-core
# The page's fragment chooses what it shows: theme=light|dark, span=SPAN_ID, name=SPAN_NAME,
# find=TEXT, zoom (to the span chosen), panel=no.
set -eu
if [ $# -lt 2 ]; then
    sed -n '2,7s/^# //p' "$0" >&2
    exit 2
fi
page=${1%%#*}
case $1 in *'#'*) fragment="#${1#*#}" ;; *) fragment="" ;; esac
out=$2
width=${3:-1600}
height=${4:-1000}

if [ ! -f "$page" ]; then
    echo "rendering $page failed: there is no such file" >&2
    exit 1
fi
for name in chromium chromium-browser google-chrome; do
    chromium=$(command -v "$name") && break
done
if [ -z "${chromium:-}" ]; then
    echo "rendering $page needs Chromium: apt-get install --no-install-recommends chromium fonts-inter fonts-dejavu-core" >&2
    exit 1
fi
page=$(cd "$(dirname "$page")" && pwd)/$(basename "$page")
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
rm -f "$out"
"$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$profile" --force-device-scale-factor="${SCALE:-1}" \
    --window-size="$width,$height" --screenshot="$out" "file://$page$fragment" 2>"$profile/log" || true
if [ ! -s "$out" ]; then
    cat "$profile/log" >&2
    echo "rendering $page failed: Chromium wrote no picture" >&2
    exit 1
fi
