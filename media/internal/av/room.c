#include "room.h"

#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <sys/mman.h>

// Pictures smaller than least lie where FFmpeg puts them; those smaller than
// large are given whole huge pages, for which larger ones have room by themselves.
enum { least = 1 << 20, large = 8 << 20, huge = 2 << 20, small_page = 4096, past = 16 + 64 - 1 };

static size_t up(size_t n, size_t to) { return (n + to - 1) & ~(to - 1); }

size_t dy_room_taken(size_t size) { return size < least ? size : up(size, size < large ? huge : small_page); }

static void give_back(void *opaque, uint8_t *data) { munmap(data, (size_t)opaque); }

// Memory that begins where a huge page may, and is asked to be of huge pages.
static AVBufferRef *take(size_t size) {
	size_t n = dy_room_taken(size);
	uint8_t *p = mmap(NULL, n + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) return NULL;
	uint8_t *at = (uint8_t *)up((uintptr_t)p, huge);
	if (at > p) munmap(p, at - p);
	munmap(at + n, p + huge - at); // up moved it by less than a huge page
	madvise(at, n, MADV_HUGEPAGE); // where there are none, small pages do
	AVBufferRef *b = av_buffer_create(at, n, give_back, (void *)n, 0);
	if (!b) munmap(at, n);
	return b;
}

void dy_room_init(dy_room *r) { pthread_mutex_init(&r->lock, NULL); }

void dy_room_free(dy_room *r) {
	av_buffer_pool_uninit(&r->pool); // pictures that are still held keep it alive
	pthread_mutex_destroy(&r->lock);
}

static AVBufferRef *from_pool(dy_room *r, size_t size) {
	pthread_mutex_lock(&r->lock);
	if (r->size != size) {
		av_buffer_pool_uninit(&r->pool);
		r->pool = av_buffer_pool_init(size, take);
		r->size = size;
	}
	AVBufferRef *b = r->pool ? av_buffer_pool_get(r->pool) : NULL;
	pthread_mutex_unlock(&r->lock);
	return b;
}

// The planes one after the other, laid out as avcodec_default_get_buffer2 does.
int dy_room_get(dy_room *r, AVCodecContext *c, AVFrame *f, int flags) {
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);
	int w = f->width, h = f->height, align[AV_NUM_DATA_POINTERS] = {0}, lines[4] = {0}, odd = 1;
	ptrdiff_t strides[4];
	size_t planes[4] = {0}, size = 0;
	if (c->codec_type != AVMEDIA_TYPE_VIDEO || !d || d->flags & (AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_PAL))
		return avcodec_default_get_buffer2(c, f, flags);
	avcodec_align_dimensions2(c, &w, &h, align);
	while (odd) {
		if (av_image_fill_linesizes(lines, f->format, w) < 0) return avcodec_default_get_buffer2(c, f, flags);
		w += w & -w; // aligned one by one they would no longer be halves of one another
		odd = 0;
		for (int i = 0; i < 4; i++) odd |= align[i] ? lines[i] % align[i] : 0;
	}
	for (int i = 0; i < 4; i++) strides[i] = lines[i];
	if (av_image_fill_plane_sizes(planes, f->format, h, strides) < 0) return avcodec_default_get_buffer2(c, f, flags);
	for (int i = 0; i < 4; i++)
		if (planes[i]) size += up(planes[i] + past, 64);
	if (size < least || size > INT32_MAX) return avcodec_default_get_buffer2(c, f, flags);
	f->buf[0] = from_pool(r, size);
	if (!f->buf[0]) return AVERROR(ENOMEM);
	uint8_t *at = f->buf[0]->data;
	for (int i = 0; i < 4; i++) {
		f->linesize[i] = lines[i];
		f->data[i] = planes[i] ? at : NULL;
		if (planes[i]) at += up(planes[i] + past, 64);
	}
	f->extended_data = f->data;
	return 0;
}
