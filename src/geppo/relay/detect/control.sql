-- Regular connections of one host bucket. Sample parameters: bucket 0, least 10, most 86400.
-- section: beat
-- Who else knows the peer is asked once for all buckets: it needs a look at all peers.
CREATE OR REPLACE TEMP TABLE beat (host UINTEGER, peer UBIGINT, port UINTEGER, n BIGINT, first BIGINT, last BIGINT,
    gaps DOUBLE[], spread DOUBLE, sizes DOUBLE[], size_spread DOUBLE, answer DOUBLE, failed BIGINT);
-- section: regular
INSERT INTO beat
WITH many AS (
  SELECT host, peer, port FROM stage.pair
  WHERE bucket = $bucket AND opened AND n BETWEEN $least AND $most AND NOT peer_inside
    AND NOT (udp AND port IN (SELECT port FROM lookup_port))
    AND last - first >= $cover
), leg AS (
  SELECT l.host, l.peer, l.port, l.t, l.e, l.b_in, l.b_out, l.failed,
         lag(l.e) OVER (PARTITION BY l.host, l.peer, l.port, l.sport ORDER BY l.t, l.e) AS before
  FROM stage.leg l SEMI JOIN many m ON m.host = l.host AND m.peer = l.peer AND m.port = l.port
  WHERE l.bucket = $bucket AND l.opened
), gap AS (
  -- A record that goes on where one of the same source port stopped is a slice of it, and no new connection.
  SELECT host, peer, port, t, b_in, b_out, failed, t - lag(t) OVER (PARTITION BY host, peer, port ORDER BY t) AS gap
  FROM leg WHERE before IS NULL OR t - before > 2000000 OR (e - t < 20000000 AND t - before > -1000000)
), seen AS (
  SELECT host, peer, port, count(*) AS n, min(t) AS first, max(t) AS last,
         quantile_cont(gap, [0.25, 0.5, 0.75]) FILTER (WHERE gap > 1000000) AS gaps,
         mad(gap) FILTER (WHERE gap > 1000000) AS spread, count(*) FILTER (WHERE gap > 1000000) AS beats,
         quantile_cont(coalesce(b_out, 0), [0.25, 0.5, 0.75]) AS sizes, mad(coalesce(b_out, 0)) AS size_spread,
         median(coalesce(b_in, 0)) AS answer, count(*) FILTER (WHERE failed) AS failed
  FROM gap GROUP BY host, peer, port
)
SELECT host, peer, port, n, first, last, gaps, spread, sizes, size_spread, answer, failed FROM seen
WHERE beats >= $least AND gaps[2] >= $period AND spread / gaps[2] <= $spread;
-- section: known
SELECT b.*, c.hosts FROM beat b JOIN stage.popularity c USING (peer) ORDER BY host, peer, port;
