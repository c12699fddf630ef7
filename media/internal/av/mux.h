// An encoder and muxer in one: x264 and AAC (or what the options name) into a file.
#ifndef DIAOYUE_AV_MUX_H
#define DIAOYUE_AV_MUX_H

#include "gaps.h"

#include <libavcodec/bsf.h>

typedef struct {
	const char *format, *codec, *preset, *x264_params;
	int width, height; // 0: no video
	int tb_num, tb_den, rate_num, rate_den, sar_num, sar_den;
	int gop, b_frames, crf, threads, full_range, space, keep_sei, rotation;
	int rate, channels; // 0: no sound
	int64_t bit_rate;
	int64_t sound_start; // in samples
	AVDictionary *metadata;
	AVDictionary *mux_options;
} dy_mux_options;

typedef struct {
	dy_io io;
	AVFormatContext *fmt;
	AVCodecContext *video, *audio;
	AVStream *video_stream, *audio_stream;
	AVBSFContext *strip;
	AVFrame *picture, *sound;
	AVPacket *packet;
	int64_t sound_pts;
	int sound_fill;
} dy_mux;

int dy_mux_open(dy_mux *m, int fd, const dy_mux_options *o);
int dy_mux_picture(dy_mux *m, const uint8_t *y, const uint8_t *u, const uint8_t *v, int ys, int us, int vs, int w, int h, int64_t pts);
int dy_mux_sound(dy_mux *m, const int16_t *data, int frames);
int dy_mux_finish(dy_mux *m);
void dy_mux_close(dy_mux *m);

#endif
