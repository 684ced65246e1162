-- The whole schema. Conventions:
--   instants are INTEGER seconds since 1970 (UTC); dates that people write are EDTF texts (ISO 8601-2);
--   a "words" column is a JSON object from language tag to text, {"vi": "…", "en": "…"};
--   every enumeration has its CHECK; every table is STRICT.
-- Search (FTS5) and positions (R*Tree) at the end are SQLite's own; all else stays inside what PostgreSQL shares.

-- One row: moves with every change of what visitors can see, so that caches know.
CREATE TABLE content_state (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO content_state (id, version) VALUES (1, 1);

-- Settings that the desk edits; value is JSON.
CREATE TABLE setting (
    name       TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE language (
    tag      TEXT PRIMARY KEY CHECK (length(tag) BETWEEN 2 AND 16),
    position INTEGER NOT NULL,
    enabled  INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1))
) STRICT;

-- The vocabularies: what a site is, its legal category, its rank, and where it lies.
CREATE TABLE term (
    id        INTEGER PRIMARY KEY,
    scheme    TEXT NOT NULL CHECK (scheme IN ('kind', 'category', 'rank', 'area')),
    key       TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 80),
    labels    TEXT NOT NULL,
    parent_id INTEGER REFERENCES term (id),
    picture   TEXT,
    position  INTEGER NOT NULL DEFAULT 0,
    UNIQUE (scheme, key)
) STRICT;

-- Staff.
CREATE TABLE account (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,
    name_folded   TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL CHECK (role IN ('admin', 'editor', 'field')),
    may_publish   INTEGER NOT NULL DEFAULT 1 CHECK (may_publish IN (0, 1)),
    language      TEXT NOT NULL DEFAULT 'vi',
    password_hash TEXT,
    totp_secret   BLOB,
    totp_used     INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    disabled_at   INTEGER
) STRICT;

CREATE TABLE account_area (
    account_id INTEGER NOT NULL REFERENCES account (id),
    term_id    INTEGER NOT NULL REFERENCES term (id),
    PRIMARY KEY (account_id, term_id)
) STRICT;

CREATE TABLE session (
    token_hash   BLOB PRIMARY KEY,
    account_id   INTEGER NOT NULL REFERENCES account (id),
    csrf_token   BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    device       TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX session_account ON session (account_id);

CREATE TABLE recovery_code (
    account_id INTEGER NOT NULL REFERENCES account (id),
    hash       TEXT NOT NULL,
    used_at    INTEGER,
    PRIMARY KEY (account_id, hash)
) STRICT;

-- Links that work once: the first admin's, a forgotten password's.
CREATE TABLE one_time_link (
    token_hash BLOB PRIMARY KEY,
    purpose    TEXT NOT NULL CHECK (purpose IN ('first-admin', 'password')),
    account_id INTEGER REFERENCES account (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;

-- Failed sign-ins, per account and per hashed address; rows are deleted when their window is over.
CREATE TABLE login_failure (
    subject TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX login_failure_subject ON login_failure (subject, at);

-- Sites. `details` holds what is only ever read and written together with the site, as JSON in the form of the
-- bundle's site.json: names, addresses, hours, periods, sources, facts, decision, checked.
CREATE TABLE site (
    id           INTEGER PRIMARY KEY,
    slug         TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 80),
    key          TEXT UNIQUE CHECK (length(key) BETWEEN 1 AND 200),
    kind_id      INTEGER NOT NULL REFERENCES term (id),
    category_id  INTEGER REFERENCES term (id),
    rank_id      INTEGER REFERENCES term (id),
    area_id      INTEGER REFERENCES term (id),
    state        TEXT NOT NULL CHECK (state IN ('draft', 'in-review', 'published', 'withdrawn', 'binned')),
    publish_at   INTEGER,
    original     TEXT NOT NULL,
    lat          REAL CHECK (lat BETWEEN -90 AND 90),
    lon          REAL CHECK (lon BETWEEN -180 AND 180),
    accuracy_m   REAL CHECK (accuracy_m >= 0),
    details      TEXT NOT NULL DEFAULT '{}',
    sort_key     TEXT NOT NULL,
    version      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    published_at INTEGER,
    CHECK ((lat IS NULL) = (lon IS NULL))
) STRICT;
CREATE INDEX site_sorted ON site (state, sort_key, id);
CREATE INDEX site_kind ON site (state, kind_id, sort_key);
CREATE INDEX site_area ON site (state, area_id, sort_key);
CREATE INDEX site_updated ON site (updated_at, id);
CREATE INDEX site_publish_at ON site (publish_at) WHERE publish_at IS NOT NULL;

-- Slugs a site has had: they redirect for ever and are never given to another.
CREATE TABLE old_slug (
    slug       TEXT PRIMARY KEY,
    site_id    INTEGER NOT NULL REFERENCES site (id),
    retired_at INTEGER NOT NULL
) STRICT;
CREATE INDEX old_slug_site ON old_slug (site_id);

CREATE TABLE text (
    id              INTEGER PRIMARY KEY,
    site_id         INTEGER NOT NULL REFERENCES site (id),
    lang            TEXT NOT NULL,
    title           TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    summary         TEXT NOT NULL DEFAULT '',
    body            TEXT NOT NULL DEFAULT '',
    origin          TEXT NOT NULL DEFAULT 'written' CHECK (origin IN ('written', 'translated', 'machine')),
    translated_from TEXT,
    source_version  INTEGER, -- the site's version that was translated
    stale           INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1)),
    updated_at      INTEGER NOT NULL,
    UNIQUE (site_id, lang)
) STRICT;

-- Media, kept under the SHA-256 of their bytes.
CREATE TABLE media (
    sha256        TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    class         TEXT NOT NULL CHECK (class IN ('image', 'audio', 'video')),
    mime          TEXT NOT NULL,
    bytes         INTEGER NOT NULL CHECK (bytes >= 0),
    width         INTEGER,
    height        INTEGER,
    duration_ms   INTEGER,
    original_name TEXT NOT NULL DEFAULT '',
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE media_variant (
    sha256  TEXT NOT NULL REFERENCES media (sha256),
    variant TEXT NOT NULL,
    file    TEXT NOT NULL CHECK (length(file) = 64),
    mime    TEXT NOT NULL,
    bytes   INTEGER NOT NULL,
    width   INTEGER,
    height  INTEGER,
    PRIMARY KEY (sha256, variant)
) STRICT;

CREATE TABLE site_media (
    site_id    INTEGER NOT NULL REFERENCES site (id),
    position   INTEGER NOT NULL,
    sha256     TEXT NOT NULL REFERENCES media (sha256),
    file       TEXT NOT NULL DEFAULT '', -- its name in a bundle
    alt        TEXT NOT NULL DEFAULT '{}',
    caption    TEXT NOT NULL DEFAULT '{}',
    transcript TEXT NOT NULL DEFAULT '{}',
    credit     TEXT NOT NULL DEFAULT '',
    licence    TEXT NOT NULL DEFAULT '',
    taken      TEXT,
    focus_x    REAL CHECK (focus_x BETWEEN 0 AND 1),
    focus_y    REAL CHECK (focus_y BETWEEN 0 AND 1),
    PRIMARY KEY (site_id, position)
) STRICT;
CREATE INDEX site_media_sha256 ON site_media (sha256);

-- Files on their way in, so that an upload can be resumed.
CREATE TABLE upload (
    id         TEXT PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    bytes      INTEGER NOT NULL,
    received   INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tour (
    id         INTEGER PRIMARY KEY,
    slug       TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 80),
    state      TEXT NOT NULL CHECK (state IN ('draft', 'in-review', 'published', 'withdrawn', 'binned')),
    titles     TEXT NOT NULL,
    summaries  TEXT NOT NULL DEFAULT '{}',
    bodies     TEXT NOT NULL DEFAULT '{}',
    sort_key   TEXT NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tour_stop (
    tour_id  INTEGER NOT NULL REFERENCES tour (id),
    position INTEGER NOT NULL,
    site_id  INTEGER NOT NULL REFERENCES site (id),
    PRIMARY KEY (tour_id, position),
    UNIQUE (tour_id, site_id)
) STRICT;
CREATE INDEX tour_stop_site ON tour_stop (site_id);

-- Plates. A code is never used again, so no row is ever deleted.
CREATE TABLE plate (
    code       TEXT PRIMARY KEY CHECK (length(code) = 8),
    site_id    INTEGER REFERENCES site (id),
    tour_id    INTEGER REFERENCES tour (id),
    state      TEXT NOT NULL CHECK (state IN ('planned', 'in-batch', 'printed', 'installed', 'damaged', 'retired')),
    place      TEXT NOT NULL DEFAULT '',
    reason     TEXT NOT NULL DEFAULT '',
    lat        REAL CHECK (lat BETWEEN -90 AND 90),
    lon        REAL CHECK (lon BETWEEN -180 AND 180),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((site_id IS NULL) <> (tour_id IS NULL))
) STRICT;
CREATE INDEX plate_site ON plate (site_id);
CREATE INDEX plate_tour ON plate (tour_id);
CREATE INDEX plate_state ON plate (state, code);

CREATE TABLE plate_event (
    id         INTEGER PRIMARY KEY,
    code       TEXT NOT NULL REFERENCES plate (code),
    at         INTEGER NOT NULL,
    account_id INTEGER REFERENCES account (id),
    event      TEXT NOT NULL CHECK (event IN ('made', 'state', 're-pointed', 'moved', 'note')),
    detail     TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX plate_event_code ON plate_event (code, id);

CREATE TRIGGER plate_is_never_deleted BEFORE DELETE ON plate
BEGIN SELECT RAISE(ABORT, 'a code is never used again: plates are retired, not deleted'); END;

-- Scans: counts per plate, hour, language and class; nothing about a visitor.
CREATE TABLE scan_count (
    code  TEXT NOT NULL REFERENCES plate (code),
    hour  INTEGER NOT NULL, -- seconds since 1970 / 3600
    lang  TEXT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('person', 'bot', 'preview')),
    count INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (code, hour, lang, class)
) STRICT;

-- Imports and bulk changes, so that one can be undone as one step.
CREATE TABLE import (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    account_id INTEGER REFERENCES account (id),
    name       TEXT NOT NULL,
    format     TEXT NOT NULL CHECK (format IN ('bundle', 'csv', 'geojson', 'bulk')),
    added      INTEGER NOT NULL DEFAULT 0,
    changed    INTEGER NOT NULL DEFAULT 0,
    undone_at  INTEGER
) STRICT;

-- Revisions: every saved state of a site or tour, never changed afterwards.
CREATE TABLE revision (
    id         INTEGER PRIMARY KEY,
    subject    TEXT NOT NULL CHECK (subject IN ('site', 'tour')),
    subject_id INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    account_id INTEGER REFERENCES account (id),
    import_id  INTEGER REFERENCES import (id),
    document   TEXT NOT NULL,
    UNIQUE (subject, subject_id, version)
) STRICT;
CREATE INDEX revision_import ON revision (import_id) WHERE import_id IS NOT NULL;

CREATE TRIGGER revision_is_never_changed BEFORE UPDATE ON revision
BEGIN SELECT RAISE(ABORT, 'a revision is never changed'); END;
CREATE TRIGGER revision_is_never_deleted BEFORE DELETE ON revision
BEGIN SELECT RAISE(ABORT, 'a revision is never deleted'); END;

-- Unfinished edits, saved on every pause.
CREATE TABLE draft (
    account_id   INTEGER NOT NULL REFERENCES account (id),
    subject      TEXT NOT NULL,
    base_version INTEGER,
    document     TEXT NOT NULL,
    updated_at   INTEGER NOT NULL,
    PRIMARY KEY (account_id, subject)
) STRICT;

-- Who did what, when. `actor` keeps the name even when there is no account: a command, the server itself.
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    account_id INTEGER REFERENCES account (id),
    actor      TEXT NOT NULL,
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    detail     TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX audit_subject ON audit (subject, id);
CREATE INDEX audit_account ON audit (account_id, id);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is never deleted'); END;

-- Batches: plates sent to print together, and the parcel made from them.
CREATE TABLE batch (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'made', 'failed', 'stopped', 'printed')),
    job         TEXT NOT NULL,
    account_id  INTEGER REFERENCES account (id),
    created_at  INTEGER NOT NULL,
    finished_at INTEGER,
    sha256      TEXT,
    bytes       INTEGER,
    message     TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE batch_plate (
    batch_id INTEGER NOT NULL REFERENCES batch (id),
    sequence INTEGER NOT NULL,
    code     TEXT NOT NULL REFERENCES plate (code),
    copies   INTEGER NOT NULL DEFAULT 1 CHECK (copies > 0),
    PRIMARY KEY (batch_id, sequence),
    UNIQUE (batch_id, code)
) STRICT;
CREATE INDEX batch_plate_code ON batch_plate (code);

CREATE TABLE parcel_link (
    token_hash    BLOB PRIMARY KEY,
    batch_id      INTEGER NOT NULL REFERENCES batch (id),
    password_hash TEXT,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    downloads     INTEGER NOT NULL DEFAULT 0,
    last_at       INTEGER
) STRICT;

-- Search: one row per text (rowid is text.id), every column folded by common/fold.
CREATE VIRTUAL TABLE search USING fts5 (title, names, place, body, tokenize = 'unicode61 remove_diacritics 0');

-- Positions of published sites.
CREATE VIRTUAL TABLE site_position USING rtree (id, min_lat, max_lat, min_lon, max_lon);
