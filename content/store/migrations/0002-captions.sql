-- What is said in a film: words whose texts are WebVTT (content/captions.h).
ALTER TABLE site_media ADD COLUMN captions TEXT NOT NULL DEFAULT '{}';
