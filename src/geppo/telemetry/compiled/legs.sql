-- geppo.telemetry.legs.legs, compiled by Ibis; do not edit.
SELECT
  *
FROM (
  SELECT
    "t13"."from_host" AS "host",
    COALESCE("t13"."to_normal", "t13"."resp_h") AS "peer",
    CAST("t13"."to_host" IS NOT NULL AS BIGINT) AS "peer_inside",
    CAST(COALESCE("t13"."resp_p", 0) AS BIGINT) AS "port",
    CAST(COALESCE("t13"."orig_p", 0) AS BIGINT) AS "sport",
    1 AS "opened",
    CAST("t13"."proto" = 'udp' AS BIGINT) AS "udp",
    "t13"."ts_us" AS "t",
    "t13"."ts_us" + CAST(FLOOR(
      (
        LEAST(GREATEST(COALESCE("t13"."duration", 0.0), 0.0), 100000000.0) * 1000000.0
      ) + 0.5
    ) AS BIGINT) AS "e",
    GREATEST(COALESCE("t13"."resp_bytes", 0), 0) AS "b_in",
    GREATEST(COALESCE("t13"."orig_bytes", 0), 0) AS "b_out",
    CAST(CASE
      WHEN "t13"."conn_state" IS NOT NULL
      THEN COALESCE("t13"."conn_state", '') IN ('S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH', 'SHR')
      ELSE COALESCE("t13"."resp_pkts", 1) = 0
    END AS BIGINT) AS "failed",
    "t13"."from_bucket" AS "bucket"
  FROM (
    SELECT
      "t12".*
      EXCLUDE ("resp_h_right")
    FROM (
      SELECT
        "t11"."ts_us",
        "t11"."orig_h",
        "t11"."orig_p",
        "t11"."resp_h",
        "t11"."resp_p",
        "t11"."proto",
        "t11"."orig_bytes",
        "t11"."resp_bytes",
        "t11"."duration",
        "t11"."resp_pkts",
        "t11"."conn_state",
        "t11"."from_normal",
        "t11"."from_host",
        "t11"."from_bucket",
        "t11"."from_skip",
        "t11"."from_peer",
        "t4"."resp_h" AS "resp_h_right",
        "t4"."to_normal",
        "t4"."to_host",
        "t4"."to_bucket",
        "t4"."to_skip"
      FROM (
        SELECT
          "t9"."ts_us",
          "t9"."orig_h",
          "t9"."orig_p",
          "t9"."resp_h",
          "t9"."resp_p",
          "t9"."proto",
          "t9"."orig_bytes",
          "t9"."resp_bytes",
          "t9"."duration",
          "t9"."resp_pkts",
          "t9"."conn_state",
          "t9"."from_normal",
          "t9"."from_host",
          "t9"."from_bucket",
          "t9"."from_skip",
          COALESCE("t9"."from_normal", "t9"."orig_h") AS "from_peer"
        FROM (
          SELECT
            "t8".*
            EXCLUDE ("orig_h_right")
          FROM (
            SELECT
              "t7"."ts_us",
              "t7"."orig_h",
              "t7"."orig_p",
              "t7"."resp_h",
              "t7"."resp_p",
              "t7"."proto",
              "t7"."orig_bytes",
              "t7"."resp_bytes",
              "t7"."duration",
              "t7"."resp_pkts",
              "t7"."conn_state",
              "t5"."orig_h" AS "orig_h_right",
              "t5"."from_normal",
              "t5"."from_host",
              "t5"."from_bucket",
              "t5"."from_skip"
            FROM (
              SELECT
                *
              FROM "events" AS "t1"
              WHERE
                "t1"."ts_us" IS NOT NULL
                AND NOT (
                  COALESCE("t1"."proto", 'tcp') IN ('icmp', 'icmp6', 'ipv6-icmp', 'igmp', 'arp')
                )
            ) AS "t7"
            LEFT OUTER JOIN (
              SELECT
                "t0"."address" AS "orig_h",
                "t0"."normal" AS "from_normal",
                "t0"."host" AS "from_host",
                "t0"."bucket" AS "from_bucket",
                "t0"."skip" AS "from_skip"
              FROM "known" AS "t0"
            ) AS "t5"
              ON "t7"."orig_h" = "t5"."orig_h"
          ) AS "t8"
        ) AS "t9"
      ) AS "t11"
      LEFT OUTER JOIN (
        SELECT
          "t0"."address" AS "resp_h",
          "t0"."normal" AS "to_normal",
          "t0"."host" AS "to_host",
          "t0"."bucket" AS "to_bucket",
          "t0"."skip" AS "to_skip"
        FROM "known" AS "t0"
      ) AS "t4"
        ON "t11"."resp_h" = "t4"."resp_h"
    ) AS "t12"
  ) AS "t13"
  WHERE
    COALESCE("t13"."from_skip", 0) = 0
    AND COALESCE("t13"."to_skip", 0) = 0
    AND "t13"."from_peer" <> COALESCE("t13"."to_normal", "t13"."resp_h")
    AND "t13"."from_host" IS NOT NULL
) AS "t14"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t13"."to_host" AS "host",
    "t13"."from_peer" AS "peer",
    CAST("t13"."from_host" IS NOT NULL AS BIGINT) AS "peer_inside",
    CAST(COALESCE("t13"."resp_p", 0) AS BIGINT) AS "port",
    CAST(COALESCE("t13"."orig_p", 0) AS BIGINT) AS "sport",
    0 AS "opened",
    CAST("t13"."proto" = 'udp' AS BIGINT) AS "udp",
    "t13"."ts_us" AS "t",
    "t13"."ts_us" + CAST(FLOOR(
      (
        LEAST(GREATEST(COALESCE("t13"."duration", 0.0), 0.0), 100000000.0) * 1000000.0
      ) + 0.5
    ) AS BIGINT) AS "e",
    GREATEST(COALESCE("t13"."orig_bytes", 0), 0) AS "b_in",
    GREATEST(COALESCE("t13"."resp_bytes", 0), 0) AS "b_out",
    CAST(CASE
      WHEN "t13"."conn_state" IS NOT NULL
      THEN COALESCE("t13"."conn_state", '') IN ('S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH', 'SHR')
      ELSE COALESCE("t13"."resp_pkts", 1) = 0
    END AS BIGINT) AS "failed",
    "t13"."to_bucket" AS "bucket"
  FROM (
    SELECT
      "t12".*
      EXCLUDE ("resp_h_right")
    FROM (
      SELECT
        "t11"."ts_us",
        "t11"."orig_h",
        "t11"."orig_p",
        "t11"."resp_h",
        "t11"."resp_p",
        "t11"."proto",
        "t11"."orig_bytes",
        "t11"."resp_bytes",
        "t11"."duration",
        "t11"."resp_pkts",
        "t11"."conn_state",
        "t11"."from_normal",
        "t11"."from_host",
        "t11"."from_bucket",
        "t11"."from_skip",
        "t11"."from_peer",
        "t4"."resp_h" AS "resp_h_right",
        "t4"."to_normal",
        "t4"."to_host",
        "t4"."to_bucket",
        "t4"."to_skip"
      FROM (
        SELECT
          "t9"."ts_us",
          "t9"."orig_h",
          "t9"."orig_p",
          "t9"."resp_h",
          "t9"."resp_p",
          "t9"."proto",
          "t9"."orig_bytes",
          "t9"."resp_bytes",
          "t9"."duration",
          "t9"."resp_pkts",
          "t9"."conn_state",
          "t9"."from_normal",
          "t9"."from_host",
          "t9"."from_bucket",
          "t9"."from_skip",
          COALESCE("t9"."from_normal", "t9"."orig_h") AS "from_peer"
        FROM (
          SELECT
            "t8".*
            EXCLUDE ("orig_h_right")
          FROM (
            SELECT
              "t7"."ts_us",
              "t7"."orig_h",
              "t7"."orig_p",
              "t7"."resp_h",
              "t7"."resp_p",
              "t7"."proto",
              "t7"."orig_bytes",
              "t7"."resp_bytes",
              "t7"."duration",
              "t7"."resp_pkts",
              "t7"."conn_state",
              "t5"."orig_h" AS "orig_h_right",
              "t5"."from_normal",
              "t5"."from_host",
              "t5"."from_bucket",
              "t5"."from_skip"
            FROM (
              SELECT
                *
              FROM "events" AS "t1"
              WHERE
                "t1"."ts_us" IS NOT NULL
                AND NOT (
                  COALESCE("t1"."proto", 'tcp') IN ('icmp', 'icmp6', 'ipv6-icmp', 'igmp', 'arp')
                )
            ) AS "t7"
            LEFT OUTER JOIN (
              SELECT
                "t0"."address" AS "orig_h",
                "t0"."normal" AS "from_normal",
                "t0"."host" AS "from_host",
                "t0"."bucket" AS "from_bucket",
                "t0"."skip" AS "from_skip"
              FROM "known" AS "t0"
            ) AS "t5"
              ON "t7"."orig_h" = "t5"."orig_h"
          ) AS "t8"
        ) AS "t9"
      ) AS "t11"
      LEFT OUTER JOIN (
        SELECT
          "t0"."address" AS "resp_h",
          "t0"."normal" AS "to_normal",
          "t0"."host" AS "to_host",
          "t0"."bucket" AS "to_bucket",
          "t0"."skip" AS "to_skip"
        FROM "known" AS "t0"
      ) AS "t4"
        ON "t11"."resp_h" = "t4"."resp_h"
    ) AS "t12"
  ) AS "t13"
  WHERE
    COALESCE("t13"."from_skip", 0) = 0
    AND COALESCE("t13"."to_skip", 0) = 0
    AND "t13"."from_peer" <> COALESCE("t13"."to_normal", "t13"."resp_h")
    AND "t13"."to_host" IS NOT NULL
) AS "t15"
