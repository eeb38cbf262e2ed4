-- geppo.telemetry.expressions.fan, compiled by Ibis; do not edit.
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
    "t9"."host",
    "t9"."flows_out",
    "t9"."flows_in",
    "t9"."bytes_out",
    "t9"."bytes_in",
    "t9"."first_us",
    "t9"."last_us",
    "t14"."peers_out",
    "t14"."peers_in",
    "t15"."ports_out",
    "t15"."ports_in",
    "t11"."hours"
  FROM (
    SELECT
      "t4"."host",
      SUM("t4"."outward") AS "flows_out",
      SUM(1 - "t4"."outward") AS "flows_in",
      SUM("t4"."sent") AS "bytes_out",
      SUM("t4"."received") AS "bytes_in",
      MIN("t4"."ts_us") AS "first_us",
      MAX("t4"."ts_us") AS "last_us"
    FROM "t3" AS "t4"
    GROUP BY
      1
  ) AS "t9"
  INNER JOIN (
    SELECT
      "t5"."host",
      SUM("t5"."outward") AS "peers_out",
      SUM(1 - "t5"."outward") AS "peers_in"
    FROM (
      SELECT DISTINCT
        "t4"."host",
        "t4"."outward",
        "t4"."peer"
      FROM "t3" AS "t4"
    ) AS "t5"
    GROUP BY
      1
  ) AS "t14"
    ON "t9"."host" = "t14"."host"
  INNER JOIN (
    SELECT
      "t6"."host",
      SUM("t6"."outward") AS "ports_out",
      SUM(1 - "t6"."outward") AS "ports_in"
    FROM (
      SELECT DISTINCT
        "t4"."host",
        "t4"."outward",
        "t4"."port"
      FROM "t3" AS "t4"
    ) AS "t6"
    GROUP BY
      1
  ) AS "t15"
    ON "t9"."host" = "t15"."host"
  INNER JOIN (
    SELECT
      "t7"."host",
      COUNT(*) AS "hours"
    FROM (
      SELECT DISTINCT
        "t4"."host",
        CAST(FLOOR((
          "t4"."ts_us"
        ) / (
          3600000000
        )) AS BIGINT) AS "hour"
      FROM "t3" AS "t4"
    ) AS "t7"
    GROUP BY
      1
  ) AS "t11"
    ON "t9"."host" = "t11"."host"
) AS "t16"
ORDER BY
  "t16"."host" ASC
