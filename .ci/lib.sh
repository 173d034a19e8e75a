# shellcheck shell=bash
# Sourced by every step: directories, errors, installation of tools.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
# Each variant is built once, so incremental builds would only cost time and disk space.
export CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}
export CARGO_NET_RETRY=${CARGO_NET_RETRY:-5}
# Logs and scratch projects of the steps.
target=${CARGO_TARGET_DIR:-$PWD/target}
work=$target/ci
mkdir -p "$work"

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# rejects WHAT COMMAND...: tests a check. Fails unless the command refuses its seeded fault.
rejects() {
    local what=$1
    shift
    if "$@" >"$work/rejects.log" 2>&1; then
        cat "$work/rejects.log" >&2
        die "the check '$*' accepted $what"
    fi
    printf 'rejected as expected: %s\n' "$what"
}

# apt_install COMMAND PACKAGE: installs the Debian package, unless the command exists.
apt_install() {
    command -v "$1" >/dev/null && return
    [ "$(id -u)" = 0 ] || die "'$1' is missing and only root can install it: apt-get install $2"
    printf 'installing %s\n' "$2"
    export DEBIAN_FRONTEND=noninteractive
    {
        apt-get -o Acquire::Retries=3 update &&
            apt-get -o Acquire::Retries=3 install -y --no-install-recommends "$2"
    } >"$work/apt.log" 2>&1 || {
        tail -20 "$work/apt.log" >&2
        die "could not install $2 with apt-get"
    }
}

# Makes $python a Python with the packages of .ci/requirements.txt, kept between runs.
need_python() {
    local key
    key=$(sha256sum .ci/requirements.txt | cut -c1-12)
    local venv=${XDG_CACHE_HOME:-$HOME/.cache}/milvus-otel/ci-$key
    python=$venv/bin/python
    if [ ! -e "$venv/complete" ]; then
        rm -rf "$venv"
        mkdir -p "$(dirname "$venv")"
        python3 -m venv "$venv" || die "python3 could not make a virtual environment in $venv"
        "$python" -m pip --quiet --disable-pip-version-check install --retries 5 -r .ci/requirements.txt ||
            die "could not install .ci/requirements.txt with pip"
        touch "$venv/complete"
    fi
    PATH=$venv/bin:$PATH
}

# need_tool NAME VERSION: a subcommand of cargo from crates.io, kept between runs. Without optimisation, which would take three
# times as long as its use saves.
need_tool() {
    local tools=${XDG_CACHE_HOME:-$HOME/.cache}/milvus-otel/tools
    PATH=$tools/bin:$PATH
    [ "$("$tools/bin/$1" "${1#cargo-}" --version 2>/dev/null | grep -o '[0-9.]*$')" = "$2" ] ||
        env -u CARGO_TARGET_DIR cargo install --quiet --debug --locked --root "$tools" --no-default-features "$1@$2" ||
        die "could not install $1 $2"
}

# published_crates: name, version and directory of each crate of the workspace that is published.
published_crates() {
    cargo metadata --quiet --locked --offline --no-deps --format-version 1 | python3 -c '
import json, pathlib, sys
for package in json.load(sys.stdin)["packages"]:
    if package["publish"] != []:
        print(package["name"], package["version"], pathlib.Path(package["manifest_path"]).parent)'
}

# package_crates FOLDER: packages all published crates, and unpacks them into FOLDER/NAME.
#
# They depend on each other, the client on its testkit only for examples, so a registry never has all that the first of them
# needs. They resolve to this checkout here, as CONTRIBUTING.md says for a release.
package_crates() {
    local folder=$1 name version directory patches=() packages=() dirty=()
    [ -n "${CI:-}" ] || dirty=(--allow-dirty)
    while read -r name version directory; do
        packages+=(-p "$name")
        patches+=(--config "patch.crates-io.$name.path=\"$directory\"")
    done < <(published_crates)
    rm -rf "$folder"
    mkdir -p "$folder"
    cargo package --quiet --locked --offline --no-verify "${dirty[@]}" --target-dir "$folder/target" "${patches[@]}" "${packages[@]}" ||
        die "a crate cannot be packaged"
    while read -r name version directory; do
        mkdir "$folder/$name"
        tar -xzf "$folder/target/package/$name-$version.crate" -C "$folder/$name" --strip-components=1
    done < <(published_crates)
}
