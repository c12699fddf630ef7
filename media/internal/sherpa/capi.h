// Excerpt of c-api.h of sherpa-onnx v1.12.20, as far as hearing needs it.
// Copyright (c) 2023 Xiaomi Corporation. Apache License 2.0.
//
// The layout is that of this one version: whoever loads the library must see
// that it is of SHERPA_VERSION before handing it any of these.

#ifndef DIAOYUE_SHERPA_CAPI_H
#define DIAOYUE_SHERPA_CAPI_H

#include <stdint.h>

#define SHERPA_VERSION "1.12.20"

typedef struct {
  int32_t sample_rate;
  int32_t feature_dim;
} SherpaOnnxFeatureConfig;

typedef struct {
  const char *encoder, *decoder, *joiner;
} SherpaOnnxOfflineTransducerModelConfig;

typedef struct {
  const char *model;
} SherpaOnnxOfflineOneModelConfig; // paraformer, nemo_ctc, tdnn, dolphin, zipformer_ctc, wenet_ctc, omnilingual

typedef struct {
  const char *encoder, *decoder, *language, *task;
  int32_t tail_paddings;
} SherpaOnnxOfflineWhisperModelConfig;

typedef struct {
  const char *encoder, *decoder, *src_lang, *tgt_lang;
  int32_t use_pnc;
} SherpaOnnxOfflineCanaryModelConfig;

typedef struct {
  const char *encoder, *decoder;
} SherpaOnnxOfflineFireRedAsrModelConfig;

typedef struct {
  const char *preprocessor, *encoder, *uncached_decoder, *cached_decoder;
} SherpaOnnxOfflineMoonshineModelConfig;

typedef struct {
  const char *model;
  float scale;
} SherpaOnnxOfflineLMConfig;

typedef struct {
  const char *model, *language;
  int32_t use_itn;
} SherpaOnnxOfflineSenseVoiceModelConfig;

typedef struct {
  const char *dict_dir, *lexicon, *rule_fsts;
} SherpaOnnxHomophoneReplacerConfig;

typedef struct {
  SherpaOnnxOfflineTransducerModelConfig transducer;
  SherpaOnnxOfflineOneModelConfig paraformer;
  SherpaOnnxOfflineOneModelConfig nemo_ctc;
  SherpaOnnxOfflineWhisperModelConfig whisper;
  SherpaOnnxOfflineOneModelConfig tdnn;
  const char *tokens;
  int32_t num_threads;
  int32_t debug;
  const char *provider;
  const char *model_type;
  const char *modeling_unit;
  const char *bpe_vocab;
  const char *telespeech_ctc;
  SherpaOnnxOfflineSenseVoiceModelConfig sense_voice;
  SherpaOnnxOfflineMoonshineModelConfig moonshine;
  SherpaOnnxOfflineFireRedAsrModelConfig fire_red_asr;
  SherpaOnnxOfflineOneModelConfig dolphin;
  SherpaOnnxOfflineOneModelConfig zipformer_ctc;
  SherpaOnnxOfflineCanaryModelConfig canary;
  SherpaOnnxOfflineOneModelConfig wenet_ctc;
  SherpaOnnxOfflineOneModelConfig omnilingual;
} SherpaOnnxOfflineModelConfig;

typedef struct {
  SherpaOnnxFeatureConfig feat_config;
  SherpaOnnxOfflineModelConfig model_config;
  SherpaOnnxOfflineLMConfig lm_config;
  const char *decoding_method;
  int32_t max_active_paths;
  const char *hotwords_file;
  float hotwords_score;
  const char *rule_fsts;
  const char *rule_fars;
  float blank_penalty;
  SherpaOnnxHomophoneReplacerConfig hr;
} SherpaOnnxOfflineRecognizerConfig;

typedef struct {
  const char *text;
  float *timestamps;
  int32_t count;
  const char *tokens;
  const char *const *tokens_arr;
  const char *json;
  const char *lang;
  const char *emotion;
  const char *event;
  float *durations;
  float *ys_log_probs;
} SherpaOnnxOfflineRecognizerResult;

typedef struct {
  const char *model;
  float threshold, min_silence_duration, min_speech_duration;
  int32_t window_size;
  float max_speech_duration;
} SherpaOnnxOneVadModelConfig; // silero, ten

typedef struct {
  SherpaOnnxOneVadModelConfig silero_vad;
  int32_t sample_rate;
  int32_t num_threads;
  const char *provider;
  int32_t debug;
  SherpaOnnxOneVadModelConfig ten_vad;
} SherpaOnnxVadModelConfig;

typedef struct {
  int32_t start;
  float *samples;
  int32_t n;
} SherpaOnnxSpeechSegment;

#endif
