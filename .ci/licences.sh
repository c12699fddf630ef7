#!/bin/sh
# Prints the table of Go modules and npm packages that are linked or bundled,
# with the licence each carries. `make licences` writes it into docs/third-party.md.
set -eu
cd "$(dirname "$0")/.."

kind() { # the licence of the file $1, by its own words
  if grep -qi 'GNU AFFERO' "$1"; then echo AGPL-3.0
  elif grep -qi 'GNU LESSER' "$1"; then echo LGPL
  elif grep -qi 'GNU GENERAL PUBLIC' "$1"; then echo GPL
  elif grep -qi 'Mozilla Public License' "$1"; then echo MPL-2.0
  elif grep -qi 'Apache License' "$1"; then echo Apache-2.0
  elif grep -qi 'Permission is hereby granted, free of charge' "$1"; then echo MIT
  elif grep -qi 'Permission to use, copy, modify, and/\{0,1\}or\{0,1\} \{0,1\}distribute' "$1"; then echo ISC
  elif grep -qi 'Redistribution and use in source and binary forms' "$1"; then
    if grep -qi 'neither the name\|names of its contributors\|may not be used to endorse' "$1"; then echo BSD-3-Clause; else echo BSD-2-Clause; fi
  elif grep -qi 'unlicense' "$1"; then echo Unlicense
  elif grep -qi 'CC0' "$1"; then echo CC0-1.0
  else echo "see its file"; fi
}

echo '| module or package | version | licence |'
echo '|---|---|---|'
go list -deps -tags desktop,production,webkit2_41 -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' . | sort -u | while read -r path version dir; do
  file=$(find "$dir" -maxdepth 1 -iname 'LICEN[CS]E*' -o -maxdepth 1 -iname 'COPYING*' | sort | head -n 1)
  [ -n "$file" ] && licence=$(kind "$file") || licence='no file; see its source'
  echo "| $path | $version | $licence |"
done
if [ -d frontend/node_modules ]; then
  (cd frontend && npm ls --omit=dev --all --parseable 2>/dev/null | tail -n +2) | sort -u | while read -r dir; do
    node -p "const p=require('$dir/package.json'); '| npm '+p.name+' | '+p.version+' | '+(typeof p.license==='string'?p.license:'see its file')+' |'"
  done | sort -u
fi
