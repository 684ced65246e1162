// All screens, in the order of the guide. A scene: { name, who (of the stage's people; nobody when absent), play }.
// play({ page, context, go, enter, w, lang, shape, stage }) brings the screen to where the picture is taken; what it
// gives is scrolled to the top of the picture.
import { batches } from './scenes_batches.mjs';
import { entry } from './scenes_entry.mjs';
import { pictures } from './scenes_media.mjs';
import { office } from './scenes_office.mjs';
import { plates } from './scenes_plates.mjs';
import { sites } from './scenes_sites.mjs';
import { tables } from './scenes_tables.mjs';

export const scenes = [...entry, ...sites, ...pictures, ...plates, ...batches, ...tables, ...office];
