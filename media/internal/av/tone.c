#include "tone.h"

#include <libavutil/mastering_display_metadata.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <math.h>

// Light is counted in units of SDR white (100 cd/m²). The curve is Hable's
// filmic one over the strongest of the three colours, so that hues stay; bright
// parts come below white, and nothing is cut off up to the mastering peak.
enum { codes = 4096, out_codes = 16384, hlg_peak = 10 };

typedef struct {
	float linear[codes]; // signal 0..1 → light (PQ), or scene light 0..1 (HLG)
	float gain[codes];   // strongest signal → factor of the curve (PQ)
	float peak, white;   // strongest light, and what the curve makes of it
	float signal[out_codes + 1]; // light 0..1 → BT.709 signal 0..1
	int hlg;
} curves;

static float hable(float x) {
	const float a = .15f, b = .50f, c = .10f, d = .20f, e = .02f, f = .30f;
	return (x * (x * a + b * c) + d * e) / (x * (x * a + b) + d * f) - e / f;
}

// SMPTE ST 2084.
static double pq_light(double s) {
	const double m1 = 2610.0 / 16384, m2 = 2523.0 / 4096 * 128, c1 = 3424.0 / 4096, c2 = 2413.0 / 4096 * 32, c3 = 2392.0 / 4096 * 32;
	double p = pow(s, 1 / m2), n = p - c1;
	return n <= 0 ? 0 : pow(n / (c2 - c3 * p), 1 / m1) * 100; // of 100 cd/m²
}

// ARIB STD-B67, the inverse OETF.
static double hlg_scene(double s) {
	const double a = .17883277, b = .28466892, c = .55991073;
	return s <= .5 ? s * s / 3 : (exp((s - c) / a) + b) / 12;
}

// BT.1886-like display gamma would crush what the curve lifted; the BT.709 OETF
// is what SDR footage carries.
static double bt709(double l) { return l < .018 ? 4.5 * l : 1.099 * pow(l, .45) - .099; }

// The strongest light of the footage, by its own notes; else 1,000 cd/m².
static float peak_of(const AVFrame *f) {
	const AVFrameSideData *d = av_frame_get_side_data(f, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL);
	double peak = 0;
	if (d) peak = ((AVContentLightMetadata *)d->data)->MaxCLL / 100.0;
	d = av_frame_get_side_data(f, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA);
	if (peak <= 0 && d) {
		const AVMasteringDisplayMetadata *m = (const AVMasteringDisplayMetadata *)d->data;
		if (m->has_luminance) peak = av_q2d(m->max_luminance) / 100;
	}
	return peak >= 1 && peak <= 100 ? peak : 10;
}

static curves *curves_of(const AVFrame *f) {
	curves *c = av_malloc(sizeof *c);
	if (!c) return NULL;
	c->hlg = f->color_trc == AVCOL_TRC_ARIB_STD_B67;
	c->peak = c->hlg ? hlg_peak : peak_of(f);
	c->white = hable(c->peak);
	for (int i = 0; i < codes; i++) {
		double s = i / (codes - 1.0);
		c->linear[i] = c->hlg ? hlg_scene(s) : pq_light(s);
		c->gain[i] = hable(c->linear[i]) / c->white / fmaxf(c->linear[i], 1e-6f);
	}
	for (int i = 0; i <= out_codes; i++) c->signal[i] = bt709((double)i / out_codes);
	return c;
}

static inline float clampf(float v, float hi) { return v < 0 ? 0 : v > hi ? hi : v; }

// One pixel of BT.2020 signals 0..1 to BT.709 signals.
static inline void map(const curves *c, float r, float g, float b, float out[3]) {
	int ri = lrintf(clampf(r, 1) * (codes - 1)), gi = lrintf(clampf(g, 1) * (codes - 1)), bi = lrintf(clampf(b, 1) * (codes - 1));
	float lr = c->linear[ri], lg = c->linear[gi], lb = c->linear[bi], k;
	if (c->hlg) { // BT.2100: system gamma 1.2 on the luminance, at 1,000 cd/m²
		float y = .2627f * lr + .6780f * lg + .0593f * lb;
		float ootf = powf(fmaxf(y, 1e-6f), .2f) * hlg_peak;
		lr *= ootf, lg *= ootf, lb *= ootf;
		float top = fmaxf(fmaxf(lr, lg), fmaxf(lb, 1e-6f));
		k = hable(top) / c->white / top;
	} else {
		int top = ri > gi ? ri : gi;
		k = c->gain[top > bi ? top : bi];
	}
	lr *= k, lg *= k, lb *= k;
	float o[3] = {1.660491f * lr - .587641f * lg - .072850f * lb, -.124550f * lr + 1.132900f * lg - .008349f * lb,
	              -.018151f * lr - .100579f * lg + 1.118730f * lb};
	for (int i = 0; i < 3; i++) out[i] = c->signal[(int)lrintf(clampf(o[i], 1) * out_codes)];
}

static inline uint8_t byte_of(float v) { return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)lrintf(v); }

// Two rows at once, so that chroma has its four pixels together.
static void map_rows(const curves *c, const AVFrame *in, AVFrame *to, int y, int full) {
	const float oy = full ? 0 : 4096, sy = full ? 1 / 65535.f : 1 / 56064.f, sc = full ? 1 / 65535.f : 1 / 57344.f;
	int w = to->width, rows = y + 1 < to->height ? 2 : 1;
	for (int x = 0; x < w; x += 2) {
		float cb = 0, cr = 0;
		int n = 0;
		for (int dy = 0; dy < rows; dy++) {
			const uint16_t *py = (const uint16_t *)(in->data[0] + (ptrdiff_t)(y + dy) * in->linesize[0]);
			const uint16_t *pu = (const uint16_t *)(in->data[1] + (ptrdiff_t)(y + dy) * in->linesize[1]);
			const uint16_t *pv = (const uint16_t *)(in->data[2] + (ptrdiff_t)(y + dy) * in->linesize[2]);
			for (int k = x; k < x + 2 && k < w; k++, n++) {
				float l = (py[k] - oy) * sy, u = (pu[k] - 32768) * sc, v = (pv[k] - 32768) * sc, o[3];
				map(c, l + 1.4746f * v, l - .16455f * u - .57135f * v, l + 1.8814f * u, o);
				float luma = .2126f * o[0] + .7152f * o[1] + .0722f * o[2];
				to->data[0][(ptrdiff_t)(y + dy) * to->linesize[0] + k] = byte_of(16 + 219 * luma);
				cb += (o[2] - luma) / 1.8556f;
				cr += (o[0] - luma) / 1.5748f;
			}
		}
		to->data[1][(ptrdiff_t)(y / 2) * to->linesize[1] + x / 2] = byte_of(128 + 224 * cb / n);
		to->data[2][(ptrdiff_t)(y / 2) * to->linesize[2] + x / 2] = byte_of(128 + 224 * cr / n);
	}
}

int dy_tonemap(const AVFrame *f, AVFrame *to) {
	int full = f->color_range == AVCOL_RANGE_JPEG, r = AVERROR(ENOMEM);
	curves *c = curves_of(f);
	AVFrame *in = av_frame_alloc();
	struct SwsContext *s = NULL;
	if (!c || !in) goto end;
	in->width = to->width;
	in->height = to->height;
	in->format = AV_PIX_FMT_YUV444P16;
	if ((r = av_frame_get_buffer(in, 0)) < 0) goto end;
	r = AVERROR(EINVAL);
	s = sws_getContext(f->width, f->height, f->format, to->width, to->height, in->format,
	                   SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT, NULL, NULL, NULL);
	if (!s) goto end;
	const int *table = sws_getCoefficients(SWS_CS_BT2020);
	sws_setColorspaceDetails(s, table, full, table, full, 0, 1 << 16, 1 << 16);
	if ((r = sws_scale(s, (const uint8_t *const *)f->data, f->linesize, 0, f->height, in->data, in->linesize)) < 0) goto end;
	for (int y = 0; y < to->height; y += 2) map_rows(c, in, to, y, full);
	r = 0;
end:
	sws_freeContext(s);
	av_frame_free(&in);
	av_free(c);
	return r;
}
