#include "paint.h"
#include "tone.h"

#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <math.h>
#include <string.h>

static int is_j(int fmt) {
	return fmt == AV_PIX_FMT_YUVJ420P || fmt == AV_PIX_FMT_YUVJ422P || fmt == AV_PIX_FMT_YUVJ444P ||
	       fmt == AV_PIX_FMT_YUVJ440P || fmt == AV_PIX_FMT_YUVJ411P;
}

// swscale warns of the old full-range formats; the range is passed apart.
static int plain(int fmt) {
	switch (fmt) {
	case AV_PIX_FMT_YUVJ420P: return AV_PIX_FMT_YUV420P;
	case AV_PIX_FMT_YUVJ422P: return AV_PIX_FMT_YUV422P;
	case AV_PIX_FMT_YUVJ444P: return AV_PIX_FMT_YUV444P;
	case AV_PIX_FMT_YUVJ440P: return AV_PIX_FMT_YUV440P;
	case AV_PIX_FMT_YUVJ411P: return AV_PIX_FMT_YUV411P;
	default: return fmt;
	}
}

int dy_is_rgb(const AVFrame *f) {
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);
	return d && (d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL));
}

int dy_is_full_range(const AVFrame *f) {
	if (dy_is_rgb(f)) return 0; // converted to limited range
	return f->color_range == AVCOL_RANGE_JPEG || is_j(f->format);
}

static const int *table(int space) {
	switch (space) {
	case AVCOL_SPC_BT709: return sws_getCoefficients(SWS_CS_ITU709);
	case AVCOL_SPC_BT2020_NCL: return sws_getCoefficients(SWS_CS_BT2020);
	default: return sws_getCoefficients(SWS_CS_ITU601);
	}
}

static AVFrame *blank(int w, int h, int fmt) {
	AVFrame *f = av_frame_alloc();
	if (!f) return NULL;
	f->width = w;
	f->height = h;
	f->format = fmt;
	if (av_frame_get_buffer(f, 0) < 0) av_frame_free(&f);
	return f;
}

// A conversion: sizes, formats, ranges and matrices on both sides.
typedef struct {
	int sw, sh, sf, s_full, s_space, dw, dh, df, d_full, d_space, flags;
} conversion;

// The tools of one painter, kept from picture to picture: making a scaler and an
// encoder anew costs a tenth of the work.
struct dy_press {
	struct SwsContext *scaler;
	conversion scales; // what the scaler was made for
	AVCodecContext *jpeg;
	AVFrame *sheet; // of the encoder's size
	AVFrame *proof; // of the size that was converted to last
	int q;
	int64_t sheets;
};

dy_press *dy_press_new(void) { return av_mallocz(sizeof(dy_press)); }

void dy_press_free(dy_press *s) {
	if (!s) return;
	sws_freeContext(s->scaler);
	avcodec_free_context(&s->jpeg);
	av_frame_free(&s->sheet);
	av_frame_free(&s->proof);
	av_free(s);
}

static AVFrame *proof(dy_press *s, int w, int h) {
	if (s->proof && s->proof->width == w && s->proof->height == h) return s->proof;
	av_frame_free(&s->proof);
	return s->proof = blank(w, h, AV_PIX_FMT_YUV420P);
}

// One conversion with the matrix and range said openly: swscale's own default
// is BT.601, which is wrong for HD.
static int convert(dy_press *s, conversion k, const uint8_t *const src[], const int ss[], uint8_t *const dst[], const int ds[]) {
	k.sf = plain(k.sf);
	k.df = plain(k.df);
	if (!s->scaler || memcmp(&k, &s->scales, sizeof k)) {
		sws_freeContext(s->scaler);
		s->scaler = sws_getContext(k.sw, k.sh, k.sf, k.dw, k.dh, k.df, k.flags, NULL, NULL, NULL);
		if (!s->scaler) return AVERROR(EINVAL);
		sws_setColorspaceDetails(s->scaler, table(k.s_space), k.s_full, table(k.d_space), k.d_full, 0, 1 << 16, 1 << 16);
		s->scales = k;
	}
	int r = sws_scale(s->scaler, src, ss, 0, k.sh, dst, ds);
	return r < 0 ? r : r == k.dh ? 0 : AVERROR_EXTERNAL;
}

// w and h are the size of the source plane; from 360 on it is mirrored first.
static void turn(const uint8_t *src, int ss, int w, int h, uint8_t *dst, int ds, int rotation) {
	int step = 1;
	if (rotation >= 360) {
		rotation -= 360;
		src += w - 1;
		step = -1;
	}
	for (int y = 0; y < h; y++, src += ss) {
		switch (rotation) {
		case 90:
			for (int x = 0; x < w; x++) dst[(ptrdiff_t)x * ds + h - 1 - y] = src[x * step];
			break;
		case 180:
			for (int x = 0; x < w; x++) dst[(ptrdiff_t)(h - 1 - y) * ds + w - 1 - x] = src[x * step];
			break;
		case 270:
			for (int x = 0; x < w; x++) dst[(ptrdiff_t)(w - 1 - x) * ds + y] = src[x * step];
			break;
		default:
			if (step > 0) memcpy(dst + (ptrdiff_t)y * ds, src, w);
			else for (int x = 0; x < w; x++) dst[(ptrdiff_t)y * ds + x] = src[-x];
		}
	}
}

int dy_is_hdr(const AVFrame *f) {
	return !dy_is_rgb(f) && (f->color_trc == AVCOL_TRC_SMPTE2084 || f->color_trc == AVCOL_TRC_ARIB_STD_B67);
}

int dy_upright(dy_press *s, const AVFrame *f, const dy_picture *p, int rotation, uint8_t *y, uint8_t *u, uint8_t *v) {
	const AVFrame *from = f;
	int turned = rotation % 180 != 0;
	int w = turned ? p->height : p->width, h = turned ? p->width : p->height; // before turning
	int cw = (w + 1) / 2, ch = (h + 1) / 2, scaled = w != f->width || h != f->height;
	conversion k = {f->width, f->height, f->format, dy_is_rgb(f) ? 1 : p->full_range, p->space, w, h, AV_PIX_FMT_YUV420P, p->full_range,
	                p->space, scaled ? SWS_BILINEAR : SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP};
	if (plain(f->format) != AV_PIX_FMT_YUV420P || scaled || dy_is_hdr(f)) {
		// swscale may write past the end of a row, so never into y, u and v themselves.
		AVFrame *tmp = proof(s, w, h);
		if (!tmp) return AVERROR(ENOMEM);
		int r = dy_is_hdr(f) ? dy_tonemap(f, tmp) : convert(s, k, (const uint8_t *const *)f->data, f->linesize, tmp->data, tmp->linesize);
		if (r < 0) return r;
		from = tmp;
	}
	turn(from->data[0], from->linesize[0], w, h, y, p->stride[0], rotation);
	turn(from->data[1], from->linesize[1], cw, ch, u, p->stride[1], rotation);
	turn(from->data[2], from->linesize[2], cw, ch, v, p->stride[2], rotation);
	return 0;
}

static inline __attribute__((always_inline)) uint8_t clip(int v) { return v < 0 ? 0 : v > 255 ? 255 : v; }

static void weights(int space, double *kr, double *kb) {
	switch (space) {
	case AVCOL_SPC_BT709: *kr = .2126, *kb = .0722; return;
	case AVCOL_SPC_BT2020_NCL: *kr = .2627, *kb = .0593; return;
	default: *kr = .299, *kb = .114; return;
	}
}

#if defined(__x86_64__) && defined(__GLIBC__)
#define FAST __attribute__((target_clones("avx2", "default")))
#else
#define FAST
#endif

FAST static void mix_luma(uint8_t *restrict l, const int *restrict share, int w, int m) {
	for (int x = 0; x < w; x++) l[x] = clip((l[x] * m + share[x]) >> 16);
}

FAST static void mix_chroma(uint8_t *restrict u, uint8_t *restrict v, int w, int bb, int br, int rb, int rr) {
	for (int x = 0; x < w; x++) {
		int cb = u[x] - 128, cr = v[x] - 128;
		u[x] = clip(128 + ((cb * bb + cr * br + (1 << 15)) >> 16));
		v[x] = clip(128 + ((cb * rb + cr * rr + (1 << 15)) >> 16));
	}
}

// JFIF knows one colour space: BT.601 at full range. Grey stays grey under a
// change of matrix, so luma only gains a share of the chroma, and the chroma
// mix among themselves: no way through RGB is needed.
static int to_jfif(AVFrame *f, int full, int space) {
	double kr, kb, r2 = 2 * (1 - .299), b2 = 2 * (1 - .114);
	weights(space, &kr, &kb);
	double kg = 1 - kr - kb, r = 2 * (1 - kr), b = 2 * (1 - kb);
	double y_cr = .299 * r - .587 * kr * r / kg, y_cb = .114 * b - .587 * kb * b / kg;
	double sy = full ? 1 : 255.0 / 219, sc = full ? 1 : 255.0 / 224;
	int oy = full ? 0 : 16, one = 1 << 16, half = 1 << 15;
	int m_y = lrint(sy * one), m_ycb = lrint(y_cb * sc * one), m_ycr = lrint(y_cr * sc * one);
	int m_bb = lrint((b - y_cb) / b2 * sc * one), m_br = lrint(-y_cr / b2 * sc * one);
	int m_rb = lrint(-y_cb / r2 * sc * one), m_rr = lrint((r - y_cr) / r2 * sc * one);
	int w = f->width, h = f->height, cw = (w + 1) / 2;
	if (full && space == AVCOL_SPC_SMPTE170M) return 0;
	int *share = av_malloc_array(cw * 2, sizeof *share); // what chroma adds to the luma below it, twice in a row
	if (!share) return AVERROR(ENOMEM);
	for (int y = 0; y < h; y += 2) {
		uint8_t *u = f->data[1] + (ptrdiff_t)(y / 2) * f->linesize[1], *v = f->data[2] + (ptrdiff_t)(y / 2) * f->linesize[2];
		for (int x = 0; x < cw; x++) share[2 * x] = share[2 * x + 1] = (u[x] - 128) * m_ycb + (v[x] - 128) * m_ycr - oy * m_y + half;
		for (int k = 0; k < 2 && y + k < h; k++) mix_luma(f->data[0] + (ptrdiff_t)(y + k) * f->linesize[0], share, w, m_y);
		mix_chroma(u, v, cw, m_bb, m_br, m_rb, m_rr);
	}
	av_free(share);
	return 0;
}

// An encoder of single pictures; q is the quantizer of JPEG, 0 for PNG.
static int open_encoder(AVCodecContext **out, const char *name, const AVFrame *f, int q) {
	const AVCodec *codec = avcodec_find_encoder_by_name(name);
	AVCodecContext *c = codec ? avcodec_alloc_context3(codec) : NULL;
	AVDictionary *opt = NULL;
	if (!c) return AVERROR(ENOMEM);
	c->width = f->width;
	c->height = f->height;
	c->pix_fmt = f->format;
	c->color_range = f->color_range;
	c->time_base = (AVRational){1, 25};
	c->thread_count = 1;
	c->flags |= AV_CODEC_FLAG_BITEXACT;
	if (q) {
		c->flags |= AV_CODEC_FLAG_QSCALE;
		c->qmin = 1;
		c->global_quality = q * FF_QP2LAMBDA;
		av_dict_set(&opt, "huffman", "default", 0); // the best tables cost a second pass
	} else {
		c->compression_level = 3;
	}
	int r = avcodec_open2(c, codec, &opt);
	av_dict_free(&opt);
	if (r < 0) avcodec_free_context(&c);
	*out = c;
	return r;
}

static int encode(AVCodecContext *c, const AVFrame *f, uint8_t **out, int *size) {
	AVPacket *p = av_packet_alloc();
	if (!p) return AVERROR(ENOMEM);
	int r = avcodec_send_frame(c, f);
	if (r >= 0) r = avcodec_receive_packet(c, p);
	if (r >= 0 && !(*out = av_memdup(p->data, p->size))) r = AVERROR(ENOMEM);
	if (r >= 0) *size = p->size;
	av_packet_free(&p);
	return r < 0 ? r : 0;
}

// Brings sheet and encoder to a size and quantizer.
static int set_up(dy_press *s, int w, int h, int q) {
	int fits = s->jpeg && s->sheet && s->sheet->width == w && s->sheet->height == h && s->q == q;
	if (fits && av_frame_is_writable(s->sheet)) return 0;
	av_frame_free(&s->sheet);
	if (!(s->sheet = blank(w, h, AV_PIX_FMT_YUVJ420P))) return AVERROR(ENOMEM);
	s->sheet->color_range = AVCOL_RANGE_JPEG;
	if (fits) return 0; // the encoder still holds the sheet before
	avcodec_free_context(&s->jpeg);
	s->q = q;
	s->sheets = 0;
	return open_encoder(&s->jpeg, "mjpeg", s->sheet, q);
}

int dy_jpeg(dy_press *s, const dy_picture *p, const uint8_t *y, const uint8_t *u, const uint8_t *v, int w, int h, int q, uint8_t **out,
            int *size) {
	const uint8_t *src[4] = {y, u, v};
	const int ss[4] = {p->stride[0], p->stride[1], p->stride[2]};
	int r = set_up(s, w, h, q);
	if (r < 0) return r;
	AVFrame *f = s->sheet;
	if (w == p->width && h == p->height) {
		av_image_copy(f->data, f->linesize, src, ss, AV_PIX_FMT_YUV420P, w, h);
	} else { // only the size: same range and matrix on both sides
		conversion k = {p->width, p->height, AV_PIX_FMT_YUV420P, p->full_range, p->space, w, h, AV_PIX_FMT_YUV420P, p->full_range, p->space,
		                SWS_BILINEAR};
		r = convert(s, k, src, ss, f->data, f->linesize);
	}
	if (r >= 0) r = to_jfif(f, p->full_range, p->space);
	if (r < 0) return r;
	f->quality = q * FF_QP2LAMBDA;
	f->pts = s->sheets++; // the encoder takes no instant twice
	r = encode(s->jpeg, f, out, size);
	if (r < 0) avcodec_free_context(&s->jpeg); // the next picture gets a new one
	return r;
}

int dy_png(dy_press *s, const dy_picture *p, const uint8_t *y, const uint8_t *u, const uint8_t *v, uint8_t **out, int *size) {
	const uint8_t *src[4] = {y, u, v};
	const int ss[4] = {p->stride[0], p->stride[1], p->stride[2]};
	AVCodecContext *c = NULL;
	AVFrame *f = blank(p->width, p->height, AV_PIX_FMT_RGB24);
	if (!f) return AVERROR(ENOMEM);
	conversion k = {p->width, p->height, AV_PIX_FMT_YUV420P, p->full_range, p->space, p->width, p->height, AV_PIX_FMT_RGB24, 1, p->space,
	                SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT};
	int r = convert(s, k, src, ss, f->data, f->linesize);
	f->pts = 0;
	if (r >= 0) r = open_encoder(&c, "png", f, 0);
	if (r >= 0) r = encode(c, f, out, size);
	avcodec_free_context(&c);
	av_frame_free(&f);
	return r;
}

int dy_resampler(const AVFrame *f, int rate, int channels, SwrContext **out) {
	AVChannelLayout to;
	av_channel_layout_default(&to, channels);
	int r = swr_alloc_set_opts2(out, &to, AV_SAMPLE_FMT_S16, rate, (AVChannelLayout *)&f->ch_layout, f->format, f->sample_rate, 0, NULL);
	if (r >= 0) r = swr_init(*out);
	if (r < 0) swr_free(out);
	return r;
}

// Without a change of rate every sample in gives one sample out at once. f NULL drains.
int dy_resample(SwrContext *s, const AVFrame *f, int16_t *out, int room) {
	uint8_t *dst[1] = {(uint8_t *)out};
	return swr_convert(s, dst, room, f ? (const uint8_t **)f->extended_data : NULL, f ? f->nb_samples : 0);
}
