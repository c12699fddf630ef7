#include "gaps.h"

#include <libavutil/imgutils.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/md5.h>
#include <libavutil/pixdesc.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

// Eight lanes of 64 bits; each stripe of 64 bytes is added under a key of its
// own, so that a stripe elsewhere counts as another one. After XXH3; the same
// on every machine with little-endian words.
typedef struct {
	uint64_t acc[8], key[8];
	int wide;
} lanes;

static const uint64_t lane_keys[8] = {0xbe4ba423396cfeb8, 0x1cad21f72c81017c, 0xdb979083e96dd4de, 0x1f67b3b7a4a44072,
                                      0x78e5c0cc4ee679cb, 0x2172ffcc7dd05a82, 0x8e2443f7744608b8, 0x4c263a81e69035e0};
enum { stripe = 64, ahead = 2048 };
#define KEY_STEP 0x9e3779b97f4a7c15ull
#define PRIME32 0x9e3779b1ull

#ifdef __x86_64__
static void stripes_sse2(lanes *l, const uint8_t *p, int n) {
	__m128i acc[4], key[4];
	const __m128i step = _mm_set1_epi64x((long long)KEY_STEP);
	for (int i = 0; i < 4; i++) {
		acc[i] = _mm_loadu_si128((const __m128i *)l->acc + i);
		key[i] = _mm_loadu_si128((const __m128i *)l->key + i);
	}
	for (; n > 0; n--, p += stripe) {
		for (int i = 0; i < 4; i++) {
			__m128i d = _mm_loadu_si128((const __m128i *)p + i), k = _mm_xor_si128(d, key[i]);
			__m128i product = _mm_mul_epu32(k, _mm_srli_epi64(k, 32));
			acc[i] = _mm_add_epi64(acc[i], _mm_add_epi64(product, _mm_shuffle_epi32(d, _MM_SHUFFLE(1, 0, 3, 2))));
			key[i] = _mm_add_epi64(key[i], step);
		}
	}
	for (int i = 0; i < 4; i++) {
		_mm_storeu_si128((__m128i *)l->acc + i, acc[i]);
		_mm_storeu_si128((__m128i *)l->key + i, key[i]);
	}
}

// The same with lanes twice as wide.
__attribute__((target("avx2"))) static void stripes_avx2(lanes *l, const uint8_t *p, int n) {
	__m256i acc[2], key[2];
	const __m256i step = _mm256_set1_epi64x((long long)KEY_STEP);
	for (int i = 0; i < 2; i++) {
		acc[i] = _mm256_loadu_si256((const __m256i *)l->acc + i);
		key[i] = _mm256_loadu_si256((const __m256i *)l->key + i);
	}
	for (; n > 0; n--, p += stripe) {
		_mm_prefetch((const char *)p + ahead, _MM_HINT_T0);
		for (int i = 0; i < 2; i++) {
			__m256i d = _mm256_loadu_si256((const __m256i *)p + i), k = _mm256_xor_si256(d, key[i]);
			__m256i product = _mm256_mul_epu32(k, _mm256_srli_epi64(k, 32));
			acc[i] = _mm256_add_epi64(acc[i], _mm256_add_epi64(product, _mm256_shuffle_epi32(d, _MM_SHUFFLE(1, 0, 3, 2))));
			key[i] = _mm256_add_epi64(key[i], step);
		}
	}
	for (int i = 0; i < 2; i++) {
		_mm256_storeu_si256((__m256i *)l->acc + i, acc[i]);
		_mm256_storeu_si256((__m256i *)l->key + i, key[i]);
	}
}

static void stripes(lanes *l, const uint8_t *p, int n) {
	if (l->wide)
		stripes_avx2(l, p, n);
	else
		stripes_sse2(l, p, n);
}
#else
static void stripes(lanes *l, const uint8_t *p, int n) {
	for (; n > 0; n--, p += stripe) {
		for (int i = 0; i < 8; i++) {
			uint64_t d = AV_RL64(p + 8 * i), k = d ^ l->key[i];
			l->acc[i] += (k & 0xffffffff) * (k >> 32);
			l->acc[i ^ 1] += d;
			l->key[i] += KEY_STEP;
		}
	}
}
#endif

static void hash_row(lanes *l, const uint8_t *p, int n) {
	stripes(l, p, n / stripe);
	if (n % stripe) {
		uint8_t rest[stripe] = {0};
		memcpy(rest, p + n / stripe * stripe, n % stripe);
		stripes(l, rest, 1);
	}
	for (int i = 0; i < 8; i++) {
		uint64_t a = l->acc[i];
		l->acc[i] = ((a ^ (a >> 47)) ^ lane_keys[i]) * PRIME32;
	}
}

static uint64_t mixed(uint64_t h) {
	h = (h ^ (h >> 37)) * 0x165667919e3779f9ull;
	return h ^ (h >> 32);
}

// wide allows the widest instructions that the machine has; the hash is the same.
uint64_t dy_hash(const AVFrame *f, int wide) {
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);
	if (!d) return 0;
	lanes l = {.wide = wide};
#ifdef __x86_64__
	l.wide = wide && __builtin_cpu_supports("avx2");
#endif
	for (int i = 0; i < 8; i++) {
		l.key[i] = lane_keys[i];
		l.acc[i] = lane_keys[7 - i] * PRIME32;
	}
	int planes = av_pix_fmt_count_planes(f->format);
	for (int p = 0; p < planes; p++) {
		int width = av_image_get_linesize(f->format, f->width, p);
		int rows = p == 1 || p == 2 ? AV_CEIL_RSHIFT(f->height, d->log2_chroma_h) : f->height;
		for (int y = 0; y < rows; y++) hash_row(&l, f->data[p] + (ptrdiff_t)y * f->linesize[p], width);
	}
	if (d->flags & AV_PIX_FMT_FLAG_PAL && f->data[1]) hash_row(&l, f->data[1], AVPALETTE_SIZE);
	uint64_t h = ((uint64_t)f->width << 40) ^ ((uint64_t)f->height << 16) ^ (uint64_t)f->format;
	for (int i = 0; i < 8; i++) h = mixed(h * KEY_STEP ^ l.acc[i]);
	return h ? h : 1; // 0 stands for a hash that is not known
}

// The digest of the bytes that ffmpeg's rawvideo encoder would write.
int dy_md5(const AVFrame *f, uint8_t out[16]) {
	int n = av_image_get_buffer_size(f->format, f->width, f->height, 1);
	if (n < 0) return n;
	uint8_t *buf = av_malloc(n);
	if (!buf) return AVERROR(ENOMEM);
	int r = av_image_copy_to_buffer(buf, n, (const uint8_t *const *)f->data, f->linesize, f->format, f->width, f->height, 1);
	if (r >= 0) av_md5_sum(out, buf, n);
	av_free(buf);
	return r < 0 ? r : 0;
}
