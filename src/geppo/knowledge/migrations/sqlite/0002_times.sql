-- Every table becomes a journal: rows are added and never changed, `seq` is the order in which they came.
-- `known` is when we knew, `published` when it was published; `got` is when these bytes were last new at their address.
-- `address` joins versions of one page (empty: no page of its own). `digest` is the SHA-256 of what the row says
-- (in the archive: of the compressed bytes).
-- Foreign keys are off while this runs.
ALTER TABLE archive RENAME TO archive_1;
ALTER TABLE document RENAME TO document_1;
ALTER TABLE gap RENAME TO gap_1;
ALTER TABLE report RENAME TO report_1;
ALTER TABLE claim RENAME TO claim_1;
ALTER TABLE month RENAME TO month_1;
DROP INDEX document_published;
DROP INDEX claim_report;
CREATE TABLE archive (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    data BLOB,
    digest TEXT NOT NULL,
    dropped TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE retrieval (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL REFERENCES archive (sha256),
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    known TEXT NOT NULL,
    headers TEXT NOT NULL,
    UNIQUE (sha256, name, url)
) STRICT;
CREATE TABLE document (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL REFERENCES archive (sha256),
    reader TEXT NOT NULL,
    published TEXT NOT NULL,
    known TEXT NOT NULL,
    got TEXT NOT NULL,
    address TEXT NOT NULL,
    publisher TEXT NOT NULL,
    language TEXT NOT NULL,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    author TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX document_published ON document (published);
CREATE INDEX document_known ON document (known);
CREATE INDEX document_bytes ON document (sha256, known, seq);
CREATE INDEX document_address ON document (address, got) WHERE address <> '';
CREATE TABLE gap (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    known TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (source, kind, known, body)
) STRICT;
CREATE TABLE reading (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    report TEXT NOT NULL REFERENCES archive (sha256),
    reader TEXT NOT NULL,
    known TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX reading_report ON reading (report, known, seq);
CREATE TABLE claim (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    reading INTEGER NOT NULL REFERENCES reading (seq),
    id TEXT NOT NULL,
    predicate TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (reading, id)
) STRICT;
CREATE TABLE month (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    period TEXT NOT NULL,
    as_of TEXT NOT NULL,
    known TEXT NOT NULL,
    reader TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX month_period ON month (period, as_of, seq);
CREATE TABLE edit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    known TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search USING fts5(text, content = '', tokenize = 'trigram case_sensitive 1');
CREATE VIRTUAL TABLE search_terms USING fts5vocab(search, row);
INSERT INTO archive (sha256, size, data, digest)
    SELECT sha256, -1, data, '' FROM archive_1 ORDER BY rowid;
INSERT INTO document (sha256, reader, published, known, got, address, publisher, language, digest, body)
    SELECT sha256, '', published, known, known, '', '', '', '', body FROM document_1 ORDER BY rowid;
INSERT INTO retrieval (sha256, name, url, known, headers)
    SELECT sha256, json_extract(body, '$.name'), json_extract(body, '$.url'), known, '[]' FROM document_1 ORDER BY rowid;
INSERT INTO gap (source, kind, known, body)
    SELECT source, kind, known, body FROM gap_1 ORDER BY rowid;
INSERT INTO reading (report, reader, known, digest, body)
    SELECT DISTINCT report, reader, known, '', '[]' FROM claim_1
    WHERE NOT EXISTS (SELECT 1 FROM report_1 AS r WHERE r.id = report AND r.reader = claim_1.reader)
    ORDER BY report, reader, known;
INSERT INTO reading (report, reader, known, digest, body)
    SELECT id, reader, known, '', body FROM report_1 ORDER BY rowid;
INSERT INTO claim (reading, id, predicate, body)
    SELECT (SELECT max(seq) FROM reading WHERE reading.report = claim_1.report AND reading.reader = claim_1.reader),
        id, predicate, body
    FROM claim_1 ORDER BY id, reader;
INSERT INTO month (period, as_of, known, reader, digest, body)
    SELECT period, as_of, as_of, '', '', body FROM month_1 ORDER BY rowid;
DROP TABLE claim_1;
DROP TABLE report_1;
DROP TABLE document_1;
DROP TABLE archive_1;
DROP TABLE gap_1;
DROP TABLE month_1;
