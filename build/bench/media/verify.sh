#!/bin/sh
# verify.sh LAB FOLDER...: every frame of every recording in the folders, asked
# for shuffled, backwards and in steps, with and without passing over pictures,
# against one linear pass and the ffmpeg program. VERIFY_SAMPLE=N asks for N
# frames of each order instead of all. Prints one row a file; exits 1 if a frame
# was wrong or ffmpeg shows others.
set -u
lab=${1:?usage: verify.sh LAB FOLDER...}
shift
bad=0 files=0 refused=0 checked=0
for folder in "$@"; do
	[ -d "$folder" ] || { echo "skipped: $folder is not here"; continue; }
	for f in "$folder"/*; do
		case $f in *.tsv | *.md) continue ;; esac
		[ -f "$f" ] || continue
		files=$((files + 1))
		out=$("$lab" media verify "$f" --sample "${VERIFY_SAMPLE:-0}" --ffmpeg --json 2>/dev/null)
		code=$?
		echo "$(basename "$f") $out"
		case $out in
		*'"refused"'*) refused=$((refused + 1)) ;;
		*) [ $code = 0 ] || bad=$((bad + 1)) ;;
		esac
		n=$(printf '%s' "$out" | sed -n 's/.*"checked":\([0-9]*\).*/\1/p')
		checked=$((checked + ${n:-0}))
	done
done
echo "$files files, $refused refused with a named reason, $checked frames asked for, $bad files with a wrong frame or another than ffmpeg's"
[ "$bad" = 0 ]
