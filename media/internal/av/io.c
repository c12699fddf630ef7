// The file under FFmpeg, and the way past long runs of zeros in it.
#define _GNU_SOURCE // SEEK_DATA
#include "gaps.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { io_buffer = 64 << 10 };

// A card that ran full or lost a part, or a writer that reserved room, leaves a
// recording with zeros in it, as a hole or written, gigabytes of them maybe, and
// most demuxers search them byte by byte. Black pictures and silence may be zeros
// too. So zeros are read like any other bytes as long as packets come of them;
// when so many brought none, reading goes on where the zeros end, which is where
// the search would have come out.
enum {
	search_most = 16 << 20, // zeros that a demuxer searches in vain
	search_many = 8,        // gaps after which it searches long_run only
	long_run = 4 << 20,     // zeros just read before any are passed over: FFmpeg's buffer holds nothing else then
	measure_at_once = 1 << 20,
	zeros_before = 32, // the gap that is left to a demuxer set down behind it
};
static const int64_t measure_most = 16ll << 30; // written zeros read through for what follows

// What stands at pos: pread's answer, or FFmpeg's error.
static int64_t fetch(const dy_io *io, int64_t pos, uint8_t *buf, int n) {
	ssize_t r;
	do r = pread(io->fd, buf, n, pos); while (r < 0 && errno == EINTR);
	return r < 0 ? AVERROR(errno) : r;
}

static int all_zero(const uint8_t *p, int64_t n) { return p[0] == 0 && memcmp(p, p + 1, n - 1) == 0; }

// The first place from pos on that is in no hole. Asking moves the offset that
// the caller shares, which is put back; a file that has all its blocks, as nearly
// every one, is not asked.
static int64_t behind_hole(const dy_io *io, int64_t pos) {
	if (!io->sparse) return pos;
	off_t before = lseek(io->fd, 0, SEEK_CUR), data = lseek(io->fd, pos, SEEK_DATA);
	if (data < 0) data = errno == ENXIO ? io->size : pos; // not every file system tells
	if (before >= 0) lseek(io->fd, before, SEEK_SET);
	return data;
}

// Where the zeros end that go on at pos; the file's size if they are the rest of
// it. Too many of them are a gap whose end nobody waits for.
static int64_t measure(dy_io *io, int64_t pos, uint8_t *buf) {
	for (int64_t left = measure_most; (pos = behind_hole(io, pos)) < io->size;) {
		int64_t r = fetch(io, pos, buf, measure_at_once);
		if (r <= 0 || atomic_load(&io->stop)) return pos; // the next read meets it
		if (!all_zero(buf, r)) {
			while (!*buf++) pos++;
			return pos;
		}
		pos += r;
		if ((left -= r) <= 0) {
			io->gaps++;
			return io->size;
		}
	}
	return io->size;
}

// Whether the zeros just read, r of n bytes, were searched in vain: those before
// them tell, so that a smaller read gets the same answer. A large read is no
// search: a demuxer knows what it wants there.
static int in_vain(dy_io *io, const uint8_t *buf, int64_t r, int n) {
	if (!all_zero(buf, r)) {
		for (io->run = io->pos + r; !buf[r - 1]; r--) io->run--;
		return 0;
	}
	if (n > io->pb->buffer_size) return 0;
	int64_t most = io->gaps < search_many && !io->dense ? search_most : long_run;
	if (io->searched >= most && io->pos - io->run >= long_run) return 1;
	io->searched += r;
	return 0;
}

// Goes on where the zeros end. FFmpeg counts positions by what it was given, so
// its count is moved too; its buffer holds zeros alone (see long_run), which is
// right before the new place as well. A demuxer that counts the bytes of its
// search itself would go back by as many as were passed over: it is told that
// the file ends, and set down behind by dy_next.
static int64_t pass_over(dy_io *io, uint8_t *buf, int n) {
	if (io->pos < io->empty[0] || io->pos >= io->empty[1]) {
		uint8_t *room = av_malloc(measure_at_once);
		if (!room) return AVERROR(ENOMEM);
		io->empty[0] = io->pos;
		io->empty[1] = measure(io, io->pos, room);
		av_free(room);
	}
	if (io->empty[1] >= io->size) return AVERROR_EOF;
	io->gaps++;
	if (io->counts) {
		io->resume = io->empty[1] - zeros_before;
		return AVERROR_EOF;
	}
	io->pb->pos += io->empty[1] - io->pos;
	io->pos = io->empty[1];
	int64_t r = fetch(io, io->pos, buf, n);
	io->run = io->pos + FFMAX(r, 0);
	return r == 0 ? AVERROR_EOF : r;
}

// To a place not far ahead FFmpeg seeks by filling its buffer until it is there,
// and must not be led past it: among zeros it has to ask io_seek (direct).
static void no_short_seeks(dy_io *io) { io->pb->direct = io->pos - io->run >= long_run / 2; }

static int io_read(void *opaque, uint8_t *buf, int n) {
	dy_io *io = opaque;
	if (atomic_load(&io->stop)) return AVERROR_EXIT;
	int64_t r = io->blind ? FFMIN(n, io->size - io->pos) : fetch(io, io->pos, buf, n);
	if (r == 0 || (io->blind && r < 0)) return AVERROR_EOF;
	if (r > 0 && !io->blind && in_vain(io, buf, r, n)) r = pass_over(io, buf, n);
	if (r < 0) return (int)r;
	io->pos += r;
	if (!io->blind) no_short_seeks(io);
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
	if (off < io->run || off > io->pos) io->run = off;
	io->pos = off;
	if (!io->pb->write_flag) no_short_seeks(io);
	return off;
}

void dy_io_search_anew(dy_io *io) { io->searched = io->resume = 0; }

int dy_io_resume(dy_io *io) {
	int64_t at = io->resume;
	if (!at) return 0;
	dy_io_search_anew(io);
	return avio_seek(io->pb, at, SEEK_SET) == at;
}

int dy_io_open(dy_io *io, int fd, int write, AVIOContext **pb) {
	struct stat st;
	memset(io, 0, sizeof *io);
	*pb = NULL;
	io->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (io->fd < 0) return AVERROR(errno);
	if (fstat(io->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		dy_io_close(io, pb);
		return AVERROR(EINVAL);
	}
	io->size = st.st_size;
	io->sparse = st.st_blocks * 512 < st.st_size;
	uint8_t *buf = av_malloc(io_buffer);
	*pb = io->pb = buf ? avio_alloc_context(buf, io_buffer, write, io, write ? NULL : io_read, write ? io_write : NULL, io_seek) : NULL;
	if (*pb) return 0;
	av_free(buf);
	dy_io_close(io, pb);
	return AVERROR(ENOMEM);
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
