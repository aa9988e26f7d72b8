/* What a fallible call returns, and where it says why. */
#ifndef HEED_STATUS_H
#define HEED_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum heed_status {
    HEED_OK = 0,
    HEED_ERROR_ARGUMENT,    /* the caller passed something that cannot be used */
    HEED_ERROR_SHAPE,       /* sizes of tensors do not fit together */
    HEED_ERROR_MEMORY,      /* an allocation failed */
    HEED_ERROR_IO,          /* the operating system refused a file operation */
    HEED_ERROR_FORMAT,      /* a file or text is not what it should be */
    HEED_ERROR_UNKNOWN,     /* a name is not in the list it was looked up in */
    HEED_ERROR_NUMERIC,     /* a NaN or an infinity where a number must be */
    HEED_ERROR_CANCELLED,   /* the caller asked to stop */
    HEED_ERROR_EMPTY_INPUT, /* a model can read nothing of the text it was given */
    HEED_ERROR_LONG_INPUT   /* the text has more tokens than a model takes */
} heed_status;

/* Facts about the first thing that went wrong. Later failures do not overwrite it. Zero-initialise before use:
 * `heed_error error = {0};`. The message is one line of UTF-8 without a final stop or newline. */
typedef struct heed_error {
    heed_status status;
    char message[512];
} heed_error;

/* The identifier of a status: "ok", "argument", "shape", ... A static string, never NULL. */
const char *heed_status_name(heed_status status);

#ifdef __cplusplus
}
#endif
#endif
