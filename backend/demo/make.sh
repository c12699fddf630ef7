#!/bin/sh
# Makes the papers of the demonstration archive (files/) from their sources
# (sources/). Run by hand when a source changes; the result is committed.
# Needs chromium, imagemagick, python3 and fonts-noto-cjk.
set -eu
cd "$(dirname "$0")"
mkdir -p files
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pdf() {
	chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --user-data-dir="$work/profile" \
		--print-to-pdf="$2" "file://$PWD/sources/$1.html" 2>/dev/null
}

for paper in filing notice interview decision; do
	pdf "$paper" "$PWD/files/$paper.pdf"
done

# The scan: a printed form, a little turned, grey and noisy, without text layer.
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/profile" --force-device-scale-factor=1.2 \
	--window-size=794,1123 --screenshot="$work/inventory.png" "file://$PWD/sources/inventory.html" 2>/dev/null
convert "$work/inventory.png" -background white -rotate 1.4 -attenuate 0.25 +noise Gaussian \
	-colorspace Gray -density 110 -units PixelsPerInch -quality 45 "$work/inventory.jpg"
sed "s|SCAN|file://$work/inventory.jpg|" sources/scan.html >"$work/scan.html"
chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --user-data-dir="$work/profile" --allow-file-access-from-files \
	--print-to-pdf="$PWD/files/inventory.pdf" "file://$work/scan.html" 2>/dev/null

python3 sources/docx.py sources/record.txt files/record.docx
python3 sources/docx.py sources/receipt.txt files/receipt.docx
iconv -f UTF-8 -t GB18030 sources/report.txt >files/report.txt
cp sources/catalogue.txt files/catalogue.txt
cp sources/spoken.srt files/spoken.srt
ls -l files
