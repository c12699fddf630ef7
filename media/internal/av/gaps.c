#include "gaps.h"

#include <errno.h>
#include <fcntl.h>
#include <libavutil/avstring.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/md5.h>
#include <libavutil/murmur3.h>
#include <libavutil/pixdesc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { io_buffer = 64 << 10, max_streams = 64 };

static int io_read(void *opaque, uint8_t *buf, int n) {
	dy_io *io = opaque;
	if (atomic_load(&io->stop)) return AVERROR_EXIT;
	ssize_t r;
	do r = pread(io->fd, buf, n, io->pos); while (r < 0 && errno == EINTR);
	if (r < 0) return AVERROR(errno);
	if (r == 0) return AVERROR_EOF;
	io->pos += r;
	return (int)r;
}

static int io_write(void *opaque, uint8_t *buf, int n) {
	dy_io *io = opaque;
	if (atomic_load(&io->stop)) return AVERROR_EXIT;
	for (int done = 0; done < n;) {
		ssize_t r = pwrite(io->fd, buf + done, n - done, io->pos);
		if (r < 0 && errno == EINTR) continue;
		if (r <= 0) return r < 0 ? AVERROR(errno) : AVERROR(ENOSPC);
		done += r;
		io->pos += r;
	}
	if (io->pos > io->size) io->size = io->pos;
	return n;
}

static int64_t io_seek(void *opaque, int64_t off, int whence) {
	dy_io *io = opaque;
	switch (whence & ~AVSEEK_FORCE) {
	case AVSEEK_SIZE: return io->size;
	case SEEK_SET: break;
	case SEEK_CUR: off += io->pos; break;
	case SEEK_END: off += io->size; break;
	default: return AVERROR(EINVAL);
	}
	if (off < 0) return AVERROR(EINVAL);
	return io->pos = off;
}

int dy_io_open(dy_io *io, int fd, int write, AVIOContext **pb) {
	struct stat st;
	memset(io, 0, sizeof *io);
	io->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (io->fd < 0) return AVERROR(errno);
	if (fstat(io->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(io->fd);
		io->fd = -1;
		return AVERROR(EINVAL);
	}
	io->size = st.st_size;
	uint8_t *buf = av_malloc(io_buffer);
	*pb = buf ? avio_alloc_context(buf, io_buffer, write, io, write ? NULL : io_read, write ? io_write : NULL, io_seek) : NULL;
	if (!*pb) {
		av_free(buf);
		close(io->fd);
		io->fd = -1;
		return AVERROR(ENOMEM);
	}
	return 0;
}

void dy_io_close(dy_io *io, AVIOContext **pb) {
	if (*pb) {
		av_freep(&(*pb)->buffer);
		avio_context_free(pb);
	}
	if (io->fd >= 0) close(io->fd);
	io->fd = -1;
}

void dy_io_stop(dy_io *io, int stop) { atomic_store(&io->stop, stop); }

// FFmpeg's log is one callback for the process. go-astiav's copies into a fixed
// buffer without a bound, so this one takes its place before anything runs.
static void log_line(void *ctx, int level, const char *fmt, va_list args) {
	if (level > AV_LOG_ERROR || !ctx) return;
	const AVClass *class = *(const AVClass **)ctx;
	dy_log *l = NULL;
	if (class == avcodec_get_class()) l = ((AVCodecContext *)ctx)->opaque;
	else if (class == avformat_get_class()) l = ((AVFormatContext *)ctx)->opaque;
	if (!l) return;
	atomic_fetch_add(&l->errors, 1);
	if (atomic_flag_test_and_set(&l->busy)) return; // another thread is writing: its text will do
	vsnprintf(l->last, sizeof l->last, fmt, args);
	atomic_flag_clear(&l->busy);
}

__attribute__((constructor)) static void log_start(void) { av_log_set_callback(log_line); }

dy_log *dy_log_new(void) { return av_mallocz(sizeof(dy_log)); }
void dy_log_free(dy_log *l) { av_free(l); }
long dy_log_errors(dy_log *l) { return atomic_load(&l->errors); }

void dy_log_last(dy_log *l, char *out, int n) {
	out[0] = 0;
	if (atomic_flag_test_and_set(&l->busy)) return;
	snprintf(out, n, "%s", l->last);
	atomic_flag_clear(&l->busy);
}

static int interrupted(void *io) { return atomic_load(&((dy_io *)io)->stop); }

// A container that names another file gets nothing.
static int no_other_file(AVFormatContext *f, AVIOContext **pb, const char *url, int flags, AVDictionary **options) {
	(void)f; (void)url; (void)flags; (void)options;
	*pb = NULL;
	return AVERROR(EPERM);
}

static int allowed(const char *names, const char *list) {
	char one[64];
	while (*names) {
		size_t n = strcspn(names, ",");
		snprintf(one, sizeof one, "%.*s", (int)n, names);
		if (n && av_match_name(one, list)) return 1;
		names += n + (names[n] == ',');
	}
	return 0;
}

int dy_source_open(dy_source *s, int fd, const char *formats, const char *codecs) {
	AVIOContext *pb = NULL;
	const AVInputFormat *in = NULL;
	AVDictionary *opt = NULL;
	memset(s, 0, sizeof *s);
	int r = dy_io_open(&s->io, fd, 0, &pb);
	if (r < 0) return r;
	r = av_probe_input_buffer2(pb, &in, "", NULL, 0, 0);
	if (r >= 0) {
		snprintf(s->name, sizeof s->name, "%s", in->name);
		if (!allowed(in->name, formats)) r = AVERROR_DEMUXER_NOT_FOUND;
	}
	if (r >= 0 && !(s->fmt = avformat_alloc_context())) r = AVERROR(ENOMEM);
	if (r < 0) {
		dy_io_close(&s->io, &pb);
		return r;
	}
	s->fmt->pb = pb;
	s->fmt->flags |= AVFMT_FLAG_CUSTOM_IO;
	s->fmt->opaque = &s->log;
	s->fmt->io_open = no_other_file;
	s->fmt->interrupt_callback = (AVIOInterruptCB){interrupted, &s->io};
	s->fmt->max_streams = max_streams;
	av_dict_set(&opt, "format_whitelist", formats, 0);
	av_dict_set(&opt, "codec_whitelist", codecs, 0);
	av_dict_set(&opt, "protocol_whitelist", "none", 0);
	if (av_match_name("mpegts", in->name)) av_dict_set(&opt, "scan_all_pmts", "1", 0); // as the ffmpeg program does
	r = avformat_open_input(&s->fmt, "", in, &opt);
	av_dict_free(&opt);
	if (r < 0) dy_io_close(&s->io, &pb);
	return r;
}

int dy_source_info(dy_source *s) { return avformat_find_stream_info(s->fmt, NULL); }

void dy_source_close(dy_source *s) {
	if (!s->fmt) return;
	AVIOContext *pb = s->fmt->pb;
	avformat_close_input(&s->fmt);
	dy_io_close(&s->io, &pb);
}

void dy_only_stream(AVFormatContext *f, int stream) {
	for (unsigned i = 0; i < f->nb_streams; i++)
		f->streams[i]->discard = (int)i == stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
}

int dy_disposition(AVFormatContext *f, int stream) { return f->streams[stream]->disposition; }
int dy_new_packets(AVFormatContext *f, int stream) { return !!(f->streams[stream]->event_flags & AVSTREAM_EVENT_FLAG_NEW_PACKETS); }

// Quarter turns clockwise that make the picture stand upright, in degrees; 0 for any other matrix.
int dy_rotation(AVFormatContext *f, int stream) {
	size_t n = 0;
	const uint8_t *m = av_stream_get_side_data(f->streams[stream], AV_PKT_DATA_DISPLAYMATRIX, &n);
	if (!m || n < 9 * sizeof(int32_t)) return 0;
	double theta = -av_display_rotation_get((const int32_t *)m);
	if (isnan(theta)) return 0;
	int quarter = (int)lrint(theta / 90);
	if (fabs(theta - 90.0 * quarter) > 1) return 0;
	return ((quarter % 4 + 4) % 4) * 90;
}

int dy_seek_stream(AVFormatContext *f, int stream, int64_t ts) {
	int r = avformat_seek_file(f, stream, INT64_MIN, ts, ts, 0);
	return r < 0 ? avformat_seek_file(f, stream, INT64_MIN, ts, INT64_MAX, AVSEEK_FLAG_BACKWARD) : r;
}

int dy_seek_byte(AVFormatContext *f, int64_t pos) {
	return avformat_seek_file(f, -1, INT64_MIN, pos, INT64_MAX, AVSEEK_FLAG_BYTE);
}

int dy_next(AVFormatContext *f, AVPacket *p, int stream, dy_packet *out) {
	for (int again = 0;;) {
		int r = av_read_frame(f, p);
		if (r == AVERROR(EAGAIN) && ++again < 1000) continue;
		if (r < 0) return r;
		if (p->stream_index != stream) {
			av_packet_unref(p);
			continue;
		}
		*out = (dy_packet){p->pts, p->dts, p->pos, p->duration, p->size, p->flags};
		return 0;
	}
}

int dy_scan(AVFormatContext *f, AVPacket *p, int stream, dy_packet *out, int n, int *got) {
	int r = 0;
	for (*got = 0; *got < n; ++*got) {
		if ((r = dy_next(f, p, stream, &out[*got])) < 0) break;
		av_packet_unref(p);
	}
	return r;
}

int dy_audio_samples(AVFormatContext *f, int stream, int bytes) {
	return av_get_audio_frame_duration2(f->streams[stream]->codecpar, bytes);
}

int dy_open_decoder(AVCodecContext *c, AVFormatContext *f, int stream, dy_log *l, const char *codecs) {
	AVDictionary *opt = NULL;
	c->opaque = l;
	c->pkt_timebase = f->streams[stream]->time_base;
	av_dict_set(&opt, "codec_whitelist", codecs, 0);
	int r = avcodec_open2(c, NULL, &opt);
	av_dict_free(&opt);
	return r;
}

// The tag belongs to FFmpeg 5.1: later versions want AV_CODEC_FLAG_COPY_OPAQUE.
// Never touch skip_loop_filter here: it changed 29 of 75 pictures.
int dy_send(AVCodecContext *c, AVPacket *p, int64_t tag, int skip) {
	c->reordered_opaque = tag;
	c->skip_frame = skip ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
	if (p && p->size == 0) return 0; // an empty packet would mean the end
	return avcodec_send_packet(c, p);
}

void dy_frame_info(const AVFrame *f, dy_frame *o) {
	o->pts = f->best_effort_timestamp;
	o->tag = f->reordered_opaque;
	o->key = f->key_frame;
	o->corrupt = f->decode_error_flags != 0 || (f->flags & AV_FRAME_FLAG_CORRUPT) != 0;
	o->width = f->width;
	o->height = f->height;
	o->format = f->format;
	o->range = f->color_range;
	o->space = f->colorspace;
	o->samples = f->nb_samples;
	o->rate = f->sample_rate;
	o->channels = f->ch_layout.nb_channels;
}

uint64_t dy_hash(const AVFrame *f) {
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);
	struct AVMurMur3 *m = av_murmur3_alloc();
	uint8_t out[16];
	uint64_t v = 0;
	if (!m || !d) {
		av_free(m);
		return 0;
	}
	av_murmur3_init_seeded(m, ((uint64_t)f->width << 40) ^ ((uint64_t)f->height << 16) ^ (uint64_t)f->format);
	int planes = av_pix_fmt_count_planes(f->format);
	for (int p = 0; p < planes; p++) {
		int width = av_image_get_linesize(f->format, f->width, p);
		int rows = p == 1 || p == 2 ? AV_CEIL_RSHIFT(f->height, d->log2_chroma_h) : f->height;
		for (int y = 0; y < rows; y++) av_murmur3_update(m, f->data[p] + (ptrdiff_t)y * f->linesize[p], width);
	}
	if (d->flags & AV_PIX_FMT_FLAG_PAL && f->data[1]) av_murmur3_update(m, f->data[1], AVPALETTE_SIZE);
	av_murmur3_final(m, out);
	memcpy(&v, out, 8);
	av_free(m);
	return v;
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

int dy_frame_bytes(const AVFrame *f, int align) {
	int n = av_image_get_buffer_size(f->format, f->width, f->height, align);
	return n < 0 ? 0 : n;
}
