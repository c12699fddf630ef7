// What go-astiav v0.16.0 lacks of FFmpeg 5.1: files by descriptor, a bounded
// log, whitelisted opening, packet numbers through the decoder, hashes.
#ifndef DIAOYUE_AV_GAPS_H
#define DIAOYUE_AV_GAPS_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdatomic.h>
#include <stdint.h>

#include "room.h"

// An open file. Reads and writes go by pread and pwrite on a duplicate of the
// caller's descriptor, so neither side moves the other's offset.
typedef struct {
	int fd;
	AVIOContext *pb;
	int64_t pos, size;
	int sparse;       // it may have holes
	int64_t run;      // all that was read from here to pos is zeros
	int64_t searched; // zeros read since the last packet
	int64_t empty[2]; // a run of zeros that was measured
	long gaps;        // runs of zeros that were passed over though data follow, or given up
	int dense;        // the demuxer takes every few zeros for an empty piece: it is slow among them, and finds nothing
	int counts;       // the demuxer counts the bytes of a search itself
	int64_t resume;   // where such a one, told that the file ends, goes on; 0: nowhere
	int blind;        // reads pass on without fetching: only the container's own table is asked
	atomic_int stop;  // set by another thread: every read fails from then on
} dy_io;

// Errors that FFmpeg logged for one context; the newest text is kept, bounded.
typedef struct {
	atomic_long errors;
	atomic_flag busy;
	char last[256];
} dy_log;

// What a decoder needs of ours; its log comes first, for log_line looks there.
typedef struct {
	dy_log log;
	dy_room room;
} dy_decoder;

typedef struct {
	dy_io io;
	dy_log log;
	AVFormatContext *fmt;
	char name[128]; // of the format that was recognised
} dy_source;

enum { dy_flag_encrypted = 1 << 20 }; // beside FFmpeg's own flags of packets

typedef struct {
	int64_t pts, dts, pos, duration;
	int32_t size, flags;
} dy_packet;

typedef struct {
	int64_t pts, tag;
	int32_t key, corrupt, width, height, format, range, space, samples, rate, channels;
} dy_frame;

int dy_io_open(dy_io *io, int fd, int write, AVIOContext **pb);
void dy_io_close(dy_io *io, AVIOContext **pb);
void dy_io_stop(dy_io *io, int stop);
void dy_io_search_anew(dy_io *io);
int dy_io_resume(dy_io *io); // sets a demuxer down behind a gap that it was told to be the end

dy_decoder *dy_decoder_new(void);
void dy_decoder_free(dy_decoder *d);
long dy_log_errors(dy_log *l);
void dy_log_last(dy_log *l, char *out, int n);

int dy_source_open(dy_source *s, int fd, const char *formats, const char *codecs);
int dy_source_info(dy_source *s);
void dy_source_close(dy_source *s);

void dy_only_stream(AVFormatContext *f, int stream);
int dy_disposition(AVFormatContext *f, int stream);
int dy_new_packets(AVFormatContext *f, int stream);
int dy_rotation(AVFormatContext *f, int stream);
int dy_seek_stream(AVFormatContext *f, int stream, int64_t ts);
int dy_seek_byte(AVFormatContext *f, int64_t pos);
int dy_next(AVFormatContext *f, AVPacket *p, int stream, dy_packet *out);
int dy_scan(AVFormatContext *f, AVPacket *p, int stream, dy_packet *out, int n, int *got);
int dy_table_size(AVFormatContext *f, int stream);
int dy_table_only(dy_source *s, int stream);
int dy_audio_samples(AVFormatContext *f, int stream, int bytes);

int dy_open_decoder(AVCodecContext *c, AVFormatContext *f, int stream, dy_decoder *own, const char *codecs);
int dy_send(AVCodecContext *c, AVPacket *p, int64_t tag, int skip);
void dy_frame_info(const AVFrame *f, dy_frame *o);
uint64_t dy_hash(const AVFrame *f, int wide);
int dy_md5(const AVFrame *f, uint8_t out[16]);
int dy_frame_bytes(const AVFrame *f);
int64_t dy_frame_held(const AVFrame *f);

#endif
