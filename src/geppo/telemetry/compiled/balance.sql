-- geppo.telemetry.expressions.balance, compiled by Ibis; do not edit.
WITH "t3" AS (
  SELECT
    *
  FROM (
    SELECT
      "t0"."ts_us",
      "t0"."orig_h" AS "host",
      "t0"."resp_h" AS "peer",
      "t0"."resp_p" AS "port",
      COALESCE("t0"."orig_bytes", 0) AS "sent",
      COALESCE("t0"."resp_bytes", 0) AS "received",
      1 AS "outward"
    FROM "events" AS "t0"
  ) AS "t1"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t0"."ts_us",
      "t0"."resp_h" AS "host",
      "t0"."orig_h" AS "peer",
      "t0"."resp_p" AS "port",
      COALESCE("t0"."resp_bytes", 0) AS "sent",
      COALESCE("t0"."orig_bytes", 0) AS "received",
      0 AS "outward"
    FROM "events" AS "t0"
  ) AS "t2"
)
SELECT
  *
FROM (
  SELECT
    "t10"."host",
    "t10"."slot",
    "t10"."flows",
    "t10"."bytes_in",
    "t10"."bytes_out",
    "t9"."peers"
  FROM (
    SELECT
      "t5"."host",
      "t5"."slot",
      COUNT(*) AS "flows",
      SUM("t5"."received") AS "bytes_in",
      SUM("t5"."sent") AS "bytes_out"
    FROM (
      SELECT
        "t4"."ts_us",
        "t4"."host",
        "t4"."peer",
        "t4"."port",
        "t4"."sent",
        "t4"."received",
        "t4"."outward",
        CAST(FLOOR((
          "t4"."ts_us"
        ) / (
          21600000000
        )) AS BIGINT) AS "slot"
      FROM "t3" AS "t4"
    ) AS "t5"
    GROUP BY
      1,
      2
  ) AS "t10"
  INNER JOIN (
    SELECT
      "t6"."host",
      "t6"."slot",
      COUNT(*) AS "peers"
    FROM (
      SELECT DISTINCT
        "t4"."host",
        CAST(FLOOR((
          "t4"."ts_us"
        ) / (
          21600000000
        )) AS BIGINT) AS "slot",
        "t4"."peer"
      FROM "t3" AS "t4"
    ) AS "t6"
    GROUP BY
      1,
      2
  ) AS "t9"
    ON "t10"."host" = "t9"."host" AND "t10"."slot" = "t9"."slot"
) AS "t11"
ORDER BY
  "t11"."host" ASC,
  "t11"."slot" ASC
