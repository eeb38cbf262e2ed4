-- One-sided flows (NetFlow counts each direction apart, and cuts long ones into slices) to connections.
--
-- Flows of one protocol, sensor and pair of ends (address and port, in either order) belong together while no pause
-- between the end of what was seen and the next start is longer than {pause} seconds. Who started first opened; of two
-- that started together, which whole seconds make common, the end with the lower port was called. Protocols without
-- ports and flows with both directions stay as they are. RFC 5103 calls the result a biflow.
--
-- Most pairs of ends meet once. Where the last start is no more than the pause after the first end, no pause can be longer,
-- so only the other pairs (`longer`) are put in order.
WITH given AS NOT MATERIALIZED (
    SELECT *, resp_bytes IS NULL AND resp_pkts IS NULL AND "id.orig_p" IS NOT NULL AND "id.resp_p" IS NOT NULL
        AND proto IN ('tcp', 'udp', 'sctp') AS one_sided
    FROM {staged} WHERE _kind < 2
),
sided AS NOT MATERIALIZED (
    SELECT *, epoch_us(ts) AS begin_us, epoch_us(ts) + CAST(coalesce(duration, 0) * 1e6 AS BIGINT) AS end_us,
        ("id.orig_h", "id.orig_p") <= ("id.resp_h", "id.resp_p") AS forth,
        CASE WHEN forth THEN "id.orig_h" ELSE "id.resp_h" END AS a_h,
        CASE WHEN forth THEN "id.orig_p" ELSE "id.resp_p" END AS a_p,
        CASE WHEN forth THEN "id.resp_h" ELSE "id.orig_h" END AS b_h,
        CASE WHEN forth THEN "id.resp_p" ELSE "id.orig_p" END AS b_p
    FROM given WHERE one_sided
),
met AS MATERIALIZED (
    SELECT proto, sensor, a_h, a_p, b_h, b_p, min(begin_us) AS begin_us, max(end_us) AS end_us,
        bool_or(duration IS NOT NULL) AS timed, min(service) AS service,
        min(begin_us) FILTER (forth) AS a_us, min(begin_us) FILTER (NOT forth) AS b_us,
        sum(orig_bytes) FILTER (forth) AS a_bytes, sum(orig_bytes) FILTER (NOT forth) AS b_bytes,
        sum(orig_pkts) FILTER (forth) AS a_pkts, sum(orig_pkts) FILTER (NOT forth) AS b_pkts,
        max(begin_us) - min(end_us) > {pause} * 1000000 AS longer
    FROM sided GROUP BY proto, sensor, a_h, a_p, b_h, b_p
),
paused AS (
    SELECT s.*, CASE WHEN s.begin_us > {pause} * 1000000 + max(s.end_us) OVER (
        PARTITION BY s.proto, s.sensor, s.a_h, s.a_p, s.b_h, s.b_p ORDER BY s.begin_us, s.end_us, s.forth
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) THEN 1 ELSE 0 END AS fresh
    FROM sided AS s SEMI JOIN (SELECT * FROM met WHERE longer) AS m
    ON s.a_h = m.a_h AND s.a_p = m.a_p AND s.b_h = m.b_h AND s.b_p = m.b_p AND s.proto = m.proto
    AND s.sensor IS NOT DISTINCT FROM m.sensor
),
numbered AS (
    SELECT *, sum(fresh) OVER (
        PARTITION BY proto, sensor, a_h, a_p, b_h, b_p ORDER BY begin_us, end_us, forth ROWS UNBOUNDED PRECEDING
    ) AS turn
    FROM paused
),
parts AS (
    SELECT * EXCLUDE (longer) FROM met WHERE NOT longer
    UNION ALL
    SELECT proto, sensor, a_h, a_p, b_h, b_p, min(begin_us) AS begin_us, max(end_us) AS end_us,
        bool_or(duration IS NOT NULL) AS timed, min(service) AS service,
        min(begin_us) FILTER (forth) AS a_us, min(begin_us) FILTER (NOT forth) AS b_us,
        sum(orig_bytes) FILTER (forth) AS a_bytes, sum(orig_bytes) FILTER (NOT forth) AS b_bytes,
        sum(orig_pkts) FILTER (forth) AS a_pkts, sum(orig_pkts) FILTER (NOT forth) AS b_pkts
    FROM numbered GROUP BY proto, sensor, a_h, a_p, b_h, b_p, turn
),
joined AS (
    SELECT *, coalesce(a_us, 9e18) AS first_a, coalesce(b_us, 9e18) AS first_b,
        first_a < first_b OR (first_a = first_b AND (a_p > b_p OR (a_p = b_p AND a_h < b_h))) AS a_opened
    FROM parts
)
SELECT make_timestamp(CAST(begin_us AS BIGINT)) AS ts, CASE WHEN timed THEN (end_us - begin_us) / 1e6 END AS duration,
    CASE WHEN a_opened THEN a_h ELSE b_h END AS "id.orig_h", CASE WHEN a_opened THEN a_p ELSE b_p END AS "id.orig_p",
    CASE WHEN a_opened THEN b_h ELSE a_h END AS "id.resp_h", CASE WHEN a_opened THEN b_p ELSE a_p END AS "id.resp_p",
    proto, CAST(CASE WHEN a_opened THEN a_bytes ELSE b_bytes END AS BIGINT) AS orig_bytes,
    CAST(CASE WHEN a_opened THEN b_bytes ELSE a_bytes END AS BIGINT) AS resp_bytes,
    CAST(CASE WHEN a_opened THEN a_pkts ELSE b_pkts END AS BIGINT) AS orig_pkts,
    CAST(CASE WHEN a_opened THEN b_pkts ELSE a_pkts END AS BIGINT) AS resp_pkts,
    CAST(NULL AS VARCHAR) AS conn_state, service, sensor
FROM joined
UNION ALL
SELECT ts, duration, "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", proto, orig_bytes, resp_bytes, orig_pkts,
    resp_pkts, conn_state, service, sensor
FROM given WHERE NOT one_sided
