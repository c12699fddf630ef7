// HDR (PQ, HLG in BT.2020) to BT.709 SDR.
#ifndef DIAOYUE_AV_TONE_H
#define DIAOYUE_AV_TONE_H

#include "gaps.h"

// Fills to (YUV420P, any size) from f: scaled, tone mapped, BT.709, limited range.
int dy_tonemap(const AVFrame *f, AVFrame *to);

#endif
