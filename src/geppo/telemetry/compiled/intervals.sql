-- geppo.telemetry.expressions.intervals, compiled by Ibis; do not edit.
WITH "t4" AS (
  SELECT
    "t3"."orig_h",
    "t3"."resp_h",
    "t3"."resp_p",
    "t3"."orig_p",
    "t3"."ts_us",
    "t3"."orig_bytes",
    "t3"."n",
    "t3"."ts_us" - LAG("t3"."ts_us") OVER (
      PARTITION BY "t3"."orig_h", "t3"."resp_h", "t3"."resp_p"
      ORDER BY "t3"."ts_us" ASC, "t3"."orig_p" ASC, "t3"."orig_bytes" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "gap",
    ROW_NUMBER() OVER (
      PARTITION BY "t3"."orig_h", "t3"."resp_h", "t3"."resp_p"
      ORDER BY "t3"."ts_us" ASC, "t3"."orig_p" ASC, "t3"."orig_bytes" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t1"."orig_h",
        "t1"."resp_h",
        "t1"."resp_p",
        "t1"."orig_p",
        "t1"."ts_us",
        "t1"."orig_bytes",
        COUNT(*) OVER (
          PARTITION BY "t1"."orig_h", "t1"."resp_h", "t1"."resp_p"
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS "n"
      FROM (
        SELECT
          "t0"."orig_h",
          "t0"."resp_h",
          "t0"."resp_p",
          "t0"."orig_p",
          "t0"."ts_us",
          COALESCE("t0"."orig_bytes", 0) AS "orig_bytes"
        FROM "events" AS "t0"
      ) AS "t1"
    ) AS "t2"
    WHERE
      "t2"."n" >= 4
  ) AS "t3"
), "t6" AS (
  SELECT
    "t5"."orig_h",
    "t5"."resp_h",
    "t5"."resp_p",
    "t5"."orig_bytes" AS "value"
  FROM "t4" AS "t5"
), "t9" AS (
  SELECT
    "t5"."orig_h",
    "t5"."resp_h",
    "t5"."resp_p",
    "t5"."gap" AS "value"
  FROM "t4" AS "t5"
  WHERE
    "t5"."place" > 0
), "t16" AS (
  SELECT
    "t14"."orig_h",
    "t14"."resp_h",
    "t14"."resp_p",
    MAX("t14"."value") FILTER(WHERE
      (
        (
          "t14"."place" * 4
        ) <= (
          (
            "t14"."n" - 1
          ) * 1
        )
      )
      AND (
        (
          (
            "t14"."n" - 1
          ) * 1
        ) < (
          (
            "t14"."place" * 4
          ) + 4
        )
      )) AS "bytes_q1",
    MAX("t14"."value") FILTER(WHERE
      (
        (
          "t14"."place" * 4
        ) <= (
          (
            "t14"."n" - 1
          ) * 2
        )
      )
      AND (
        (
          (
            "t14"."n" - 1
          ) * 2
        ) < (
          (
            "t14"."place" * 4
          ) + 4
        )
      )) AS "bytes_q2",
    MAX("t14"."value") FILTER(WHERE
      (
        (
          "t14"."place" * 4
        ) <= (
          (
            "t14"."n" - 1
          ) * 3
        )
      )
      AND (
        (
          (
            "t14"."n" - 1
          ) * 3
        ) < (
          (
            "t14"."place" * 4
          ) + 4
        )
      )) AS "bytes_q3"
  FROM (
    SELECT
      "t8"."orig_h",
      "t8"."resp_h",
      "t8"."resp_p",
      "t8"."value",
      ROW_NUMBER() OVER (
        PARTITION BY "t8"."orig_h", "t8"."resp_h", "t8"."resp_p"
        ORDER BY "t8"."value" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "place",
      COUNT(*) OVER (
        PARTITION BY "t8"."orig_h", "t8"."resp_h", "t8"."resp_p"
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) AS "n"
    FROM "t6" AS "t8"
  ) AS "t14"
  GROUP BY
    1,
    2,
    3
), "t18" AS (
  SELECT
    "t15"."orig_h",
    "t15"."resp_h",
    "t15"."resp_p",
    MAX("t15"."value") FILTER(WHERE
      (
        (
          "t15"."place" * 4
        ) <= (
          (
            "t15"."n" - 1
          ) * 1
        )
      )
      AND (
        (
          (
            "t15"."n" - 1
          ) * 1
        ) < (
          (
            "t15"."place" * 4
          ) + 4
        )
      )) AS "gap_q1",
    MAX("t15"."value") FILTER(WHERE
      (
        (
          "t15"."place" * 4
        ) <= (
          (
            "t15"."n" - 1
          ) * 2
        )
      )
      AND (
        (
          (
            "t15"."n" - 1
          ) * 2
        ) < (
          (
            "t15"."place" * 4
          ) + 4
        )
      )) AS "gap_q2",
    MAX("t15"."value") FILTER(WHERE
      (
        (
          "t15"."place" * 4
        ) <= (
          (
            "t15"."n" - 1
          ) * 3
        )
      )
      AND (
        (
          (
            "t15"."n" - 1
          ) * 3
        ) < (
          (
            "t15"."place" * 4
          ) + 4
        )
      )) AS "gap_q3"
  FROM (
    SELECT
      "t12"."orig_h",
      "t12"."resp_h",
      "t12"."resp_p",
      "t12"."value",
      ROW_NUMBER() OVER (
        PARTITION BY "t12"."orig_h", "t12"."resp_h", "t12"."resp_p"
        ORDER BY "t12"."value" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "place",
      COUNT(*) OVER (
        PARTITION BY "t12"."orig_h", "t12"."resp_h", "t12"."resp_p"
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) AS "n"
    FROM "t9" AS "t12"
  ) AS "t15"
  GROUP BY
    1,
    2,
    3
)
SELECT
  *
FROM (
  SELECT
    "t10"."orig_h",
    "t10"."resp_h",
    "t10"."resp_p",
    "t10"."n",
    "t10"."first_us",
    "t10"."last_us",
    "t37"."gap_q1",
    "t37"."gap_q2",
    "t37"."gap_q3",
    "t37"."gap_mad",
    "t35"."bytes_q1",
    "t35"."bytes_q2",
    "t35"."bytes_q3",
    "t35"."bytes_mad"
  FROM (
    SELECT
      "t5"."orig_h",
      "t5"."resp_h",
      "t5"."resp_p",
      COUNT(*) AS "n",
      MIN("t5"."ts_us") AS "first_us",
      MAX("t5"."ts_us") AS "last_us"
    FROM "t4" AS "t5"
    GROUP BY
      1,
      2,
      3
  ) AS "t10"
  INNER JOIN (
    SELECT
      "t22"."orig_h",
      "t22"."resp_h",
      "t22"."resp_p",
      "t22"."gap_q1",
      "t22"."gap_q2",
      "t22"."gap_q3",
      "t33"."gap_mad"
    FROM "t18" AS "t22"
    INNER JOIN (
      SELECT
        "t29"."orig_h",
        "t29"."resp_h",
        "t29"."resp_p",
        MAX("t29"."value") FILTER(WHERE
          (
            (
              "t29"."place" * 4
            ) <= (
              (
                "t29"."n" - 1
              ) * 2
            )
          )
          AND (
            (
              (
                "t29"."n" - 1
              ) * 2
            ) < (
              (
                "t29"."place" * 4
              ) + 4
            )
          )) AS "gap_mad"
      FROM (
        SELECT
          "t27"."orig_h",
          "t27"."resp_h",
          "t27"."resp_p",
          "t27"."value",
          ROW_NUMBER() OVER (
            PARTITION BY "t27"."orig_h", "t27"."resp_h", "t27"."resp_p"
            ORDER BY "t27"."value" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1 AS "place",
          COUNT(*) OVER (
            PARTITION BY "t27"."orig_h", "t27"."resp_h", "t27"."resp_p"
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) AS "n"
        FROM (
          SELECT
            "t13"."orig_h",
            "t13"."resp_h",
            "t13"."resp_p",
            GREATEST("t13"."value" - "t25"."middle", "t25"."middle" - "t13"."value") AS "value"
          FROM "t9" AS "t13"
          INNER JOIN (
            SELECT
              "t20"."orig_h",
              "t20"."resp_h",
              "t20"."resp_p",
              "t20"."gap_q2" AS "middle"
            FROM "t18" AS "t20"
          ) AS "t25"
            ON "t13"."orig_h" = "t25"."orig_h"
            AND "t13"."resp_h" = "t25"."resp_h"
            AND "t13"."resp_p" = "t25"."resp_p"
        ) AS "t27"
      ) AS "t29"
      GROUP BY
        1,
        2,
        3
    ) AS "t33"
      ON "t22"."orig_h" = "t33"."orig_h"
      AND "t22"."resp_h" = "t33"."resp_h"
      AND "t22"."resp_p" = "t33"."resp_p"
  ) AS "t37"
    ON "t10"."orig_h" = "t37"."orig_h"
    AND "t10"."resp_h" = "t37"."resp_h"
    AND "t10"."resp_p" = "t37"."resp_p"
  INNER JOIN (
    SELECT
      "t19"."orig_h",
      "t19"."resp_h",
      "t19"."resp_p",
      "t19"."bytes_q1",
      "t19"."bytes_q2",
      "t19"."bytes_q3",
      "t31"."bytes_mad"
    FROM "t16" AS "t19"
    INNER JOIN (
      SELECT
        "t28"."orig_h",
        "t28"."resp_h",
        "t28"."resp_p",
        MAX("t28"."value") FILTER(WHERE
          (
            (
              "t28"."place" * 4
            ) <= (
              (
                "t28"."n" - 1
              ) * 2
            )
          )
          AND (
            (
              (
                "t28"."n" - 1
              ) * 2
            ) < (
              (
                "t28"."place" * 4
              ) + 4
            )
          )) AS "bytes_mad"
      FROM (
        SELECT
          "t26"."orig_h",
          "t26"."resp_h",
          "t26"."resp_p",
          "t26"."value",
          ROW_NUMBER() OVER (
            PARTITION BY "t26"."orig_h", "t26"."resp_h", "t26"."resp_p"
            ORDER BY "t26"."value" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1 AS "place",
          COUNT(*) OVER (
            PARTITION BY "t26"."orig_h", "t26"."resp_h", "t26"."resp_p"
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) AS "n"
        FROM (
          SELECT
            "t11"."orig_h",
            "t11"."resp_h",
            "t11"."resp_p",
            GREATEST("t11"."value" - "t23"."middle", "t23"."middle" - "t11"."value") AS "value"
          FROM "t6" AS "t11"
          INNER JOIN (
            SELECT
              "t17"."orig_h",
              "t17"."resp_h",
              "t17"."resp_p",
              "t17"."bytes_q2" AS "middle"
            FROM "t16" AS "t17"
          ) AS "t23"
            ON "t11"."orig_h" = "t23"."orig_h"
            AND "t11"."resp_h" = "t23"."resp_h"
            AND "t11"."resp_p" = "t23"."resp_p"
        ) AS "t26"
      ) AS "t28"
      GROUP BY
        1,
        2,
        3
    ) AS "t31"
      ON "t19"."orig_h" = "t31"."orig_h"
      AND "t19"."resp_h" = "t31"."resp_h"
      AND "t19"."resp_p" = "t31"."resp_p"
  ) AS "t35"
    ON "t10"."orig_h" = "t35"."orig_h"
    AND "t10"."resp_h" = "t35"."resp_h"
    AND "t10"."resp_p" = "t35"."resp_p"
) AS "t38"
ORDER BY
  "t38"."orig_h" ASC,
  "t38"."resp_h" ASC,
  "t38"."resp_p" ASC
