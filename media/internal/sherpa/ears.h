// What hearing asks of sherpa-onnx, over a library that is loaded by its path.

#ifndef DIAOYUE_EARS_H
#define DIAOYUE_EARS_H

#include "capi.h"

typedef struct ears ears;

// ears_load loads the library; NULL and a reason in why (of size bytes) when it
// is not there or of another version.
ears *ears_load(const char *library, char *why, int size);

// ears_model loads a model; 0 when it does not. A model that is broken inside
// may end the process.
int ears_model(ears *e, const char *kind, const char *model, const char *encoder, const char *decoder,
               const char *tokens, int threads);

// ears_voice loads what tells speech from other sound; 0 when it does not.
int ears_voice(ears *e, const char *model);

// ears_words hears 16 kHz samples; free the result with ears_forget. May be NULL.
const SherpaOnnxOfflineRecognizerResult *ears_words(ears *e, const float *samples, int n);
void ears_forget(ears *e, const SherpaOnnxOfflineRecognizerResult *r);

// ears_listen gives 16 kHz samples to what tells speech; ears_span then gives
// the spans one by one, 0 when there is no more. Open: speech goes on at the end.
void ears_listen(ears *e, const float *samples, int n, int last);
int ears_span(ears *e, int *from, int *to);
int ears_open(ears *e);

void ears_close(ears *e);

#endif
