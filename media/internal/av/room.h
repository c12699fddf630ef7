// Where decoded pictures lie: in huge pages, without which a decoder spends a
// thirtieth of its time looking up addresses (measured in a virtual machine).
#ifndef DIAOYUE_AV_ROOM_H
#define DIAOYUE_AV_ROOM_H

#include <libavcodec/avcodec.h>
#include <pthread.h>

// The pictures of one decoder, of one size at a time.
typedef struct {
	pthread_mutex_t lock;
	AVBufferPool *pool;
	size_t size;
} dy_room;

void dy_room_init(dy_room *r);
void dy_room_free(dy_room *r);

// The memory that a picture of so many bytes takes.
size_t dy_room_taken(size_t size);

// Fills f with room for a picture; AVCodecContext.get_buffer2 asks it so, from
// any thread.
int dy_room_get(dy_room *r, AVCodecContext *c, AVFrame *f, int flags);

#endif
