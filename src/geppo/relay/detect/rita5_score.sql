-- rita5-score: per outbound pair of one bucket, the sub-scores of the published rules. Sample parameter: bucket 0.
-- section: scores
WITH many AS (
  SELECT host, peer FROM stage.pair WHERE bucket = $bucket AND opened AND NOT peer_inside
  GROUP BY host, peer HAVING sum(n) < 86400 AND sum(n) >= 4
), leg AS (
  SELECT l.host, l.peer, l.t // 1000000 AS s, coalesce(l.b_out, 0) AS size
  FROM stage.leg l SEMI JOIN many m ON m.host = l.host AND m.peer = l.peer WHERE l.bucket = $bucket AND l.opened
), gapped AS (
  SELECT host, peer, s, size, s - lag(s) OVER (PARTITION BY host, peer ORDER BY s) AS gap FROM leg
), pair AS (
  SELECT host, peer, count(*) AS n, count(DISTINCT s) AS times, min(s) AS first, max(s) AS last,
    quantile_cont(gap, [0.25, 0.5, 0.75]) FILTER (WHERE gap > 0) AS tq, mad(gap) FILTER (WHERE gap > 0) AS tmad,
    quantile_cont(size, [0.25, 0.5, 0.75]) AS sq, mad(size) AS smad
  FROM gapped GROUP BY host, peer HAVING times >= 4
), hourly AS (
  SELECT host, peer, least((s - $start) // 3600, 23) AS hour, count(*) AS n FROM leg GROUP BY ALL
), bars AS (
  SELECT host, peer, count(*) AS hours, sqrt(greatest(sum(n * n) / 24.0 - (sum(n) / 24.0) ** 2, 0)) / (sum(n) / 24.0) AS cv
  FROM hourly GROUP BY host, peer
), heights AS (
  SELECT host, peer, list_sum(list_sort(list(hours), 'DESC')[1:2]) AS common, sum(hours) AS hours
  FROM (SELECT host, peer, n, count(*) AS hours FROM hourly GROUP BY ALL) GROUP BY host, peer
), runs AS (
  SELECT host, peer, max(length) AS longest FROM (
    SELECT host, peer, hour - rank AS island, count(*) AS length
    FROM (SELECT host, peer, hour, row_number() OVER (PARTITION BY host, peer ORDER BY hour) AS rank FROM hourly) GROUP BY ALL
  ) GROUP BY host, peer
)
SELECT p.host, p.peer, p.n, p.first, p.last, p.tq, p.tmad, p.sq, p.smad, b.cv, b.hours, h.common, r.longest
FROM pair p JOIN bars b USING (host, peer) JOIN heights h USING (host, peer) JOIN runs r USING (host, peer)
ORDER BY p.host, p.peer;
