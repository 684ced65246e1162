-- What is said in a film: words whose texts are WebVTT (content/captions.h).
ALTER TABLE site_media ADD COLUMN captions TEXT NOT NULL DEFAULT '{}';

-- When stele-media last told what the file is; NULL: not yet, so a film may still tell where it was taken.
ALTER TABLE media ADD COLUMN looked_at INTEGER;
