/* The kernels of one instruction set: compiled once per set, with HEED_SET_<NAME> defined and that set's flags. One
 * translation unit, so that small kernels inline into larger ones; each idea is in a file of its own. */
#include "kernels/kernels.h"
#include "simd/simd.h"

#include "kernels/each.h"
#include "kernels/gemm_tile.h"
#include "kernels/gemm_pack.h"
#include "kernels/vector.h"
#include "kernels/gemm.h"
#include "kernels/gemm_beside.h"
#include "kernels/panel_rows.h"
#include "kernels/int8.h"
#include "kernels/transcendental.h"
#include "kernels/softmax_row.h"
#include "kernels/rectifiers.h"
#include "kernels/layer_norm.h"
#include "kernels/attention_score.h"
#include "kernels/lstm_gates.h"
#include "kernels/adam_step.h"
#include "kernels/glove_step.h"
#include "kernels/peak.h"
#include "kernels/tables.h"

#if defined(HEED_SET_AVX512VNNI)
#define HEED_TABLE heed_kernels_avx512vnni
#elif defined(HEED_SET_AVX512)
#define HEED_TABLE heed_kernels_avx512
#elif defined(HEED_SET_AVX2)
#define HEED_TABLE heed_kernels_avx2
#elif defined(HEED_SET_NEON)
#define HEED_TABLE heed_kernels_neon
#elif defined(HEED_SET_SIMD128)
#define HEED_TABLE heed_kernels_simd128
#elif defined(HEED_SET_RELAXED)
#define HEED_TABLE heed_kernels_relaxed
#else
#define HEED_TABLE heed_kernels_scalar
#endif

const heed_kernels HEED_TABLE = {
    .isa = V_SET,
    .gemm = gemm,
    .packed_size = packed_size,
    .pack = pack,
    .gemm_packed = gemm_packed,
    .beside_rows = V_BESIDE ? V_TILE_ROWS : 0,
    .gemv_beside = V_BESIDE ? gemv_beside : NULL,
    .pack_row = pack_row,
    .packed_row = packed_row,
    .int8_size = int8_size,
    .int8_pack = int8_pack,
    .int8_scale = int8_scale,
    .int8_row = int8_row,
    .gemm_int8 = gemm_int8,
    .exp = exp_all,
    .tanh = tanh_all,
    .sigmoid = sigmoid_all,
    .axpy = axpy,
    .scale = scale,
    .dot = dot,
    .sum_squares = sum_squares,
    .softmax = softmax,
    .softmax_backward = softmax_backward,
    .tanh_backward = tanh_backward,
    .sigmoid_backward = sigmoid_backward,
    .relu = relu,
    .relu_backward = relu_backward,
    .gelu = gelu,
    .gelu_backward = gelu_backward,
    .layer_norm = layer_norm,
    .layer_norm_backward = layer_norm_backward,
    .additive_score = additive_score,
    .additive_score_backward = additive_score_backward,
    .lstm_forward = lstm_forward,
    .lstm_backward = lstm_backward,
    .adam = adam,
    .glove_step = glove_step,
    .peak = peak,
    .load_peak = load_peak,
};
