package av

/*
#include "gaps.h"
*/
import "C"

import (
	"math"

	"diaoyue.example/workstation/media"
)

// spaceOf gives FFmpeg's number (AVCOL_SPC) of a matrix.
func spaceOf(matrix string) int {
	switch matrix {
	case media.MatrixBT601:
		return C.AVCOL_SPC_SMPTE170M
	case media.MatrixBT2020:
		return C.AVCOL_SPC_BT2020_NCL
	case media.MatrixBT709:
		return C.AVCOL_SPC_BT709
	default:
		return C.AVCOL_SPC_UNSPECIFIED
	}
}

// matrixOf names the matrix of a stream. Where the stream is silent it guesses
// as players do: BT.709 from 1280x720 on, BT.601 below.
func matrixOf(space, width, height int) string {
	switch space {
	case C.AVCOL_SPC_BT709:
		return media.MatrixBT709
	case C.AVCOL_SPC_BT470BG, C.AVCOL_SPC_SMPTE170M, C.AVCOL_SPC_FCC:
		return media.MatrixBT601
	case C.AVCOL_SPC_BT2020_NCL, C.AVCOL_SPC_BT2020_CL:
		return media.MatrixBT2020
	}
	if max(width, height) >= 1280 || min(width, height) >= 720 {
		return media.MatrixBT709
	}
	return media.MatrixBT601
}

func round(x float64) int64 {
	return int64(math.Round(x))
}
