#include "gaps.h"

#include <libavutil/avstring.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { max_streams = 64, max_pixels = 64 << 20 };

// Of a transport stream that holds no packet, so much is searched at once before
// it answers in vain, and so much before that is taken for its end.
enum { ts_search = 64 << 10, ts_most = 128 << 20 };

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

// No single piece of a recording needs more: a file that claims so is broken.
enum { max_alloc = 1 << 30 };

// Pictures are taken and given back all the time, by whichever thread Go or
// FFmpeg happens to be on. One heap for all of them, that keeps what was given
// back, saves the system from clearing the same pages again and again.
enum { kept_memory = 64 << 20 };

__attribute__((constructor)) static void start(void) {
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, kept_memory / 2);
	mallopt(M_TRIM_THRESHOLD, kept_memory);
	av_log_set_callback(log_line);
	av_max_alloc(max_alloc);
}

dy_decoder *dy_decoder_new(void) {
	dy_decoder *d = av_mallocz(sizeof(dy_decoder));
	if (d) dy_room_init(&d->room);
	return d;
}

void dy_decoder_free(dy_decoder *d) {
	if (d) dy_room_free(&d->room);
	av_free(d);
}

long dy_log_errors(dy_log *l) { return atomic_load(&l->errors); }

void dy_log_last(dy_log *l, char *out, int n) {
	out[0] = 0;
	if (atomic_flag_test_and_set(&l->busy)) return;
	snprintf(out, n, "%s", l->last);
	atomic_flag_clear(&l->busy);
}

static void search_anew(AVFormatContext *f) { dy_io_search_anew(f->pb->opaque); }

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
	s->io.dense = av_match_name(in->name, "ivf,caf");
	s->io.counts = av_match_name("flv", in->name);
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

// To learn how far pictures are reordered, FFmpeg decodes the first ones and
// throws them away: nobody sees their blocks. (Our own decoders never leave the
// loop filter out, see dy_send.)
int dy_source_info(dy_source *s) {
	unsigned n = s->fmt->nb_streams;
	AVDictionary **options = av_calloc(n + 1, sizeof *options);
	if (!options) return AVERROR(ENOMEM);
	for (unsigned i = 0; i < n; i++) av_dict_set(&options[i], "skip_loop_filter", "all", 0);
	int r = avformat_find_stream_info(s->fmt, options);
	for (unsigned i = 0; i < n; i++) av_dict_free(&options[i]);
	av_free(options);
	return r;
}

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

// Quarter turns clockwise that make the picture stand upright, in degrees, and
// 360 more where it must be mirrored left to right before; 0 for any other
// matrix. As the ffmpeg program reads it.
int dy_rotation(AVFormatContext *f, int stream) {
	size_t n = 0;
	const int32_t *m = (const int32_t *)av_stream_get_side_data(f->streams[stream], AV_PKT_DATA_DISPLAYMATRIX, &n);
	if (!m || n < 9 * sizeof *m) return 0;
	double theta = -av_display_rotation_get(m);
	if (isnan(theta)) return 0;
	int quarter = (int)lrint(theta / 90);
	if (fabs(theta - 90.0 * quarter) > 1) return 0;
	switch ((quarter % 4 + 4) % 4) {
	case 1: return m[3] > 0 ? 360 + 270 : 90;
	case 2: return m[4] > 0 ? 360 : 180;
	case 3: return m[3] < 0 ? 360 + 90 : 270;
	default: return m[4] < 0 ? 360 + 180 : 0;
	}
}

int dy_seek_stream(AVFormatContext *f, int stream, int64_t ts) {
	search_anew(f);
	int r = avformat_seek_file(f, stream, INT64_MIN, ts, ts, 0);
	return r < 0 ? avformat_seek_file(f, stream, INT64_MIN, ts, INT64_MAX, AVSEEK_FLAG_BACKWARD) : r;
}

int dy_seek_byte(AVFormatContext *f, int64_t pos) {
	search_anew(f);
	return avformat_seek_file(f, -1, INT64_MIN, pos, INT64_MAX, AVSEEK_FLAG_BYTE);
}

int dy_next(AVFormatContext *f, AVPacket *p, int stream, dy_packet *out) {
	int bare = f->iformat->raw_codec_id != 0; // no container: a parser may make packets of zeros alone
	if (!bare) search_anew(f);
	for (int again = 0;;) {
		int r = av_read_frame(f, p);
		if (r == AVERROR(EAGAIN) && ++again < ts_most / ts_search) continue;
		if (r == AVERROR_EOF && dy_io_resume(f->pb->opaque)) continue;
		if (r < 0) return r;
		again = 0;
		if (p->size > 0 && !bare) search_anew(f);
		if (p->stream_index != stream) {
			av_packet_unref(p);
			continue;
		}
		*out = (dy_packet){p->pts, p->dts, p->pos, p->duration, p->size, p->flags};
		if (p->side_data_elems && av_packet_get_side_data(p, AV_PKT_DATA_ENCRYPTION_INFO, NULL)) out->flags |= dy_flag_encrypted;
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

int dy_table_size(AVFormatContext *f, int stream) { return avformat_index_get_entries_count(f->streams[stream]); }

// Reads what follows from the container's own table alone, from its first packet
// on. No parser may look at the packets any more; a seek lets go of those that
// did, and of what they had read.
int dy_table_only(dy_source *s, int stream) {
	AVStream *st = s->fmt->streams[stream];
	s->fmt->flags |= AVFMT_FLAG_NOPARSE;
	int r = av_seek_frame(s->fmt, stream, avformat_index_get_entry(st, 0)->timestamp - 1, AVSEEK_FLAG_BACKWARD);
	s->io.blind = 1;
	return r;
}

int dy_audio_samples(AVFormatContext *f, int stream, int bytes) {
	return av_get_audio_frame_duration2(f->streams[stream]->codecpar, bytes);
}

static int get_buffer(AVCodecContext *c, AVFrame *f, int flags) { return dy_room_get(&((dy_decoder *)c->opaque)->room, c, f, flags); }

int dy_open_decoder(AVCodecContext *c, AVFormatContext *f, int stream, dy_decoder *own, const char *codecs) {
	AVDictionary *opt = NULL;
	c->opaque = own;
	if (c->codec->capabilities & AV_CODEC_CAP_DR1) {
		c->get_buffer2 = get_buffer;
#if LIBAVCODEC_VERSION_MAJOR < 60 && defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
		c->thread_safe_callbacks = 1; // else every picture waits for the caller's thread
#pragma GCC diagnostic pop
#endif
	}
	c->pkt_timebase = f->streams[stream]->time_base;
	c->max_pixels = max_pixels;
	av_dict_set(&opt, "codec_whitelist", codecs, 0);
	int r = avcodec_open2(c, NULL, &opt);
	av_dict_free(&opt);
	return r;
}

// The tag belongs to FFmpeg 5.1: later versions want AV_CODEC_FLAG_COPY_OPAQUE.
// Never touch skip_loop_filter here: it changed 29 of 75 pictures.
int dy_send(AVCodecContext *c, AVPacket *p, int64_t tag, int skip) {
	c->reordered_opaque = tag;
	c->skip_frame = skip == 2 ? AVDISCARD_BIDIR : skip ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
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

int dy_frame_bytes(const AVFrame *f) {
	int n = av_image_get_buffer_size(f->format, f->width, f->height, 1);
	return n < 0 ? 0 : n;
}

int64_t dy_frame_held(const AVFrame *f) {
	int64_t n = 0;
	for (int i = 0; i < AV_NUM_DATA_POINTERS; i++) n += f->buf[i] ? dy_room_taken(f->buf[i]->size) : 0;
	return n;
}
