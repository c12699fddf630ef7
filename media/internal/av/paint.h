// Pictures: decoded frame to upright I420, I420 to JPEG and PNG; sound to int16.
#ifndef DIAOYUE_AV_PAINT_H
#define DIAOYUE_AV_PAINT_H

#include "gaps.h"

#include <libswresample/swresample.h>

typedef struct {
	int width, height, full_range, space; // space: AVCOL_SPC of the matrix
	int stride[3];
} dy_picture;

// The tools of a painter. One painter at a time uses them.
typedef struct dy_press dy_press;
dy_press *dy_press_new(void);
void dy_press_free(dy_press *s);

// The frame as I420 of p's size, turned clockwise by 0, 90, 180 or 270 degrees; from 360 on mirrored before.
int dy_upright(dy_press *s, const AVFrame *f, const dy_picture *p, int rotation, uint8_t *y, uint8_t *u, uint8_t *v);
int dy_is_full_range(const AVFrame *f);
int dy_is_hdr(const AVFrame *f);
int dy_is_rgb(const AVFrame *f);

// The encoded image is av_malloc'ed; free it with av_free.
int dy_jpeg(dy_press *s, const dy_picture *p, const uint8_t *y, const uint8_t *u, const uint8_t *v, int w, int h, int q, uint8_t **out,
            int *size);
int dy_png(dy_press *s, const dy_picture *p, const uint8_t *y, const uint8_t *u, const uint8_t *v, uint8_t **out, int *size);

int dy_resampler(const AVFrame *f, int rate, int channels, SwrContext **out);
int dy_resample(SwrContext *s, const AVFrame *f, int16_t *out, int room);

#endif
