CREATE TABLE IF NOT EXISTS issued (
    issue TEXT NOT NULL, edition TEXT NOT NULL, language TEXT NOT NULL, sha256 TEXT NOT NULL,
    PRIMARY KEY (issue, edition, language)
) STRICT;
CREATE TABLE IF NOT EXISTS parcel (
    id TEXT NOT NULL, channel TEXT NOT NULL, issue TEXT NOT NULL, edition TEXT NOT NULL, language TEXT NOT NULL,
    recipient TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, first_attempt TEXT, next_attempt TEXT,
    code INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '', settled TEXT,
    PRIMARY KEY (id, channel)
) STRICT;
CREATE INDEX IF NOT EXISTS parcel_issue ON parcel (issue, channel, state);
CREATE TABLE IF NOT EXISTS event (
    n INTEGER PRIMARY KEY, at TEXT NOT NULL, id TEXT NOT NULL, channel TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS suppressed (
    address TEXT PRIMARY KEY, since TEXT NOT NULL, reason TEXT NOT NULL
) STRICT;
