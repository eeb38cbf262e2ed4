-- A store of version 1 as geppo 0.1.0 wrote it: two documents, one gap, two readings, one month.
BEGIN TRANSACTION;
CREATE TABLE archive (
    sha256 TEXT PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;
INSERT INTO "archive" VALUES('845bb60fe5c91b77a0b634e351b296a9222c94d686371b0ad741dff73c95edbb',X'789C4BCB2C2A2E5128484C4F050015DA03E6');
INSERT INTO "archive" VALUES('9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343',X'789C2B4E4DCECF4B5128484C4F050019F1043A');
CREATE TABLE claim (
    id TEXT NOT NULL,
    reader TEXT NOT NULL,
    report TEXT NOT NULL REFERENCES document (sha256),
    predicate TEXT NOT NULL,
    known TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (id, reader)
) STRICT;
INSERT INTO "claim" VALUES('c0old','0.0.9','9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343','uses','2026-04-20T00:00:00+00:00','{"about":"","count":null,"hedge":{"grade":null,"rung":"confirmed","text":""},"id":"c0old","marking":"CLEAR","negated":false,"object":{"id":"text/relay","kind":"text","name":"a relay network"},"passage":{"document":"9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343","end":31,"start":0,"text":"Blue Reef uses a relay network."},"predicate":"uses","published":"2026-04-05","publisher":"Example Vendor","qualifiers":[],"report":"9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343","rule":"en/uses","subject":{"id":"actor/blue-reef","kind":"intrusion-set","name":"Blue Reef"},"voices":[],"when":null}');
INSERT INTO "claim" VALUES('c1new','0.1.0','9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343','uses','2026-05-01T00:00:00+00:00','{"about":"","count":null,"hedge":{"grade":null,"rung":"confirmed","text":""},"id":"c1new","marking":"CLEAR","negated":false,"object":{"id":"text/relay","kind":"text","name":"a relay network"},"passage":{"document":"9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343","end":31,"start":0,"text":"Blue Reef uses a relay network."},"predicate":"uses","published":"2026-04-05","publisher":"Example Vendor","qualifiers":[],"report":"9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343","rule":"en/uses","subject":{"id":"actor/blue-reef","kind":"intrusion-set","name":"Blue Reef"},"voices":[],"when":null}');
CREATE TABLE document (
    sha256 TEXT PRIMARY KEY REFERENCES archive (sha256),
    published TEXT NOT NULL,
    known TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
INSERT INTO "document" VALUES('845bb60fe5c91b77a0b634e351b296a9222c94d686371b0ad741dff73c95edbb','2026-04-02','2026-04-03T00:00:00+00:00','{"collected":"2026-04-03T00:00:00+00:00","language":"ja","links":[],"marking":"CLEAR","media_type":"text/html","name":"one.html","note":false,"published":"2026-04-02","publisher":"Example CERT","sha256":"845bb60fe5c91b77a0b634e351b296a9222c94d686371b0ad741dff73c95edbb","text":"政府機関への攻撃を確認した。","title":"注意喚起","url":"https://cert.example/one"}');
INSERT INTO "document" VALUES('9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343','2026-04-05','2026-04-06T00:00:00+00:00','{"collected":"2026-04-06T00:00:00+00:00","language":"en","links":[],"marking":"CLEAR","media_type":"text/html","name":"two.html","note":false,"published":"2026-04-05","publisher":"Example Vendor","sha256":"9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343","text":"Blue Reef uses a relay network.","title":"Blue Reef","url":"https://vendor.example/two"}');
CREATE TABLE gap (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    known TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (source, kind)
) STRICT;
INSERT INTO "gap" VALUES('bad.bin','binary','2026-04-06T00:00:00+00:00','{"kind":"binary","message":"bad.bin: not a text","source":"bad.bin"}');
CREATE TABLE month (
    period TEXT NOT NULL,
    as_of TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (period, as_of)
) STRICT;
INSERT INTO "month" VALUES('2026-04','2026-05-01T00:00:00+00:00','{"as_of":"2026-05-01T00:00:00+00:00","assessments":[],"claims":[{"about":"","count":null,"hedge":{"grade":null,"rung":"confirmed","text":""},"id":"c1new","marking":"CLEAR","negated":false,"object":{"id":"text/relay","kind":"text","name":"a relay network"},"passage":{"document":"9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343","end":31,"start":0,"text":"Blue Reef uses a relay network."},"predicate":"uses","published":"2026-04-05","publisher":"Example Vendor","qualifiers":[],"report":"9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343","rule":"en/uses","subject":{"id":"actor/blue-reef","kind":"intrusion-set","name":"Blue Reef"},"voices":[],"when":null}],"documents":[{"collected":"2026-04-03T00:00:00+00:00","language":"ja","links":[],"marking":"CLEAR","media_type":"text/html","name":"one.html","note":false,"published":"2026-04-02","publisher":"Example CERT","sha256":"845bb60fe5c91b77a0b634e351b296a9222c94d686371b0ad741dff73c95edbb","text":"政府機関への攻撃を確認した。","title":"注意喚起","url":"https://cert.example/one"},{"collected":"2026-04-06T00:00:00+00:00","language":"en","links":[],"marking":"CLEAR","media_type":"text/html","name":"two.html","note":false,"published":"2026-04-05","publisher":"Example Vendor","sha256":"9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343","text":"Blue Reef uses a relay network.","title":"Blue Reef","url":"https://vendor.example/two"}],"gaps":[],"period":{"month":4,"year":2026},"stories":[]}');
CREATE TABLE report (
    id TEXT PRIMARY KEY REFERENCES document (sha256),
    reader TEXT NOT NULL,
    known TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
INSERT INTO "report" VALUES('9500210b0cfd2a6521c015c59c7ad9bc8578f6d363741b6df73821b29672a343','0.0.9','2026-04-20T00:00:00+00:00','["Example CERT"]');
CREATE INDEX document_published ON document (published);
CREATE INDEX claim_report ON claim (report);
COMMIT;
PRAGMA user_version = 1;
