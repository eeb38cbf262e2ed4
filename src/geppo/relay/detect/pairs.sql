-- Relay pairs of one host bucket. Sample parameters: bucket 0, cap 24, least 5, low -1000000, high 1500000, before -2500000, after 3500000.
-- section: ready
CREATE OR REPLACE TEMP TABLE ready AS
WITH kept AS (
  SELECT host, peer, port, opened, t, e, b_in, b_out, t // 1000000 AS second
  FROM stage.leg WHERE bucket = $bucket AND b_in > 0 AND b_out > 0
    AND NOT (udp AND port IN (SELECT port FROM quiet_port))
), dense AS (
  SELECT host, second, opened, count(*) AS n FROM kept GROUP BY ALL HAVING n > $cap
)
SELECT k.* FROM kept k LEFT JOIN dense d USING (host, second, opened)
WHERE d.n IS NULL OR hash(k.peer, k.port, k.t, k.b_in, k.b_out) % d.n < $cap;
-- section: first
-- The legs that may be the side towards the one who steers: repeated peers, or repeated services.
CREATE OR REPLACE TEMP TABLE first AS
SELECT r.* FROM ready r
SEMI JOIN (
  SELECT host, peer, port, opened FROM ready GROUP BY ALL HAVING count(*) >= $least
  UNION
  SELECT p.host, p.peer, p.port, p.opened FROM stage.pair p JOIN (
    SELECT host, port, opened FROM ready
    WHERE NOT opened OR port NOT IN (SELECT port FROM common_port) GROUP BY ALL HAVING count(*) >= $least
  ) USING (host, port, opened) WHERE p.bucket = $bucket
) g ON g.host = r.host AND g.peer = r.peer AND g.port = r.port AND g.opened = r.opened;
-- section: match
-- Each first leg with its best second leg, for the real times (shift 0) and for each decoy.
CREATE OR REPLACE TEMP TABLE found AS
WITH moved AS (
  SELECT f.* EXCLUDE (t, e), f.t AS begun, s.shift, f.t + s.shift AS t, f.e + s.shift AS e
  FROM first f CROSS JOIN shift s
), spread AS (
  SELECT m.*, unnest(range((t + if(opened, $low, $before)) // 1000000, (t + if(opened, $high, $after)) // 1000000 + 1)) AS slot FROM moved m
)
SELECT a.shift, a.host, a.opened, a.peer, a.port, a.begun, a.t, a.b_in, a.b_out, a.e, count(*) AS choices,
       arg_min(
         {'peer': b.peer, 'port': b.port, 't': b.t, 'e': b.e, 'b_in': b.b_in, 'b_out': b.b_out},
         {'d': abs(ln(a.b_in / b.b_out)) + abs(ln(a.b_out / b.b_in)), 't': b.t, 'peer': b.peer}) AS second
FROM spread a JOIN ready b ON b.host = a.host AND b.second = a.slot
WHERE b.opened AND b.peer <> a.peer AND b.t - a.t >= if(a.opened, $low, $before) AND b.t - a.t < if(a.opened, $high, $after)
  AND a.b_in <= 1.4 * b.b_out + 2500 AND a.b_in >= 0.9 * b.b_out - 100
  AND a.b_out <= 1.4 * b.b_in + 2500 AND a.b_out >= 0.9 * b.b_in - 100
  AND abs(a.e - b.e) <= 3000000 + 0.1 * (b.e - b.t)
GROUP BY ALL;
-- section: grouped
-- Rows by group: a service that is called, a peer, or an uncommon port that the host calls.
WITH flat AS (
  SELECT shift, host, opened, peer, port, begun, second.t - t AS lag, b_in, b_out, second.peer AS o_peer,
         second.port AS o_port, second.b_in AS o_in, second.b_out AS o_out, choices, second.e AS last, second.t AS o_t
  FROM found
), keyed AS (
  SELECT 'peer' AS kind, peer AS key, * FROM flat
  UNION ALL
  SELECT 'port' AS kind, port::UBIGINT AS key, * FROM flat
  WHERE NOT opened OR port NOT IN (SELECT port FROM common_port)
), whole AS (
  SELECT 'peer' AS kind, peer AS key, host, opened, count(*) AS legs FROM first GROUP BY ALL
  UNION ALL SELECT 'port', port::UBIGINT, host, opened, count(*) FROM first GROUP BY ALL
), kept AS (
  SELECT k.*, legs, count(*) OVER (PARTITION BY kind, key, host, shift, opened) AS size
  FROM keyed k JOIN whole USING (kind, key, host, opened)
)
SELECT k.* EXCLUDE (o_t, size), c.hosts AS known, p.id IS NOT NULL AS peer_inside, o.id IS NOT NULL AS o_inside
FROM kept k LEFT JOIN host p ON p.id = k.peer LEFT JOIN host o ON o.id = k.o_peer
JOIN stage.popularity c ON c.peer = k.peer
WHERE size >= $least AND size >= $share * legs
ORDER BY kind, key, host, shift, opened, begun, peer, b_in, b_out, o_t, o_peer, o_in, o_out;
