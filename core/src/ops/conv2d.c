#include <string.h>

#include "ops/ops.h"
#include "ops/project.h"

/* Sizes: B images of H x W pixels of C channels, h x w windows, H' x W' of them, n = h w C, O channels out. The windows
 * of one image are the rows of a matrix [H' W', n], and all the rest is matrix products:
 *   y = windows W^T + b;   dW += dy^T windows;   dwindows = dy W, added back where the windows were taken from. */

typedef struct saved {
    heed_window window;
    const int32_t *heights;
} saved;

int heed_window_count(int length, int size, int stride, int padding)
{
    return length + 2 * padding < size ? 0 : (length + 2 * padding - size) / stride + 1;
}

bool heed_heights_fit(heed_tape *tape, const char *op, const heed_tensor *x, const int32_t *heights)
{
    for (int b = 0; heights && b < x->dims[0]; b++)
        if (heights[b] < 0 || heights[b] > x->dims[1]) {
            heed_op_fail(tape, HEED_ERROR_ARGUMENT, "%s: height %d of image %d is not in 0..%d", op, (int)heights[b], b,
                         x->dims[1]);
            return false;
        }
    return true;
}

/* Image b of x, and how many rows of windows it has. */
typedef struct picture {
    size_t at; /* reals before it */
    int height, width, channels, rows, columns;
} picture;

static picture picture_of(const heed_tensor *x, const heed_window *window, const int32_t *heights, int b)
{
    picture image = {.height = heights ? heights[b] : x->dims[1], .width = x->dims[2], .channels = x->dims[3]};
    image.at = (size_t)b * (size_t)x->dims[1] * (size_t)image.width * (size_t)image.channels;
    image.rows = heed_window_count(image.height, window->height, window->stride, window->padding);
    image.columns = heed_window_count(image.width, window->width, window->stride, window->padding);
    return image;
}

/* Copies every window of the image to a row of `windows` or, `back`, adds the rows to where they came from. */
static void move(const picture *image, const heed_window *window, heed_real *pixels, heed_real *windows, bool back)
{
    const int channels = image->channels;
    const size_t line = (size_t)window->width * (size_t)channels;
    heed_real *at = windows;
    for (int i = 0; i < image->rows; i++)
        for (int j = 0; j < image->columns; j++)
            for (int k = 0; k < window->height; k++, at += line) {
                const int y = i * window->stride - window->padding + k, x = j * window->stride - window->padding;
                const int first = x < 0 ? -x : 0, end = image->width - x < window->width ? image->width - x : window->width;
                if (!back && (first > 0 || end < window->width || y < 0 || y >= image->height))
                    memset(at, 0, line * sizeof *at);
                if (y < 0 || y >= image->height || end <= first)
                    continue;
                heed_real *pixel = pixels + ((size_t)y * (size_t)image->width + (size_t)(x + first)) * (size_t)channels;
                heed_real *part = at + (size_t)first * (size_t)channels;
                const size_t n = (size_t)(end - first) * (size_t)channels;
                if (!back)
                    memcpy(part, pixel, n * sizeof *part);
                for (size_t c = 0; back && c < n; c++)
                    pixel[c] += part[c];
            }
}

static heed_real *room_for_windows(heed_tape *tape, const heed_tensor *y, const heed_tensor *w)
{
    return heed_tape_alloc(tape, (size_t)y->dims[1] * (size_t)y->dims[2] * (size_t)w->dims[1], sizeof(heed_real));
}

static void backward(heed_tape *tape, const heed_node *node)
{
    const heed_tensor *x = node->inputs[0], *w = node->inputs[1], *b = node->inputs[2], *y = node->outputs[0];
    const saved *keep = node->saved;
    const int size = w->dims[1], out = w->dims[0];
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    heed_real *windows = room_for_windows(tape, y, w);
    for (int i = 0; windows && i < x->dims[0]; i++) {
        const picture image = picture_of(x, &keep->window, keep->heights, i);
        const int n = image.rows * image.columns;
        const heed_real *dy = y->grad + (size_t)i * (size_t)y->dims[1] * (size_t)y->dims[2] * (size_t)out;
        for (int k = 0; b && b->grad && k < n; k++)
            tape->kernels->axpy((size_t)out, 1, dy + (size_t)k * (size_t)out, b->grad);
        if (w->grad) {
            move(&image, &keep->window, x->data + image.at, windows, false);
            tape->kernels->gemm(out, size, n, dy, 1, out, windows, size, 1, w->grad, size, true, tape->gemm_scratch);
        }
        if (x->grad) {
            tape->kernels->gemm(n, size, out, dy, out, 1, w->data, size, 1, windows, size, false, tape->gemm_scratch);
            move(&image, &keep->window, x->grad + image.at, windows, true);
        }
    }
    heed_arena_restore(&tape->arena, mark);
}

const heed_op heed_op_conv2d = {"conv2d", backward};

static bool fits(const heed_tensor *x, const heed_tensor *w, const heed_tensor *b, const heed_window *window)
{
    return x->rank == 4 && w->rank == 2 && window->height > 0 && window->width > 0 && window->stride > 0 &&
           window->padding >= 0 && window->padding < window->height && window->padding < window->width &&
           w->dims[1] == window->height * window->width * x->dims[3] &&
           (!b || (b->rank == 1 && b->dims[0] == w->dims[0]));
}

heed_tensor *heed_conv2d(heed_tape *tape, heed_tensor *x, heed_tensor *w, heed_tensor *b, heed_window window,
                         const int32_t *heights)
{
    if (!heed_tensor_ok(x) || !heed_tensor_ok(w) || (b && !heed_tensor_ok(b)))
        return &tape->invalid;
    if (!fits(x, w, b, &window)) {
        char xs[64], ws[64], bs[64] = "none";
        return heed_op_fail(tape, HEED_ERROR_SHAPE,
                            "conv2d: sizes do not fit: x %s, weight %s, bias %s, windows %d x %d, stride %d, padding %d",
                            heed_shape_text(x, xs), heed_shape_text(w, ws), b ? heed_shape_text(b, bs) : bs,
                            window.height, window.width, window.stride, window.padding);
    }
    if (!heed_heights_fit(tape, "conv2d", x, heights))
        return &tape->invalid;
    const int size = w->dims[1], out = w->dims[0];
    const int dims[] = {x->dims[0], heed_window_count(x->dims[1], window.height, window.stride, window.padding),
                        heed_window_count(x->dims[2], window.width, window.stride, window.padding), out};
    heed_tensor *inputs[] = {x, w, b};
    heed_tensor *y = heed_tensor_new(tape, heed_wants_grad(tape, 3, inputs), 4, dims);
    saved *keep = heed_tape_alloc(tape, 1, sizeof *keep);
    if (!heed_tensor_ok(y) || !keep)
        return &tape->invalid;
    *keep = (saved){window, heights};
    heed_tape_note(tape, &heed_op_conv2d, 3, inputs, 1, &y, keep);
    const heed_arena_mark mark = heed_arena_save(&tape->arena);
    heed_real *windows = room_for_windows(tape, y, w);
    for (int i = 0; windows && i < dims[0]; i++) {
        const picture image = picture_of(x, &window, heights, i);
        const int n = image.rows * image.columns;
        heed_real *to = y->data + (size_t)i * (size_t)dims[1] * (size_t)dims[2] * (size_t)out;
        for (int k = 0; b && k < n; k++)
            memcpy(to + (size_t)k * (size_t)out, b->data, (size_t)out * sizeof *to);
        move(&image, &window, x->data + image.at, windows, false);
        heed_project(tape, n, w, windows, size, to, out, b != NULL);
    }
    heed_arena_restore(&tape->arena, mark);
    return windows ? y : &tape->invalid;
}
