#include "mux.h"

#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <string.h>

static int open_video(dy_mux *m, const dy_mux_options *o) {
	const AVCodec *codec = avcodec_find_encoder_by_name(o->codec);
	AVDictionary *opt = NULL;
	AVCodecContext *c;
	if (!codec) return AVERROR_ENCODER_NOT_FOUND;
	if (!(c = m->video = avcodec_alloc_context3(codec))) return AVERROR(ENOMEM);
	c->width = (o->width + 1) & ~1; // 4:2:0 wants even sizes: the last row or column is repeated
	c->height = (o->height + 1) & ~1;
	c->pix_fmt = AV_PIX_FMT_YUV420P;
	c->color_range = o->full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
	c->colorspace = o->space;
	c->time_base = (AVRational){o->tb_num, o->tb_den};
	c->framerate = (AVRational){o->rate_num, o->rate_den};
	c->sample_aspect_ratio = (AVRational){o->sar_num, o->sar_den};
	c->gop_size = o->gop;
	c->max_b_frames = o->b_frames;
	c->thread_count = o->threads;
	c->flags |= AV_CODEC_FLAG_BITEXACT;
	if (m->fmt->oformat->flags & AVFMT_GLOBALHEADER) c->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	int x264 = !strcmp(o->codec, "libx264");
	if (x264) {
		av_dict_set(&opt, "preset", o->preset, 0);
		av_dict_set_int(&opt, "crf", o->crf, 0);
		av_dict_set_int(&opt, "b_strategy", 0, 0); // always the given run of B-frames
		if (o->x264_params[0]) av_dict_set(&opt, "x264-params", o->x264_params, 0);
	} else {
		c->flags |= AV_CODEC_FLAG_QSCALE;
		c->global_quality = FF_QP2LAMBDA * 4;
		c->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
	}
	int r = avcodec_open2(c, codec, &opt);
	av_dict_free(&opt);
	if (r < 0) return r;
	AVStream *s = m->video_stream = avformat_new_stream(m->fmt, NULL);
	if (!s) return AVERROR(ENOMEM);
	if (x264 && !o->keep_sei) { // x264 writes its version and settings into the first picture
		const AVBitStreamFilter *f = av_bsf_get_by_name("filter_units");
		if (!f) return AVERROR_BSF_NOT_FOUND;
		if ((r = av_bsf_alloc(f, &m->strip)) < 0 || (r = avcodec_parameters_from_context(m->strip->par_in, c)) < 0) return r;
		m->strip->time_base_in = c->time_base;
		if ((r = av_opt_set(m->strip->priv_data, "remove_types", "6", 0)) < 0 || (r = av_bsf_init(m->strip)) < 0) return r;
		r = avcodec_parameters_copy(s->codecpar, m->strip->par_out);
	} else {
		r = avcodec_parameters_from_context(s->codecpar, c);
	}
	if (r < 0) return r;
	s->codecpar->codec_tag = 0;
	s->time_base = c->time_base;
	s->avg_frame_rate = c->framerate;
	s->sample_aspect_ratio = c->sample_aspect_ratio;
	if (o->rotation) {
		int32_t *d = (int32_t *)av_stream_new_side_data(s, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(int32_t));
		if (!d) return AVERROR(ENOMEM);
		av_display_rotation_set(d, o->rotation); // clockwise, as its inverse is read back
	}
	AVFrame *p = m->picture = av_frame_alloc();
	if (!p) return AVERROR(ENOMEM);
	p->format = c->pix_fmt;
	p->width = c->width;
	p->height = c->height;
	p->color_range = c->color_range;
	p->colorspace = c->colorspace;
	return av_frame_get_buffer(p, 0);
}

static int open_audio(dy_mux *m, const dy_mux_options *o) {
	int pcm = !strcmp(o->format, "avi") || !strcmp(o->format, "wav");
	const AVCodec *codec = avcodec_find_encoder(pcm ? AV_CODEC_ID_PCM_S16LE : AV_CODEC_ID_AAC);
	AVDictionary *opt = NULL;
	AVCodecContext *c;
	if (!codec) return AVERROR_ENCODER_NOT_FOUND;
	if (!(c = m->audio = avcodec_alloc_context3(codec))) return AVERROR(ENOMEM);
	c->sample_rate = o->rate;
	c->sample_fmt = pcm ? AV_SAMPLE_FMT_S16 : AV_SAMPLE_FMT_FLTP;
	c->bit_rate = o->bit_rate;
	c->time_base = (AVRational){1, o->rate};
	c->thread_count = 1;
	c->flags |= AV_CODEC_FLAG_BITEXACT;
	av_channel_layout_default(&c->ch_layout, o->channels);
	if (m->fmt->oformat->flags & AVFMT_GLOBALHEADER) c->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	if (!pcm) {
		av_dict_set(&opt, "aac_coder", "fast", 0);
		av_dict_set(&opt, "aac_pns", "0", 0); // noise filled in by the decoder differs after a seek
	}
	int r = avcodec_open2(c, codec, &opt);
	av_dict_free(&opt);
	if (r < 0) return r;
	AVStream *s = m->audio_stream = avformat_new_stream(m->fmt, NULL);
	if (!s) return AVERROR(ENOMEM);
	if ((r = avcodec_parameters_from_context(s->codecpar, c)) < 0) return r;
	s->codecpar->codec_tag = 0;
	s->time_base = c->time_base;
	AVFrame *f = m->sound = av_frame_alloc();
	if (!f) return AVERROR(ENOMEM);
	f->format = c->sample_fmt;
	f->sample_rate = c->sample_rate;
	f->nb_samples = c->frame_size > 0 ? c->frame_size : 1024;
	if ((r = av_channel_layout_copy(&f->ch_layout, &c->ch_layout)) < 0) return r;
	m->sound_pts = o->sound_start;
	return av_frame_get_buffer(f, 0);
}

int dy_mux_open(dy_mux *m, int fd, const dy_mux_options *o) {
	AVIOContext *pb = NULL;
	AVDictionary *opt = NULL;
	memset(m, 0, sizeof *m);
	int r = dy_io_open(&m->io, fd, 1, &pb);
	if (r < 0) return r;
	if ((r = avformat_alloc_output_context2(&m->fmt, NULL, o->format, NULL)) < 0) {
		dy_io_close(&m->io, &pb);
		return r;
	}
	m->fmt->pb = pb;
	m->fmt->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
	m->packet = av_packet_alloc();
	if (!m->packet) return AVERROR(ENOMEM);
	if (o->width && (r = open_video(m, o)) < 0) return r;
	if (o->rate && (r = open_audio(m, o)) < 0) return r;
	if ((r = av_dict_copy(&m->fmt->metadata, o->metadata, 0)) < 0) return r;
	if ((r = av_dict_copy(&opt, o->mux_options, 0)) < 0) return r;
	r = avformat_write_header(m->fmt, &opt);
	av_dict_free(&opt);
	return r < 0 ? r : 0;
}

static int write_packet(dy_mux *m, AVStream *s, AVRational tb) {
	m->packet->stream_index = s->index;
	av_packet_rescale_ts(m->packet, tb, s->time_base);
	return av_interleaved_write_frame(m->fmt, m->packet);
}

static int drain(dy_mux *m, AVCodecContext *c, AVStream *s, AVBSFContext *strip) {
	for (;;) {
		int r = avcodec_receive_packet(c, m->packet);
		if (r == AVERROR(EAGAIN)) return 0;
		if (r == AVERROR_EOF && !strip) return 0;
		if (r < 0 && r != AVERROR_EOF) return r;
		if (!strip) {
			if ((r = write_packet(m, s, c->time_base)) < 0) return r;
			continue;
		}
		int end = r == AVERROR_EOF;
		if ((r = av_bsf_send_packet(strip, end ? NULL : m->packet)) < 0) return r;
		while ((r = av_bsf_receive_packet(strip, m->packet)) >= 0)
			if ((r = write_packet(m, s, c->time_base)) < 0) return r;
		if (r != AVERROR(EAGAIN) && r != AVERROR_EOF) return r;
		if (end) return 0;
	}
}

// Copies a plane and repeats its last column and row up to the encoder's size.
static void fill_plane(uint8_t *dst, int ds, int dw, int dh, const uint8_t *src, int ss, int w, int h) {
	for (int y = 0; y < dh; y++) {
		uint8_t *row = dst + (ptrdiff_t)y * ds;
		memcpy(row, src + (ptrdiff_t)(y < h ? y : h - 1) * ss, w);
		if (dw > w) memset(row + w, row[w - 1], dw - w);
	}
}

int dy_mux_picture(dy_mux *m, const uint8_t *y, const uint8_t *u, const uint8_t *v, int ys, int us, int vs, int w, int h, int64_t pts) {
	AVFrame *p = m->picture;
	int r;
	if (!m->video || ((w + 1) & ~1) != p->width || ((h + 1) & ~1) != p->height) return AVERROR(EINVAL);
	if ((r = av_frame_make_writable(p)) < 0) return r;
	fill_plane(p->data[0], p->linesize[0], p->width, p->height, y, ys, w, h);
	fill_plane(p->data[1], p->linesize[1], p->width / 2, p->height / 2, u, us, (w + 1) / 2, (h + 1) / 2);
	fill_plane(p->data[2], p->linesize[2], p->width / 2, p->height / 2, v, vs, (w + 1) / 2, (h + 1) / 2);
	p->pts = pts;
	p->pict_type = AV_PICTURE_TYPE_NONE;
	if (m->video->flags & AV_CODEC_FLAG_QSCALE) p->quality = m->video->global_quality;
	if ((r = avcodec_send_frame(m->video, p)) < 0) return r;
	return drain(m, m->video, m->video_stream, m->strip);
}

static int send_sound(dy_mux *m, int n) {
	AVFrame *f = m->sound;
	int whole = f->nb_samples, r;
	f->nb_samples = n;
	f->pts = m->sound_pts;
	m->sound_pts += n;
	m->sound_fill = 0;
	r = avcodec_send_frame(m->audio, f);
	f->nb_samples = whole;
	if (r < 0) return r;
	if ((r = drain(m, m->audio, m->audio_stream, NULL)) < 0) return r;
	return av_frame_make_writable(f);
}

int dy_mux_sound(dy_mux *m, const int16_t *data, int frames) {
	if (!m->audio) return AVERROR(EINVAL);
	AVFrame *f = m->sound;
	int channels = f->ch_layout.nb_channels;
	for (int i = 0; i < frames; i++) {
		for (int c = 0; c < channels; c++) {
			int16_t v = data[i * channels + c];
			if (f->format == AV_SAMPLE_FMT_S16) ((int16_t *)f->data[0])[m->sound_fill * channels + c] = v;
			else ((float *)f->data[c])[m->sound_fill] = v / 32768.0f;
		}
		if (++m->sound_fill == f->nb_samples) {
			int r = send_sound(m, f->nb_samples);
			if (r < 0) return r;
		}
	}
	return 0;
}

int dy_mux_finish(dy_mux *m) {
	int r;
	if (m->video) {
		if ((r = avcodec_send_frame(m->video, NULL)) < 0 || (r = drain(m, m->video, m->video_stream, m->strip)) < 0) return r;
	}
	if (m->audio) {
		if (m->sound_fill && (r = send_sound(m, m->sound_fill)) < 0) return r;
		if ((r = avcodec_send_frame(m->audio, NULL)) < 0 || (r = drain(m, m->audio, m->audio_stream, NULL)) < 0) return r;
	}
	if ((r = av_write_trailer(m->fmt)) < 0) return r;
	avio_flush(m->fmt->pb);
	return m->fmt->pb->error;
}

void dy_mux_close(dy_mux *m) {
	av_frame_free(&m->picture);
	av_frame_free(&m->sound);
	av_packet_free(&m->packet);
	avcodec_free_context(&m->video);
	avcodec_free_context(&m->audio);
	av_bsf_free(&m->strip);
	if (m->fmt) {
		AVIOContext *pb = m->fmt->pb;
		avformat_free_context(m->fmt);
		m->fmt = NULL;
		dy_io_close(&m->io, &pb);
	}
}
