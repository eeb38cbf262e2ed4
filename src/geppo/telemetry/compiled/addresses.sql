-- geppo.telemetry.legs.addresses, compiled by Ibis; do not edit.
SELECT DISTINCT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t0"."orig_h" AS "address"
    FROM "events" AS "t0"
  ) AS "t1"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t0"."resp_h" AS "address"
    FROM "events" AS "t0"
  ) AS "t2"
) AS "t3"
WHERE
  "t3"."address" IS NOT NULL
