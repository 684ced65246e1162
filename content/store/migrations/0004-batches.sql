-- Batches as the server makes them: a queue, what each try came to, each plate as it was when it was sent, and every
-- fetching of a parcel by its link.

ALTER TABLE batch ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
ALTER TABLE batch ADD COLUMN plates INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batch ADD COLUMN queued_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batch ADD COLUMN started_at INTEGER;
ALTER TABLE batch ADD COLUMN printed_at INTEGER;
ALTER TABLE batch ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;   -- begun since it was queued
ALTER TABLE batch ADD COLUMN makings INTEGER NOT NULL DEFAULT 0; -- finished well
ALTER TABLE batch ADD COLUMN files INTEGER;
ALTER TABLE batch ADD COLUMN first_sha256 TEXT;                  -- of the first making; sha256 is the newest's
ALTER TABLE batch ADD COLUMN failure TEXT NOT NULL DEFAULT '';   -- a word: 'full', 'invalid'; `message` says it
ALTER TABLE batch ADD COLUMN reprint_of INTEGER REFERENCES batch (id);
UPDATE batch SET queued_at = created_at, name_folded = lower(name), first_sha256 = sha256,
    plates = (SELECT count(*) FROM batch_plate WHERE batch_plate.batch_id = batch.id);
CREATE INDEX batch_queue ON batch (state, queued_at, id);

-- `state_before`: the plate's state when the batch took it. `document`: the plate as the job names it, so that the batch can
-- be made again bit for bit whatever is edited meanwhile.
ALTER TABLE batch_plate ADD COLUMN state_before TEXT NOT NULL DEFAULT 'planned'
    CHECK (state_before IN ('planned', 'in-batch', 'printed', 'installed', 'damaged'));
ALTER TABLE batch_plate ADD COLUMN document TEXT NOT NULL DEFAULT '{}';

ALTER TABLE parcel_link ADD COLUMN account_id INTEGER REFERENCES account (id);
ALTER TABLE parcel_link ADD COLUMN note TEXT NOT NULL DEFAULT ''; -- whom it was made for
ALTER TABLE parcel_link ADD COLUMN revoked_at INTEGER;
CREATE INDEX parcel_link_batch ON parcel_link (batch_id, created_at);

-- When a parcel was fetched; nothing about who did.
CREATE TABLE parcel_download (
    id         INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL REFERENCES parcel_link (token_hash),
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX parcel_download_link ON parcel_download (token_hash, at);
