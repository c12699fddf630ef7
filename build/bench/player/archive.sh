#!/bin/sh
# archive.sh DIAOYUE DIR: makes the archive that `make bench-player` plays from,
# unless DIR holds it already: half a minute of 1080p25 with a flash and a beep
# every other second, an hour joined out of twenty seconds by stream copy, and five
# minutes of small pictures with a flash and a beep every second.
set -eu
diaoyue=${1:?usage: archive.sh DIAOYUE DIR}
dir=${2:?usage: archive.sh DIAOYUE DIR}
mkdir -p "$dir/home"
cd "$dir"
[ ! -e whole-2 ] || exit 0

export HOME="$dir/home" XDG_STATE_HOME="$dir/home/state" XDG_DATA_HOME="$dir/home/data" \
	XDG_CACHE_HOME="$dir/home/cache" XDG_CONFIG_HOME="$dir/home/config" DIAOYUE_PASSWORD=window-test-1

ff() { nice -n 5 ffmpeg -v error -y -nostdin -threads 2 "$@"; }

# Frames 25, 75, 125 … flash; the beep begins at the same instant and lasts 40 ms.
flash="drawbox=x=860:y=440:w=200:h=200:color=black:t=fill,drawbox=x=860:y=440:w=200:h=200:color=white:t=fill:enable='eq(mod(n,50),25)'"
beep="aevalsrc=0.8*sin(2*PI*1000*t)*between(mod(t\,2)\,1\,1.04):s=48000:d=30"
echo "clip hd.mp4" >&2
ff -f lavfi -i "testsrc2=size=1920x1080:rate=25:duration=30,noise=alls=10:allf=t,$flash" -f lavfi -i "$beep" \
	-c:v libx264 -preset superfast -b:v 6M -g 50 -bf 2 -pix_fmt yuv420p -c:a aac -b:a 128k -shortest hd.mp4
echo "clip hour.mp4" >&2
ff -f lavfi -i "testsrc2=size=1280x720:rate=25:duration=20" -an \
	-c:v libx264 -preset superfast -b:v 500k -g 50 -bf 2 -pix_fmt yuv420p short.mp4
for _ in $(seq 180); do echo "file short.mp4"; done >list
ff -f concat -i list -c copy hour.mp4

echo "clip long.mp4" >&2
ff -f lavfi -i "testsrc2=size=320x180:rate=25:duration=300,drawbox=x=120:y=50:w=80:h=80:color=black:t=fill,drawbox=x=120:y=50:w=80:h=80:color=white:t=fill:enable='eq(mod(n,25),12)'" \
	-f lavfi -i "aevalsrc=0.8*sin(2*PI*1000*t)*between(mod(t\,1)\,0.48\,0.52):s=48000:d=300" \
	-c:v libx264 -preset superfast -b:v 300k -g 50 -bf 2 -pix_fmt yuv420p -c:a aac -b:a 64k -shortest long.mp4

rm -rf archive
"$diaoyue" --archive "$dir/archive" --as archivist create --organ 'Player bench' >/dev/null
"$diaoyue" --archive "$dir/archive" --as archivist case add --code B-1 --title 'Player bench' >/dev/null
echo "receive, index and preview" >&2
"$diaoyue" --archive "$dir/archive" --as archivist ingest --case B-1 --json hd.mp4 hour.mp4 long.mp4 >received.json
: >whole-2
