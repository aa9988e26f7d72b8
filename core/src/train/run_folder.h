/* What a training run keeps on disk: the checkpoint, the log, and the model folder with the best epoch's weights. */
#ifndef HEED_RUN_FOLDER_H
#define HEED_RUN_FOLDER_H

#include "train/trainer.h"

typedef struct heed_run_folder {
    char path[4096], checkpoint[4096], log[4096], f32[4096];
} heed_run_folder;

/* Only makes the paths. Fails when one is too long. */
heed_status heed_run_folder_open(heed_run_folder *folder, const char *path, heed_error *error);
/* Begins a run: empties log.jsonl and writes the checkpoint of step 0, which shows at once whether there is room. */
heed_status heed_run_folder_begin(const heed_run_folder *folder, const heed_trainer *trainer, heed_error *error);
/* recipe.json, for a folder that is not the recipe's own. */
heed_status heed_run_folder_keep_recipe(const heed_run_folder *folder, const heed_trainer *trainer, heed_error *error);
heed_status heed_run_folder_checkpoint(const heed_run_folder *folder, const heed_trainer *trainer, heed_error *error);
/* Goes on from the checkpoint: refuses one of another recipe or of other data; lines of log.jsonl that are later than
 * it are cut. */
heed_status heed_run_folder_resume(const heed_run_folder *folder, heed_trainer *trainer, heed_error *error);
/* A line of log.jsonl for an epoch that was judged and is not yet over. */
heed_status heed_run_folder_log(const heed_run_folder *folder, const heed_trainer *trainer, heed_error *error);
/* Writes the model folder with the best epoch's weights: int8 in the folder, f32 in its folder f32. */
heed_status heed_run_folder_export(const heed_run_folder *folder, heed_trainer *trainer, heed_error *error);

#endif
