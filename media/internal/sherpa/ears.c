#include "ears.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ears {
  void *library; // stays loaded: its threads may outlive a model
  const void *recognizer, *voice;
  const char *(*version)(void);
  const void *(*create)(const SherpaOnnxOfflineRecognizerConfig *);
  void (*destroy)(const void *);
  const void *(*stream)(const void *);
  void (*end_stream)(const void *);
  void (*accept)(const void *, int32_t, const float *, int32_t);
  void (*decode)(const void *, const void *);
  const SherpaOnnxOfflineRecognizerResult *(*result)(const void *);
  void (*forget)(const SherpaOnnxOfflineRecognizerResult *);
  const void *(*vad_create)(const SherpaOnnxVadModelConfig *, float);
  void (*vad_destroy)(const void *);
  void (*vad_accept)(const void *, const float *, int32_t);
  int32_t (*vad_empty)(const void *);
  int32_t (*vad_detected)(const void *);
  void (*vad_pop)(const void *);
  const SherpaOnnxSpeechSegment *(*vad_front)(const void *);
  void (*vad_forget)(const SherpaOnnxSpeechSegment *);
  void (*vad_reset)(const void *);
  void (*vad_flush)(const void *);
};

#define WINDOW 512 // samples that the voice detector looks at
#define VAD "SherpaOnnxVoiceActivityDetector"

static int find(ears *e, const char **missing) {
  struct { const char *name; void *to; } all[] = {
      {"SherpaOnnxGetVersionStr", &e->version},
      {"SherpaOnnxCreateOfflineRecognizer", &e->create},
      {"SherpaOnnxDestroyOfflineRecognizer", &e->destroy},
      {"SherpaOnnxCreateOfflineStream", &e->stream},
      {"SherpaOnnxDestroyOfflineStream", &e->end_stream},
      {"SherpaOnnxAcceptWaveformOffline", &e->accept},
      {"SherpaOnnxDecodeOfflineStream", &e->decode},
      {"SherpaOnnxGetOfflineStreamResult", &e->result},
      {"SherpaOnnxDestroyOfflineRecognizerResult", &e->forget},
      {"SherpaOnnxCreateVoiceActivityDetector", &e->vad_create},
      {"SherpaOnnxDestroyVoiceActivityDetector", &e->vad_destroy},
      {"SherpaOnnxDestroySpeechSegment", &e->vad_forget},
      {VAD "AcceptWaveform", &e->vad_accept},
      {VAD "Empty", &e->vad_empty},
      {VAD "Detected", &e->vad_detected},
      {VAD "Pop", &e->vad_pop},
      {VAD "Front", &e->vad_front},
      {VAD "Reset", &e->vad_reset},
      {VAD "Flush", &e->vad_flush},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    void *at = dlsym(e->library, all[i].name);
    if (!at) {
      *missing = all[i].name;
      return 0;
    }
    memcpy(all[i].to, &at, sizeof at);
  }
  return 1;
}

ears *ears_load(const char *library, char *why, int size) {
  ears *e = calloc(1, sizeof *e);
  const char *missing = "";
  if (!e) return NULL;
  e->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!e->library) {
    snprintf(why, size, "%s", dlerror());
  } else if (!find(e, &missing)) {
    snprintf(why, size, "it lacks %s", missing);
  } else if (strcmp(e->version(), SHERPA_VERSION)) {
    snprintf(why, size, "it is of version %.40s, not " SHERPA_VERSION, e->version());
  } else {
    return e;
  }
  free(e);
  return NULL;
}

int ears_model(ears *e, const char *kind, const char *model, const char *encoder, const char *decoder,
               const char *tokens, int threads) {
  SherpaOnnxOfflineRecognizerConfig c;
  memset(&c, 0, sizeof c);
  c.feat_config.sample_rate = 16000;
  c.feat_config.feature_dim = 80;
  c.model_config.tokens = tokens;
  c.model_config.num_threads = threads;
  c.model_config.provider = "cpu";
  c.decoding_method = "greedy_search";
  if (!strcmp(kind, "sense-voice")) {
    c.model_config.sense_voice.model = model;
    c.model_config.sense_voice.language = "auto";
    c.model_config.sense_voice.use_itn = 1; // punctuation and figures
  } else if (!strcmp(kind, "paraformer")) {
    c.model_config.paraformer.model = model;
  } else if (!strcmp(kind, "whisper")) {
    c.model_config.whisper.encoder = encoder;
    c.model_config.whisper.decoder = decoder;
    c.model_config.whisper.language = "zh"; // guessed anew for every span it would waver
    c.model_config.whisper.task = "transcribe";
  } else {
    return 0;
  }
  e->recognizer = e->create(&c);
  return e->recognizer != NULL;
}

int ears_voice(ears *e, const char *model) {
  SherpaOnnxVadModelConfig c;
  memset(&c, 0, sizeof c);
  c.silero_vad.model = model;
  c.silero_vad.threshold = 0.5f;
  c.silero_vad.min_silence_duration = 0.5f;
  c.silero_vad.min_speech_duration = 0.25f;
  c.silero_vad.window_size = WINDOW;
  c.silero_vad.max_speech_duration = 20;
  c.sample_rate = 16000;
  c.num_threads = 1;
  c.provider = "cpu";
  e->voice = e->vad_create(&c, 120);
  return e->voice != NULL;
}

const SherpaOnnxOfflineRecognizerResult *ears_words(ears *e, const float *samples, int n) {
  const void *s = e->stream(e->recognizer);
  const SherpaOnnxOfflineRecognizerResult *r;
  if (!s) return NULL;
  e->accept(s, 16000, samples, n);
  e->decode(e->recognizer, s);
  r = e->result(s);
  e->end_stream(s);
  return r;
}

void ears_forget(ears *e, const SherpaOnnxOfflineRecognizerResult *r) { e->forget(r); }

void ears_listen(ears *e, const float *samples, int n, int last) {
  e->vad_reset(e->voice);
  // Of what is given at once the library asks only whether any of it is speech.
  for (int at = 0; at < n; at += WINDOW) e->vad_accept(e->voice, samples + at, n - at < WINDOW ? n - at : WINDOW);
  if (last) e->vad_flush(e->voice);
}

int ears_span(ears *e, int *from, int *to) {
  const SherpaOnnxSpeechSegment *s;
  if (e->vad_empty(e->voice)) return 0;
  s = e->vad_front(e->voice);
  *from = s->start;
  *to = s->start + s->n;
  e->vad_forget(s);
  e->vad_pop(e->voice);
  return 1;
}

int ears_open(ears *e) { return e->vad_detected(e->voice); }

void ears_close(ears *e) {
  if (e->recognizer) e->destroy(e->recognizer);
  if (e->voice) e->vad_destroy(e->voice);
  free(e);
}
