-- One-sided flows (NetFlow counts each direction apart, and cuts long ones into slices) to connections.
--
-- Flows of one protocol, sensor and pair of ends (address and port, in either order) belong together while no pause
-- between the end of what was seen and the next start is longer than {pause} seconds. Who started first opened; of two
-- that started together, which whole seconds make common, the end with the lower port was called. Protocols without
-- ports and flows with both directions stay as they are. RFC 5103 calls the result a biflow.
WITH given AS (
    SELECT *, resp_bytes IS NULL AND resp_pkts IS NULL AND "id.orig_p" IS NOT NULL AND "id.resp_p" IS NOT NULL
        AND proto IN ('tcp', 'udp', 'sctp') AS one_sided
    FROM {staged} WHERE _kind < 2
),
sided AS (
    SELECT *, epoch_us(ts) AS begin_us, epoch_us(ts) + CAST(coalesce(duration, 0) * 1e6 AS BIGINT) AS end_us,
        ("id.orig_h", "id.orig_p") <= ("id.resp_h", "id.resp_p") AS forth,
        CASE WHEN forth THEN "id.orig_h" ELSE "id.resp_h" END AS a_h,
        CASE WHEN forth THEN "id.orig_p" ELSE "id.resp_p" END AS a_p,
        CASE WHEN forth THEN "id.resp_h" ELSE "id.orig_h" END AS b_h,
        CASE WHEN forth THEN "id.resp_p" ELSE "id.orig_p" END AS b_p
    FROM given WHERE one_sided
),
paused AS (
    SELECT *, CASE WHEN begin_us > {pause} * 1000000 + max(end_us) OVER (
        PARTITION BY proto, sensor, a_h, a_p, b_h, b_p ORDER BY begin_us, end_us, forth
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) THEN 1 ELSE 0 END AS fresh
    FROM sided
),
numbered AS (
    SELECT *, sum(fresh) OVER (
        PARTITION BY proto, sensor, a_h, a_p, b_h, b_p ORDER BY begin_us, end_us, forth ROWS UNBOUNDED PRECEDING
    ) AS turn
    FROM paused
),
joined AS (
    SELECT proto, sensor, a_h, a_p, b_h, b_p, min(begin_us) AS begin_us, max(end_us) AS end_us,
        bool_or(duration IS NOT NULL) AS timed, min(service) AS service,
        coalesce(min(begin_us) FILTER (forth), 9e18) AS a_us, coalesce(min(begin_us) FILTER (NOT forth), 9e18) AS b_us,
        a_us < b_us OR (a_us = b_us AND (a_p > b_p OR (a_p = b_p AND a_h < b_h))) AS a_opened,
        sum(orig_bytes) FILTER (forth) AS a_bytes, sum(orig_bytes) FILTER (NOT forth) AS b_bytes,
        sum(orig_pkts) FILTER (forth) AS a_pkts, sum(orig_pkts) FILTER (NOT forth) AS b_pkts
    FROM numbered GROUP BY proto, sensor, a_h, a_p, b_h, b_p, turn
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
