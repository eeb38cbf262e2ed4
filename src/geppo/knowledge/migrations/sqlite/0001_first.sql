-- Times are ISO 8601 in UTC. `known` is when we knew; `published` when it was published.
CREATE TABLE archive (
    sha256 TEXT PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;
CREATE TABLE document (
    sha256 TEXT PRIMARY KEY REFERENCES archive (sha256),
    published TEXT NOT NULL,
    known TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX document_published ON document (published);
CREATE TABLE gap (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    known TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (source, kind)
) STRICT;
CREATE TABLE report (
    id TEXT PRIMARY KEY REFERENCES document (sha256),
    reader TEXT NOT NULL,
    known TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE claim (
    id TEXT NOT NULL,
    reader TEXT NOT NULL,
    report TEXT NOT NULL REFERENCES document (sha256),
    predicate TEXT NOT NULL,
    known TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (id, reader)
) STRICT;
CREATE INDEX claim_report ON claim (report);
CREATE TABLE month (
    period TEXT NOT NULL,
    as_of TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (period, as_of)
) STRICT;
