-- Peers and groups of peers against everything else that the host opened. Sample parameters: bucket 0, least_bytes 50000.
-- section: rarity
CREATE OR REPLACE TEMP TABLE rarity AS SELECT * FROM (VALUES ('all', 4294967295), ('uncommon', $uncommon), ('rare', 2)) r(rarity, most);
-- section: likely
-- Peers that moved enough and may last: tunnels, or slices of them.
CREATE OR REPLACE TEMP TABLE likely AS
SELECT host, peer, port, opened, bucket, n, b_in, b_out, longest FROM stage.pair
WHERE b_in > 0 AND b_out > 0 AND b_in + b_out >= $least_bytes AND longest >= $least_life
  AND (longest >= $tunnel_life OR n >= $tunnel_life // 300000000 + 2)
  AND last - first >= $tunnel_life AND NOT (udp AND port IN (SELECT port FROM quiet_port));
-- section: lasting
-- Those whose longest connection, its slices put together by source port, lasts long enough.
CREATE OR REPLACE TEMP TABLE lasting AS
SELECT DISTINCT host, peer, port, opened FROM likely WHERE longest >= $tunnel_life
UNION
SELECT DISTINCT host, peer, port, opened FROM (
  SELECT l.host, l.peer, l.port, l.opened, l.sport, max(l.e) - min(l.t) AS life, sum(l.e - l.t) AS busy
  FROM stage.leg l SEMI JOIN (FROM likely WHERE longest < $tunnel_life) m
    ON m.host = l.host AND m.peer = l.peer AND m.port = l.port AND m.opened = l.opened
  GROUP BY ALL HAVING count(*) > 2 AND life >= $tunnel_life AND busy >= 0.5 * life
);
-- section: totals
-- What each host opened, over all peers and over those that few hosts of the house call.
-- Peers with lasting connections are left out: another tunnel is not carried in this one.
CREATE OR REPLACE TEMP TABLE total AS
SELECT r.rarity, p.host, sum(p.b_in)::BIGINT AS b_in, sum(p.b_out)::BIGINT AS b_out, count(DISTINCT p.peer) AS exits,
       sum(p.n - p.failed)::BIGINT AS n
FROM stage.pair p JOIN stage.popularity c USING (peer) JOIN rarity r ON c.hosts <= r.most
ANTI JOIN lasting g ON g.host = p.host AND g.peer = p.peer AND g.port = p.port AND g.opened = p.opened
WHERE p.opened AND NOT (p.udp AND p.port IN (SELECT port FROM quiet_port)) GROUP BY r.rarity, p.host;
-- section: member
CREATE OR REPLACE TEMP TABLE member AS
SELECT p.*, a.net, c.hosts FROM likely p SEMI JOIN lasting g
  ON g.host = p.host AND g.peer = p.peer AND g.port = p.port AND g.opened = p.opened
JOIN stage.popularity c ON c.peer = p.peer JOIN (SELECT id, any_value(net) AS net FROM address GROUP BY id) a ON a.id = p.peer;
-- section: grouped
CREATE OR REPLACE TEMP TABLE side AS
WITH keyed AS (
  SELECT 'peer' AS kind, peer::UBIGINT AS key, * FROM member
  UNION ALL SELECT 'net', net::UBIGINT, * FROM member
  UNION ALL SELECT 'port', port::UBIGINT, * FROM member WHERE NOT opened OR port NOT IN (SELECT port FROM common_port)
  UNION ALL SELECT 'uploads', 0::UBIGINT, * FROM member WHERE opened AND b_out > b_in
)
SELECT kind, key, host, opened, count(DISTINCT peer) AS peers, max(hosts) <= 3 AND bool_and(port NOT IN (SELECT port FROM common_port)) AS odd, sum(b_in)::BIGINT AS b_in,
       sum(b_out)::BIGINT AS b_out
FROM keyed GROUP BY kind, key, host, opened
HAVING (count(DISTINCT peer) <= $most_peers OR (kind = 'port' AND NOT opened)) AND (kind = 'peer' OR count(DISTINCT peer) > 1);
-- section: balance
-- How far the group's bytes lie outside of what all others moved, with an envelope of a share and bytes a connection:
-- up: received from the group against sent to all others; down: sent to the group against received from all others.
-- Decoys: the same against the traffic of other hosts, from a quarter of the hosts below to a quarter above in volume.
CREATE OR REPLACE TEMP TABLE balance AS
WITH ranked AS (
  SELECT *, row_number() OVER (PARTITION BY rarity ORDER BY b_in + b_out, host) AS rank, count(*) OVER (PARTITION BY rarity) AS many
  FROM total
), decoy AS (SELECT unnest(range(-12, 13)) AS decoy), tested AS (
  SELECT d.decoy, o.rarity, s.*, o.exits,
         o.b_out AS o_out, o.b_in AS o_in, greatest(o.n, 1) AS legs
  FROM side s JOIN ranked h ON h.host = s.host CROSS JOIN decoy d
  JOIN ranked o ON o.rarity = h.rarity
    AND o.rank = (h.rank - 1 + d.decoy * greatest(h.many // 50, 1) + h.many * 24) % h.many + 1
)
SELECT t.decoy, t.rarity, t.kind, t.key, t.host, t.opened, t.odd, b.band,
       greatest(ln(o_out) - ln(b_in), ln(b_in) - ln((1 + b.share) * o_out + b.bytes * legs), 0) AS up,
       greatest(ln(o_in) - ln(b_out), ln(b_out) - ln((1 + b.share) * o_in + b.bytes * legs), 0) AS down
FROM tested t CROSS JOIN band b
WHERE o_out > 0 AND o_in > 0 AND exits >= if(opened, greatest(8, 3 * peers), 8);
-- section: decoys
-- How many decoys lie how far, on a grid: cells count the edges below.
SELECT kind, rarity, band, len(list_filter($edges, lambda x: x < up)) AS up_cell,
       len(list_filter($edges, lambda x: x < down)) AS down_cell, count(*) AS n
FROM balance WHERE decoy <> 0 GROUP BY ALL;
-- section: near
-- The peers of the candidate hosts, with their net and how many hosts know them: once for all buckets.
CREATE OR REPLACE TEMP TABLE near AS
WITH peers AS (SELECT DISTINCT peer FROM stage.pair WHERE host IN (SELECT host FROM candidate))
SELECT p.peer, any_value(a.net) AS net, any_value(c.hosts) AS hosts
FROM peers p JOIN address a ON a.id = p.peer JOIN stage.popularity c ON c.peer = p.peer GROUP BY p.peer;
-- section: legs
-- All legs of the candidate hosts; `member` marks those of a lasting peer.
SELECT m.peer IS NOT NULL AS member, l.host, l.opened, l.peer, l.port, l.sport, a.net, a.hosts, l.t, l.e, l.b_in, l.b_out, l.peer_inside
FROM stage.leg l JOIN near a ON a.peer = l.peer
LEFT JOIN lasting m ON m.host = l.host AND m.peer = l.peer AND m.port = l.port AND m.opened = l.opened
WHERE l.bucket = $bucket AND l.host IN (SELECT host FROM candidate) AND l.b_in + l.b_out > 0
  AND NOT (l.udp AND l.port IN (SELECT port FROM quiet_port))
ORDER BY l.host, l.t, l.e, l.peer, l.port, l.sport, l.b_in, l.b_out;
