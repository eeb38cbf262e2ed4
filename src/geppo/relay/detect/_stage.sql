-- One leg a flow and inside end. Sample parameters: internal ranges in table `range4(low, high)`, buckets 8.
-- A leg is a flow as its inside host sees it: `b_in` bytes the host received, `b_out` bytes it sent.
-- section: texts
CREATE OR REPLACE TEMP VIEW seen AS
SELECT DISTINCT "id.orig_h" AS text FROM flow UNION SELECT DISTINCT "id.resp_h" FROM flow;
-- section: spelling
CREATE OR REPLACE TEMP TABLE spelling AS
SELECT text, hash(text) AS raw,
       CASE WHEN regexp_full_match(text, '\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}')
            THEN split_part(text, '.', 1)::BIGINT * 16777216 + split_part(text, '.', 2)::BIGINT * 65536
                 + split_part(text, '.', 3)::BIGINT * 256 + split_part(text, '.', 4)::BIGINT END AS number
FROM seen WHERE text IS NOT NULL;
-- section: address
CREATE OR REPLACE TEMP TABLE address AS
SELECT text, raw, raw AS id, number >> 8 AS net,
       coalesce((SELECT bool_or(number BETWEEN low AND high) FROM range4), false) AS inside,
       number BETWEEN 3758096384 AND 4026531839 OR number IN (0, 4294967295) AS skip
FROM spelling WHERE number IS NOT NULL;
-- section: host
CREATE OR REPLACE TEMP TABLE host AS
SELECT (row_number() OVER (ORDER BY text) - 1)::UINTEGER AS host, id, text
FROM (SELECT id, min(text) AS text FROM address WHERE inside AND NOT skip GROUP BY id);
CREATE OR REPLACE TEMP TABLE odd AS SELECT raw, id, skip FROM address WHERE raw <> id OR skip;
-- section: leg
CREATE OR REPLACE TABLE stage.leg AS
WITH flow_id AS (
  SELECT coalesce(so.id, hash("id.orig_h")) AS src, coalesce(ro.id, hash("id.resp_h")) AS dst,
         "id.orig_p" AS sport, "id.resp_p" AS port, proto, epoch_us(ts) AS t,
         epoch_us(ts) + floor(least(greatest(coalesce(duration, 0), 0), 1e8) * 1e6 + 0.5)::BIGINT AS e,
         greatest(orig_bytes, 0) AS b_o, greatest(resp_bytes, 0) AS b_r,
         -- No state and no counter of answers (NetFlow in one direction) is not known to have failed.
         coalesce(conn_state IN ('S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH', 'SHR'), resp_pkts = 0, false) AS failed
  FROM flow LEFT JOIN odd so ON so.raw = hash("id.orig_h") LEFT JOIN odd ro ON ro.raw = hash("id.resp_h")
  WHERE ts IS NOT NULL AND coalesce(proto, 'tcp') NOT IN ('icmp', 'icmp6', 'ipv6-icmp', 'igmp', 'arp') AND NOT coalesce(so.skip, false) AND NOT coalesce(ro.skip, false)
), sided AS (
  SELECT f.*, hs.host AS from_host, hd.host AS to_host
  FROM flow_id f LEFT JOIN host hs ON hs.id = f.src LEFT JOIN host hd ON hd.id = f.dst
)
SELECT if(opened, from_host, to_host) AS host, if(opened, dst, src) AS peer,
       if(opened, to_host, from_host) IS NOT NULL AS peer_inside, coalesce(port, 0)::UINTEGER AS port,
       coalesce(sport, 0)::UINTEGER AS sport, opened, proto = 'udp' AS udp, t, e,
       if(opened, b_r, b_o) AS b_in, if(opened, b_o, b_r) AS b_out, failed,
       (if(opened, from_host, to_host) % $buckets)::UTINYINT AS bucket
FROM sided CROSS JOIN (VALUES (true), (false)) side(opened)
WHERE if(opened, from_host, to_host) IS NOT NULL AND src <> dst
-- What reads one bucket skips the row groups of the others; unsorted, each bucket would read all legs.
ORDER BY bucket;
-- section: pair
-- Filled in passes over neighbouring buckets, which bounds the memory of the group-by and keeps a bucket's rows together.
CREATE OR REPLACE TABLE stage.pair (host UINTEGER, peer UBIGINT, port UINTEGER, opened BOOLEAN, peer_inside BOOLEAN, udp BOOLEAN,
    n BIGINT, failed BIGINT, b_in BIGINT, b_out BIGINT, first BIGINT, last BIGINT, longest BIGINT, bucket UTINYINT);
-- section: paired
INSERT INTO stage.pair
SELECT host, peer, port, opened, any_value(peer_inside) AS peer_inside, bool_and(udp) AS udp, count(*) AS n,
       count(*) FILTER (WHERE failed) AS failed, sum(coalesce(b_in, 0))::BIGINT AS b_in,
       sum(coalesce(b_out, 0))::BIGINT AS b_out, min(t) AS first, max(e) AS last, max(e - t) AS longest, min(bucket) AS bucket
FROM stage.leg WHERE bucket BETWEEN $low AND $high GROUP BY host, peer, port, opened ORDER BY min(bucket);
-- section: known
-- What an engine elsewhere must be told of addresses (`geppo.telemetry.legs.KNOWN`).
CREATE OR REPLACE TEMP TABLE known AS
SELECT a.text AS address, coalesce(n.text, a.text) AS normal, h.host::BIGINT AS host, h.host::BIGINT % $buckets AS bucket,
       a.skip::BIGINT AS skip
FROM (SELECT text, any_value(id) AS id, bool_or(skip) AS skip, any_value(raw) AS raw FROM address GROUP BY text) a
LEFT JOIN host h ON h.id = a.id AND NOT a.skip
LEFT JOIN (SELECT raw, min(text) AS text FROM address WHERE raw = id GROUP BY raw) n ON n.raw = a.id
WHERE h.host IS NOT NULL OR a.skip OR a.raw <> a.id;
-- section: legs_elsewhere
-- The rows of `geppo.telemetry.legs`, read where the engine wrote them; $files stands for their pattern.
CREATE OR REPLACE VIEW stage.leg AS
SELECT host::UINTEGER AS host, hash(peer) AS peer, peer_inside = 1 AS peer_inside, port::UINTEGER AS port,
       sport::UINTEGER AS sport, opened = 1 AS opened, udp = 1 AS udp, t, e, b_in, b_out, failed = 1 AS failed, bucket
FROM read_parquet($files, hive_partitioning = true, hive_types = {'bucket': 'UTINYINT'});
-- section: sides_elsewhere
INSERT INTO stage.pair
SELECT host, hash(peer), port, opened = 1, peer_inside = 1, udp = 1, n, failed, b_in, b_out, first, last, longest, bucket
FROM read_parquet($files, hive_partitioning = true, hive_types = {'bucket': 'UTINYINT'}) ORDER BY bucket;
-- section: popularity
-- How many inside hosts have to do with a peer, whoever opened.
CREATE OR REPLACE TABLE stage.popularity AS
SELECT peer, count(*) AS hosts FROM (SELECT DISTINCT peer, host FROM stage.pair) GROUP BY peer;
CREATE OR REPLACE TABLE stage.port_use AS
SELECT port, count(*) AS hosts FROM (SELECT DISTINCT port, host FROM stage.pair WHERE opened AND NOT peer_inside) GROUP BY port;
