#!/bin/sh
# Säger i en mening vad som saknas på datorn, innan något byggs: sh machine.sh PYTHON (se Makefile).
python=$1

stop() {
  echo "$1" >&2
  exit 1
}

[ -n "$python" ] && "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null ||
  stop "Lagrum behöver Python 3.11, 3.12 eller 3.13 och fann ingen: installera en, eller ange den med make PYTHON=SÖKVÄG."
version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')

"$python" -c 'import ensurepip, venv' 2>/dev/null ||
  stop "$version saknar modulen venv: installera den, på Debian och Ubuntu med apt install $version-venv."

compiler=${CC:-$("$python" -c 'import sysconfig; print(sysconfig.get_config_var("CC") or "cc")')}
command -v "${compiler%% *}" >/dev/null ||
  stop "C-kompilatorn ${compiler%% *} saknas, och regelmotorn byggs med den: på Debian och Ubuntu apt install gcc libc6-dev."

headers=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
[ -f "$headers/Python.h" ] ||
  stop "Python.h saknas i $headers, och regelmotorn byggs mot den: på Debian och Ubuntu apt install $version-dev."

echo '#include <Python.h>' | $compiler -I "$headers" -fsyntax-only -x c - 2>/dev/null ||
  stop "C-kompilatorn ${compiler%% *} saknar C-bibliotekets huvudfiler: på Debian och Ubuntu apt install libc6-dev."
