#!/bin/sh
# make_clips.sh OUT_DIR [small]: makes the synthetic clips that are not there yet.
# The full set is 1080p and 720p; with `small` its 320x180 twins, same structure,
# fewer seconds. The picture is road traffic where ../shared holds it, else
# FFmpeg's test pattern; both with noise, so that no frame equals another.
# Needs ffmpeg with libx264, libx265, libxvid.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: make_clips.sh OUT_DIR [small]}
kind=${2:-full}
mkdir -p "$out"
cd "$out"

traffic="$here/../../../../shared/data/media/sv_car-detection.mp4"
if [ -r "$traffic" ]; then
	from="-stream_loop 2 -i $traffic"
else
	from="-f lavfi -i testsrc2=size=1280x720:rate=25:duration=60"
fi
font=$(find /usr/share/fonts -name 'DejaVuSans.ttf' -o -name 'NotoSansCJK-Regular.ttc' 2>/dev/null | head -n 1)
number=
[ -z "$font" ] || number=",drawtext=fontfile=$font:text='%{n}':fontsize=h/20:fontcolor=white:box=1:boxcolor=black:x=40:y=40"

if [ "$kind" = small ]; then
	hd="scale=320:180,fps=25,noise=alls=10:allf=t$number" sd="scale=320:180,fps=25,noise=alls=8:allf=t"
	high=400k mid=300k long=11 short=11 mjpeg=2
else
	hd="scale=1920:1080,fps=25,noise=alls=10:allf=t$number" sd="scale=1280:720,fps=25,noise=alls=8:allf=t"
	high=6M mid=3M long=40 short=12 mjpeg=20
fi
half=$((long / 2))
size=${sd%%,*} # scale=W:H

ff() { nice -n 5 ffmpeg -v error -y -nostdin -threads 2 "$@"; }
# new NAME ARGUMENTS...: made under another name first, so that a clip is whole or absent.
new() {
	name=$1
	shift
	[ ! -s "$name" ] || return 0
	echo "clip $name" >&2
	ff "$@" "part.$name" || { rm -f "part.$name"; return 1; }
	mv "part.$name" "$name"
}
# shellcheck disable=SC2086 # $from and $x264 are lists
{
x264="-c:v libx264 -preset superfast"
new h264_gop250.mp4 $from -t $long -an -vf "$hd" $x264 -b:v $high -g 250 -keyint_min 250 -sc_threshold 0 -bf 3 -b_strategy 0 -refs 3
new h264_gop25.mp4 $from -t $long -an -vf "$hd" $x264 -b:v $high -g 25 -keyint_min 25 -sc_threshold 0 -bf 0
new hevc_gop250.mp4 $from -t $short -an -vf "$hd" -c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=250:min-keyint=250:scenecut=0:bframes=3 -b:v $high
new h264_gop25.ts -i h264_gop25.mp4 -t $half -c copy -f mpegts
new h264_gop250.ts -i h264_gop250.mp4 -t $half -c copy -f mpegts
new mjpeg.avi $from -t $mjpeg -an -vf "$hd" -c:v mjpeg -q:v 5
new mpeg4_b.avi $from -t $half -an -vf "$sd" -c:v mpeg4 -b:v $mid -g 250 -bf 2
new xvid_packed.avi $from -t $half -an -vf "$sd" -c:v libxvid -b:v $mid -g 250 -bf 2 || echo 'no xvid_packed.avi: this ffmpeg has no libxvid' >&2
# a variable frame rate: frames left out irregularly
new vfr.mp4 $from -t $short -an -vf "$size,fps=30,noise=alls=8:allf=t,select='not(eq(mod(n\,7)\,3))*not(between(mod(n\,101)\,40\,55))'" -vsync vfr $x264 -b:v $mid -g 250 -bf 3
new h264_1080i.ts $from -t $half -an -vf "${hd%%,*},fps=50,noise=alls=8:allf=t,interlace=lowpass=0" $x264 -flags +ildct+ilme -b:v $high -g 50 -bf 2 -x264-params tff=1 -f mpegts
new h264_opengop.mp4 $from -t $half -an -vf "$sd" $x264 -b:v $mid -g 50 -bf 3 -x264-params open-gop=1
new h264_intrarefresh.ts $from -t $half -an -vf "$sd" $x264 -b:v $mid -g 50 -bf 0 -x264-params intra-refresh=1 -f mpegts
# fragmented; an edit list that begins inside a group of pictures
new frag.mp4 -i h264_gop25.mp4 -t $half -c copy -movflags frag_keyframe+empty_moov
new edit_list.mp4 -ss 3.3 -i h264_gop250.mp4 -t $half -c copy
}

# bytes FILE: its length. part FILE SKIP COUNT: COUNT transport packets from SKIP on.
bytes() { wc -c <"$1"; }
part() { tail -c +$((188 * $2 + 1)) "$1" | head -c $((188 * $3)); }
packets=$(($(bytes h264_gop25.ts) / 188))
# a hole in a transport stream, torn inside a packet; a restart of its clock
if [ ! -s gap.ts ]; then
	{ part h264_gop25.ts 0 $((packets / 3)); tail -c +$((188 * (packets / 2) + 78)) h264_gop25.ts; } >part.gap && mv part.gap gap.ts
fi
if [ ! -s clock_reset.ts ]; then
	ff -i h264_gop25.ts -t 4 -c copy -output_ts_offset 90000 -f mpegts part.later
	{ part h264_gop25.ts 0 $((packets / 3)); cat part.later; } >part.reset && mv part.reset clock_reset.ts
	rm -f part.later
fi
# cut short in a fragment; the index at the end never written
[ -s frag_truncated.mp4 ] || head -c $(($(bytes frag.mp4) * 2 / 3)) frag.mp4 >frag_truncated.mp4
[ -s no_moov.mp4 ] || head -c $(($(bytes h264_gop25.mp4) / 4)) h264_gop25.mp4 >no_moov.mp4
